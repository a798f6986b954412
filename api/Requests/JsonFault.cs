using System.Globalization;
using System.Text;
using System.Text.Json;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Requests;

/// <summary>Says in the client's terms what is wrong with its JSON.</summary>
internal static class JsonFault
{
    public static Fault From(JsonException failure)
    {
        var place = failure.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {failure.BytePositionInLine + 1})")
            : "";
        return new(Pointer(failure.Path), "MALFORMED", Sentence(failure.Message) + place);
    }

    // The serializer's sentence, without the names of our types and without the place that we give in our own way.
    private static string Sentence(string message)
    {
        const string conversion = "The JSON value could not be converted to";
        if (message.StartsWith(conversion, StringComparison.Ordinal))
        {
            return "The value is of the wrong type.";
        }

        const string property = "The JSON property '";
        if (message.StartsWith(property, StringComparison.Ordinal) && message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return $"'{message[property.Length..].Split('\'')[0]}' is not known here.";
        }

        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        end = end >= 0 ? end : message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return end >= 0 ? message[..end] : message;
    }

    // From the serializer's path ($.lines[0].quantity) to a JSON pointer (#/lines/0/quantity).
    private static string Pointer(string? path)
    {
        var pointer = new StringBuilder("#");
        foreach (var step in (path ?? "$").Split(['.', '[', ']', '\''], StringSplitOptions.RemoveEmptyEntries))
        {
            if (step != "$")
            {
                pointer.Append('/').Append(step);
            }
        }

        return pointer.ToString();
    }
}
