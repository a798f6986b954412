namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>What a person asks of a delivery, queued behind what the workflow is just doing.</summary>
/// <param name="eventName">The event of the graph.</param>
/// <param name="actor">Who asks.</param>
/// <param name="reason">Why, in words.</param>
/// <param name="failure">The reason of a failure, when the event is one.</param>
/// <param name="goods">What became of the goods, when the event is an operator's decision about a parcel that had left.</param>
internal sealed class DeliveryRequest(
    string eventName,
    Actor actor,
    string? reason,
    DeliveryFailureReason? failure = null,
    GoodsOutcome? goods = null
)
{
    /// <summary>A customer's, or whoever has the PIN's, confirmation.</summary>
    public static DeliveryRequest Of(ReceiptConfirmation confirmation) =>
        new(DeliveryEvents.ConfirmReceipt, confirmation.Actor, confirmation.Note);

    /// <summary>A dispute.</summary>
    public static DeliveryRequest Of(DeliveryDispute dispute) => new(DeliveryEvents.Dispute, dispute.Actor, dispute.Note, dispute.Reason);

    /// <summary>An operator's decision.</summary>
    public static DeliveryRequest Of(DeliveryDecision decision) =>
        new(decision.Resolution.WireName(), decision.Actor, decision.Reason, goods: decision.Goods);

    /// <summary>The order's wish to have its delivery cancelled.</summary>
    public static DeliveryRequest Of(DeliveryWithdrawal withdrawal) => new(DeliveryEvents.Cancel, withdrawal.Actor, withdrawal.Reason);

    public string EventName { get; } = eventName;

    public Actor Actor { get; } = actor;

    public string? Reason { get; } = reason;

    public DeliveryFailureReason? Failure { get; } = failure;

    public GoodsOutcome? Goods { get; } = goods;

    /// <summary>Whether this parcel is not to arrive any more.</summary>
    public bool GivesUp => EventName is DeliveryEvents.Cancel or DeliveryEvents.Redeliver;

    /// <summary>The request was handled: the move was made, or refused.</summary>
    public bool Handled { get; set; }

    /// <summary>The delivery was over before the request could be judged.</summary>
    public bool CameTooLate { get; set; }

    /// <summary>Why the move was refused.</summary>
    public string? Refusal { get; set; }
}
