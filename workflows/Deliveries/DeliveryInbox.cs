namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// The partner's events as they come: at least once and in any order. An event with a known id is dropped; an early one stays until it fits
/// or is stale. It holds a bounded number of them, however often the partner repeats itself.
/// </summary>
internal sealed class DeliveryInbox(DeliveryGraph graph)
{
    // An older one that comes again is an event like another: the audit, where its id is unique, has it already.
    private const int MaxKnown = 1_000;

    // The graph has no circles, so that no event is applied more often than there are states. Those beyond are repeats.
    private readonly int maxWaitingOfAType = graph.States.Count;

    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly Queue<string> knownInOrder = new();
    private readonly List<PartnerEvent> waiting = [];
    private readonly List<PartnerEvent> surplus = [];

    /// <summary>The ids that are dropped, oldest first.</summary>
    public IReadOnlyList<string> Known => [.. knownInOrder];

    /// <summary>The events that wait.</summary>
    public IReadOnlyList<PartnerEvent> Waiting => waiting;

    /// <summary>Takes over what another run's inbox held.</summary>
    public void Restore(IReadOnlyList<string> knownIds, IReadOnlyList<PartnerEvent> waitingEvents)
    {
        foreach (var id in knownIds)
        {
            Know(id);
        }

        waiting.AddRange(waitingEvents);
    }

    /// <summary>Takes an event in, once per event id.</summary>
    public void Add(PartnerEvent partnerEvent)
    {
        if (Know(partnerEvent.EventId))
        {
            var isRepeat = waiting.Count(other => other.Type == partnerEvent.Type) >= maxWaitingOfAType;
            (isRepeat ? surplus : waiting).Add(partnerEvent);
        }
    }

    /// <summary>Whether an event can be handled in this state: applied, or recorded as stale.</summary>
    public bool HasNext(DeliveryState state) =>
        surplus.Count > 0 || waiting.Exists(partnerEvent => Fit(state, partnerEvent) != EventFit.Early);

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

    /// <summary>Takes every event that no state to come will fit, and repeats beyond what can wait.</summary>
    public IReadOnlyList<PartnerEvent> TakeStale(DeliveryState state)
    {
        List<PartnerEvent> stale = [.. waiting.Where(partnerEvent => Fit(state, partnerEvent) == EventFit.Stale), .. surplus];
        waiting.RemoveAll(stale.Contains);
        surplus.Clear();
        return stale;
    }

    private bool Know(string eventId)
    {
        if (!known.Add(eventId))
        {
            return false;
        }

        knownInOrder.Enqueue(eventId);
        if (knownInOrder.Count > MaxKnown)
        {
            known.Remove(knownInOrder.Dequeue());
        }

        return true;
    }

    private EventFit Fit(DeliveryState state, PartnerEvent partnerEvent) => graph.Fit(state, partnerEvent.Type, ActorKind.Partner);
}
