using System.Text.Json;
using System.Text.Json.Serialization;

namespace TemporalDelivery.Api.Requests;

/// <summary>
/// Reads texts of a sensible length and without control characters, which neither people nor PostgreSQL can do anything with.
/// </summary>
internal sealed class BoundedText : JsonConverter<string>
{
    /// <summary>The most characters of a text.</summary>
    public const int MaxLength = 1_000;

    /// <summary>What a text consists of, for the API's description: tabs and line breaks are its only control characters.</summary>
    public const string Pattern = "^" + Letters + "$";

    /// <summary>The same of a text that must say something.</summary>
    public const string NotBlank = "^" + Letters + @"\S" + Letters + "$";

    private const string Letters = @"[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*";

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("A text is expected here.");
        }

        var text = reader.GetString()!;
        // Characters are what people count; a few of them are two chars.
        if (text.Length > MaxLength && text.EnumerateRunes().Count() > MaxLength)
        {
            throw new JsonException($"The text is longer than {MaxLength} characters.");
        }

        return text.Any(letter => char.IsControl(letter) && letter is not '\n' and not '\r' and not '\t')
            ? throw new JsonException("The text contains control characters.")
            : text;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
