namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>What a run hands on to the one that continues the same delivery with an empty history.</summary>
/// <param name="Standing">Where the delivery stands.</param>
/// <param name="IsKept">The partner did not give up the booking when an operator asked: whatever we were told, the parcel has left.</param>
/// <param name="EnteredAt">Since when: its silence counts from there.</param>
/// <param name="RemindedAt">When the customer was told of what happens by itself; null when that was not done in this state.</param>
/// <param name="KnownEventIds">The partner's last events, oldest first.</param>
/// <param name="WaitingEvents">Those of them that came too early.</param>
/// <param name="Refused">The order's last requests that were refused, with the reason.</param>
/// <param name="ReportsEnd">The order waits to be told how the delivery ends.</param>
/// <param name="IsProven">The partner has brought the recipient's PIN.</param>
public sealed record DeliveryContinuation(
    DeliveryStanding Standing,
    bool IsKept,
    DateTime EnteredAt,
    DateTime? RemindedAt,
    IReadOnlyList<string> KnownEventIds,
    IReadOnlyList<PartnerEvent> WaitingEvents,
    IReadOnlyList<RefusedRequest> Refused,
    bool ReportsEnd,
    bool IsProven
);

/// <summary>A request of the order that was refused.</summary>
public sealed record RefusedRequest(string RequestId, string Reason);
