using System.Collections.Immutable;

namespace TemporalDelivery.Simulators.Partner;

/// <summary>A delivery as its ledger entries leave it.</summary>
/// <param name="Durable">Ends when the latest of those entries is on the disk; nothing is told before.</param>
internal sealed record Delivery(PartnerEntry.Booked Booked, Task Durable)
{
    public ImmutableList<PartnerEntry.Happened> Happened { get; init; } = [];

    public ImmutableHashSet<string> Acknowledged { get; init; } = [];

    public bool Cancelled { get; init; }

    /// <summary>The partner's own number of it.</summary>
    public string Number => Booked.Number;

    /// <summary>Events that are to be told and that nobody has acknowledged.</summary>
    public IEnumerable<PartnerEntry.Happened> Untold =>
        Happened.Where(happened => !happened.Unsent && !Acknowledged.Contains(happened.Event.EventId));

    /// <summary>The answer to whoever asks.</summary>
    public DeliveryAnswer Describe()
    {
        var last = Happened.IsEmpty ? null : Happened[^1].Event;
        var state =
            Cancelled ? "CANCELLED"
            : !Booked.Accepted ? "REFUSED"
            : last?.Type ?? "BOOKED";
        return new(
            Booked.DeliveryOrderId,
            state,
            last?.PartnerDeliveryNumber,
            Booked.Reason ?? last?.Reason,
            [.. Happened.Select(happened => happened.Event)]
        );
    }

    /// <summary>The delivery after one more entry of its own.</summary>
    public Delivery After(PartnerEntry entry, Task durable) =>
        entry switch
        {
            PartnerEntry.Happened happened => this with { Happened = Happened.Add(happened), Durable = durable },
            PartnerEntry.Acknowledged acknowledged => this with { Acknowledged = Acknowledged.Add(acknowledged.EventId) },
            PartnerEntry.Cancelled => this with { Cancelled = true, Durable = durable },
            _ => this,
        };
}
