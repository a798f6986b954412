using TemporalDelivery.Chaos.Meddling;
using TemporalDelivery.Tests.Processes.Receivers;

namespace TemporalDelivery.Chaos.Audit;

/// <summary>What the audit compares the product's own tables with.</summary>
internal sealed record Evidence
{
    /// <summary>The payment provider's ledger, JSON lines.</summary>
    public required string PaymentsLedger { get; init; }

    /// <summary>The partner's ledger, JSON lines.</summary>
    public required string PartnerLedger { get; init; }

    /// <summary>Every order that was answered 201.</summary>
    public required IReadOnlyList<PlacedOrder> Placed { get; init; }

    /// <summary>How much of each article was on hand before the first order.</summary>
    public required IReadOnlyDictionary<string, int> StockBefore { get; init; }

    /// <summary>The ids of the workflows that run.</summary>
    public required IReadOnlyList<string> Running { get; init; }

    /// <summary>The kinds of operator tasks that a fault of this run may leave open.</summary>
    public required IReadOnlyList<string> AccountableTasks { get; init; }

    /// <summary>What was done with Temporal's own tools, and by the clerk about it.</summary>
    public required IReadOnlyList<MeddlingAct> Meddled { get; init; }

    /// <summary>Who is to be told of what.</summary>
    public required IReadOnlyList<Subscription> Subscriptions { get; init; }

    /// <summary>What they have received.</summary>
    public required IReadOnlyList<ReceivedMessage> Received { get; init; }

    /// <summary>For how long at least a delivery is DELIVERED before its customer is reminded.</summary>
    public required TimeSpan RemindAfter { get; init; }
}
