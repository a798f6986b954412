namespace TemporalDelivery.Database.Messaging;

/// <summary>What is published. <c>docs/events.md</c> says when, and what each says.</summary>
public static class Topics
{
    /// <summary>Of orders.</summary>
    public static IReadOnlyList<string> Orders { get; } = ["order.accepted", "order.completed", "order.failed", "order.cancelled"];

    /// <summary>Of deliveries.</summary>
    public static IReadOnlyList<string> Deliveries { get; } =
    ["delivery.picked_up", "delivery.delivered", "delivery.failed", "delivery.confirmed"];

    /// <summary>What a merchant may ask to be told of: topics, and all of a kind.</summary>
    public static IReadOnlyList<string> ForMerchants { get; } = ["order.*", "delivery.*", .. Orders, .. Deliveries];
}
