using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TemporalDelivery.Hosting.Payloads;

/// <summary>Says what is wrong with one member of a message, in words of the one who wrote it.</summary>
/// <param name="member">The member.</param>
/// <param name="allowedNow">Knows which values it may have now; null when nobody does.</param>
internal sealed class MemberCheck(JsonPropertyInfo member, AllowedNow? allowedNow)
{
    private const int MaxQuote = 60;

    /// <summary>Whether the message is not complete without it.</summary>
    public static bool IsRequired(JsonPropertyInfo member) => member.AssociatedParameter is { HasDefaultValue: false, IsNullable: false };

    /// <summary>What stands in the message, cut to a length that can be read.</summary>
    public static string Quote(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= MaxQuote ? text : $"{text[..MaxQuote]}…";
    }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Fault(JsonElement message)
    {
        var value = Find(message);
        return value is { ValueKind: not JsonValueKind.Null } given
            ? CanBeRead(given)
                ? null
                : $"{member.Name}: {Quote(given)} is not possible, {Expected}"
            : IsRequired(member)
                ? $"{member.Name}: missing, {Expected}"
                : null;
    }

    private Type Kind => Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;

    private string Expected =>
        allowedNow?.Invoke(member.DeclaringType, member.Name) switch
        {
            { Count: 0 } => "nothing is possible now",
            { } values => $"possible now: {string.Join(", ", values)}",
            _ => $"expected {Description}",
        };

    private string Description =>
        Kind.GetCustomAttribute<DescriptionAttribute>()?.Description
        ?? (
            Kind.IsEnum ? string.Join(", ", Enum.GetValuesAsUnderlyingType(Kind).Cast<object>().Select(NameOf))
            : Kind == typeof(string) ? "a text"
            : Kind == typeof(Guid) ? "a UUID"
            : Kind == typeof(DateTimeOffset) ? "a time such as 2026-01-31T12:00:00Z"
            : Kind == typeof(int) || Kind == typeof(long) ? "a whole number"
            : Kind.Name
        );

    private string NameOf(object value) => JsonSerializer.Serialize(Enum.ToObject(Kind, value), Kind, PayloadDialect.Json).Trim('"');

    // As when it is read as a whole: any case, and the last of several.
    private JsonElement? Find(JsonElement message)
    {
        JsonElement? found = null;
        foreach (var property in message.EnumerateObject())
        {
            found = string.Equals(property.Name, member.Name, StringComparison.OrdinalIgnoreCase) ? property.Value : found;
        }

        return found;
    }

    // The serializer takes numbers for enums, and texts for numbers.
    private bool CanBeRead(JsonElement value)
    {
        if (Kind.IsEnum && value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            return value.Deserialize(Kind, PayloadDialect.Json) is { } read && (!Kind.IsEnum || Enum.IsDefined(Kind, read));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
