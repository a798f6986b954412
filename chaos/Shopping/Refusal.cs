using System.Text.Json;

namespace TemporalDelivery.Chaos.Shopping;

/// <summary>What the API does not do.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Text">The body.</param>
internal sealed record Refusal(int Status, string Text)
{
    /// <summary>The problem's code; null where there is none.</summary>
    public string? Code => CodeOf(Problem);

    /// <summary>The codes of what is wrong with the request.</summary>
    public IReadOnlyList<string?> Faults =>
        Problem is { ValueKind: JsonValueKind.Object } problem && problem.TryGetProperty("errors", out var errors)
            ? [.. errors.EnumerateArray().Select(fault => CodeOf(fault))]
            : [];

    private JsonElement? Problem
    {
        get
        {
            try
            {
                return JsonElement.Parse(Text);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    private static string? CodeOf(JsonElement? problem) =>
        problem is { ValueKind: JsonValueKind.Object } known && known.TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Status} {Text}";
}
