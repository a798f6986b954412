using System.Text.Json;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Webhooks;

/// <summary>
/// What every event of another company bears. More than that is read only of a type that we know, and of that only what we use: a field
/// more, or a longer text, is no reason to refuse what happened.
/// </summary>
/// <param name="EventId">The sender's id of the event: what is sent again bears it again.</param>
/// <param name="Type">What happened, in the sender's words.</param>
internal sealed record ForeignEvent(string? EventId, string? Type)
{
    private const int MaxIdLength = 200;

    /// <summary>How events of others are read.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { MaxDepth = 16 };

    /// <summary>What is missing.</summary>
    public IReadOnlyList<Fault> Faults()
    {
        var faults = new List<Fault>();
        if (!IsId(EventId))
        {
            faults.Add(new("#/eventId", "EVENT_ID", $"eventId is a text of 1 to {MaxIdLength} characters."));
        }

        if (string.IsNullOrWhiteSpace(Type))
        {
            faults.Add(new("#/type", "TYPE_MISSING", "type is required."));
        }

        return faults;
    }

    /// <summary>Whether the text can be another's id of something.</summary>
    public static bool IsId(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= MaxIdLength && !text.Any(char.IsControl);
}

/// <summary>An event of a type that we know.</summary>
internal interface IForeignEvent
{
    /// <summary>The types that we know.</summary>
    public static abstract IReadOnlyList<string> Types { get; }

    /// <summary>Which delivery order, or order, it is about.</summary>
    public Guid? AggregateId { get; }

    /// <summary>What is missing of it.</summary>
    public IEnumerable<Fault> Faults();
}
