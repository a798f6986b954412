using System.Text;
using System.Text.RegularExpressions;

namespace TemporalDelivery.Worker.Mail;

/// <summary>
/// A text with places for values: <c>{{name}}</c>; and with blocks that are left out when their value is empty:
/// <c>{{#pin}}Your PIN is {{pin}}.{{/pin}}</c>.
/// </summary>
internal sealed partial class MailTemplate
{
    private readonly IReadOnlyList<Part> parts;

    private MailTemplate(IReadOnlyList<Part> parts) => this.parts = parts;

    /// <summary>Reads a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="values">Values that are always there.</param>
    /// <param name="optional">Values that may be empty: they have their place in their block only.</param>
    /// <exception cref="FormatException">A place is for no value, or a block does not begin and end.</exception>
    public static MailTemplate Parse(string text, IReadOnlyCollection<string> values, IReadOnlyCollection<string> optional)
    {
        var parts = new List<Part>();
        var (end, block) = (0, (string?)null);
        foreach (Match place in Place().Matches(text))
        {
            parts.Add(new(text[end..place.Index], null, block));
            end = place.Index + place.Length;
            var name = place.Groups["name"].Value;
            switch (place.Groups["mark"].Value)
            {
                case "#" when block is null && optional.Contains(name):
                    block = name;
                    break;
                case "/" when block == name:
                    block = null;
                    break;
                case "" when values.Contains(name) || block == name:
                    parts.Add(new("", name, block));
                    break;
                default:
                    throw new FormatException($"{place.Value} has no place there");
            }
        }

        parts.Add(new(text[end..], null, block));
        return block is null ? new(parts) : throw new FormatException($"{{{{#{block}}}}} does not end");
    }

    /// <summary>The text with the values in their places.</summary>
    /// <param name="values">All of them, by name.</param>
    /// <param name="escape">What is done to texts and values; null: nothing.</param>
    public string Render(IReadOnlyDictionary<string, string> values, Func<string, string>? escape = null) =>
        parts
            .Where(part => part.Block is null || values[part.Block].Length > 0)
            .Select(part => part.Value is null ? part.Text : values[part.Value])
            .Aggregate(new StringBuilder(), (text, piece) => text.Append(escape is null ? piece : escape(piece)))
            .ToString();

    [GeneratedRegex(@"\{\{(?<mark>[#/]?)(?<name>[^{}]*)\}\}")]
    private static partial Regex Place();

    private sealed record Part(string Text, string? Value, string? Block);
}
