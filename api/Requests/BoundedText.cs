using System.Text.Json;
using System.Text.Json.Serialization;

namespace TemporalDelivery.Api.Requests;

/// <summary>
/// Reads texts of a sensible length and without control characters, which neither people nor PostgreSQL can do anything with.
/// </summary>
internal sealed class BoundedText : JsonConverter<string>
{
    private const int MaxLength = 1_000;

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("A text is expected here.");
        }

        var text = reader.GetString()!;
        if (text.Length > MaxLength)
        {
            throw new JsonException($"The text is longer than {MaxLength} characters.");
        }

        return text.Any(letter => char.IsControl(letter) && letter is not '\n' and not '\r' and not '\t')
            ? throw new JsonException("The text contains control characters.")
            : text;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
