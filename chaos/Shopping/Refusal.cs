using System.Text.Json;

namespace TemporalDelivery.Chaos.Shopping;

/// <summary>What the API does not do.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Text">The body.</param>
internal sealed record Refusal(int Status, string Text)
{
    /// <summary>The problem's code; null where there is none.</summary>
    public string? Code
    {
        get
        {
            try
            {
                using var problem = JsonDocument.Parse(Text);
                return problem.RootElement.TryGetProperty("code", out var code) ? code.GetString() : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Status} {Text}";
}
