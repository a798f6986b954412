namespace TemporalDelivery.Chaos.Plan;

/// <summary>An order that is going to be placed.</summary>
/// <param name="At">When, from the beginning.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Customer">Which of the shop's customers places it.</param>
/// <param name="Quantity">How many of each line.</param>
/// <param name="InterruptAfter">How long after its acceptance it is cancelled or handed over, if its kind is.</param>
/// <param name="Receipt">How the customer confirms what arrives.</param>
/// <param name="Decisions">What the operator decides about its failed deliveries, one after the other.</param>
/// <param name="Goods">What becomes of the goods of a parcel that had left and is given up.</param>
/// <param name="Ends">The statuses that it may end with.</param>
internal sealed record PlannedOrder(
    TimeSpan At,
    OrderKind Kind,
    int Customer,
    int Quantity,
    TimeSpan InterruptAfter,
    Receipt Receipt,
    IReadOnlyList<Decision> Decisions,
    string Goods,
    IReadOnlyList<string> Ends
);
