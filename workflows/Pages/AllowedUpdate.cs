using System.Text.Encodings.Web;
using System.Text.Json;

namespace TemporalDelivery.Workflows.Pages;

/// <summary>An update that is possible now, with the JSON to paste for it.</summary>
/// <param name="Name">The update.</param>
/// <param name="Purpose">What it does, in half a sentence.</param>
/// <param name="Json">Its input. What the operator has to fill in is left empty, and refused when it stays so.</param>
internal sealed record AllowedUpdate(string Name, string Purpose, string Json)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One whose actor and reason the operator fills in.</summary>
    /// <param name="name">The update.</param>
    /// <param name="purpose">What it does.</param>
    /// <param name="given">The other members of its input; null ones are left out.</param>
    public static AllowedUpdate ByOperator(string name, string purpose, params IReadOnlyList<(string Member, string? Value)> given)
    {
        var members = given
            .Append(("actor", "operator:"))
            .Append(("reason", string.Empty))
            .DistinctBy(member => member.Item1)
            .Where(member => member.Item2 is not null)
            .Select(member => $"\"{member.Item1}\":{JsonSerializer.Serialize(member.Item2, Readable)}");
        return new AllowedUpdate(name, purpose, $"{{{string.Join(",", members)}}}");
    }
}
