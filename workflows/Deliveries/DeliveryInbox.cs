namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// The partner's events as they come: at least once and in any order. An event with a known id is dropped; an early one stays until it fits
/// or is stale.
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

    /// <summary>Whether an event can be handled in this state: applied, or recorded as stale.</summary>
    public bool HasNext(DeliveryState state) => waiting.Exists(partnerEvent => Fit(state, partnerEvent) != EventFit.Early);

    /// <summary>Takes the first event that fits this state; null when none does.</summary>
    public PartnerEvent? TakeFitting(DeliveryState state)
    {
        var index = waiting.FindIndex(partnerEvent => Fit(state, partnerEvent) == EventFit.Fits);
        if (index < 0)
        {
            return null;
        }

        var next = waiting[index];
        waiting.RemoveAt(index);
        return next;
    }

    /// <summary>Puts an event back that could not be applied after all.</summary>
    public void PutBack(PartnerEvent partnerEvent) => waiting.Insert(0, partnerEvent);

    /// <summary>Takes every event that no state to come will fit.</summary>
    public IReadOnlyList<PartnerEvent> TakeStale(DeliveryState state)
    {
        var stale = waiting.FindAll(partnerEvent => Fit(state, partnerEvent) == EventFit.Stale);
        waiting.RemoveAll(stale.Contains);
        return stale;
    }

    private EventFit Fit(DeliveryState state, PartnerEvent partnerEvent) => graph.Fit(state, partnerEvent.Type, ActorKind.Partner);
}
