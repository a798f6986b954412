namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// The partner's events as they come: at least once, in any order. A known event id is dropped; one that does not fit yet stays until it does or never will.
/// </summary>
internal sealed class DeliveryInbox(DeliveryGraph graph)
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly List<PartnerEvent> waiting = [];

    /// <summary>How many events wait.</summary>
    public int Waiting => waiting.Count;

    /// <summary>Takes an event in, once per event id.</summary>
    public void Add(PartnerEvent partnerEvent)
    {
        if (known.Add(partnerEvent.EventId))
        {
            waiting.Add(partnerEvent);
        }
    }

    /// <summary>Whether an event can be dealt with in this state: applied, or put aside as stale.</summary>
    public bool HasNext(DeliveryState state) => waiting.Exists(partnerEvent => Fit(state, partnerEvent) != EventFit.Early);

    /// <summary>Takes the first event that can be dealt with in this state. Call it when <see cref="HasNext"/>.</summary>
    public (PartnerEvent Event, EventFit Fit) Take(DeliveryState state)
    {
        var index = waiting.FindIndex(partnerEvent => Fit(state, partnerEvent) != EventFit.Early);
        var next = waiting[index];
        waiting.RemoveAt(index);
        return (next, Fit(state, next));
    }

    private EventFit Fit(DeliveryState state, PartnerEvent partnerEvent) => graph.Fit(state, partnerEvent.Type, ActorKind.Partner);
}
