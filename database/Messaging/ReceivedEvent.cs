using System.Text;
using System.Text.Json;

namespace TemporalDelivery.Database.Messaging;

/// <summary>One thing that is wrong with an event of another company.</summary>
/// <param name="Field">Which field of it.</param>
/// <param name="Code">For programs.</param>
/// <param name="Message">For people.</param>
public sealed record EventFault(string Field, string Code, string Message);

/// <summary>An event of a type that we know, whichever way it comes.</summary>
public interface IForeignEvent
{
    /// <summary>The types that we know.</summary>
    public static abstract IReadOnlyCollection<string> Types { get; }

    /// <summary>Which delivery order, or order, it is about.</summary>
    public Guid? AggregateId { get; }

    /// <summary>What is missing of it.</summary>
    public IEnumerable<EventFault> Faults();
}

/// <summary>
/// An event of another company as it came. Of a type that we do not know only id and type are read, and of any other only what we use: a
/// field more, or a longer text, is no reason to refuse what happened.
/// </summary>
/// <param name="EventId">The sender's id of the event: what is sent again bears it again.</param>
/// <param name="Type">What happened, in the sender's words.</param>
/// <param name="IsKnown">Whether we know the type.</param>
/// <param name="AggregateId">Which delivery order, or order, it is about.</param>
/// <param name="Body">The whole event.</param>
/// <param name="Faults">What is missing; with none it can be stored.</param>
public sealed record ReceivedEvent(
    string? EventId,
    string? Type,
    bool IsKnown,
    Guid? AggregateId,
    string Body,
    IReadOnlyList<EventFault> Faults
)
{
    /// <summary>The most characters of another's id.</summary>
    public const int MaxIdLength = 200;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { MaxDepth = 16 };
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads an event's bytes.</summary>
    /// <exception cref="JsonException">They are no JSON in UTF-8, or a value is of the wrong type.</exception>
    public static ReceivedEvent Read<TEvent>(byte[] body)
        where TEvent : class, IForeignEvent
    {
        var text = Text(body);
        var head = Parse<Head>(body);
        var known = TEvent.Types.Contains(head.Type) ? Parse<TEvent>(body) : null;
        return new(head.EventId, head.Type, known is not null, known?.AggregateId, text, [.. head.Faults(), .. known?.Faults() ?? []]);
    }

    /// <summary>Whether the text can be another's id of something.</summary>
    public static bool IsId(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= MaxIdLength && !text.Any(char.IsControl);

    private static string Text(byte[] body)
    {
        try
        {
            return body.Length > 0 ? StrictUtf8.GetString(body) : throw new JsonException("The body is empty.");
        }
        catch (DecoderFallbackException)
        {
            throw new JsonException("The body is not UTF-8.");
        }
    }

    private static T Parse<T>(byte[] body)
        where T : class => JsonSerializer.Deserialize<T>(body, Json) ?? throw new JsonException("A value is expected here, not null.");

    /// <summary>What every event bears.</summary>
    private sealed record Head(string? EventId, string? Type)
    {
        public IEnumerable<EventFault> Faults()
        {
            if (!IsId(EventId))
            {
                yield return new("eventId", "EVENT_ID", $"eventId is a text of 1 to {MaxIdLength} characters.");
            }

            if (string.IsNullOrWhiteSpace(Type))
            {
                yield return new("type", "TYPE_MISSING", "type is required.");
            }
        }
    }
}
