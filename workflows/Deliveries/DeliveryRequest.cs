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
    public string EventName { get; } = eventName;

    public Actor Actor { get; } = actor;

    public string? Reason { get; } = reason;

    public DeliveryFailureReason? Failure { get; } = failure;

    public GoodsOutcome? Goods { get; } = goods;

    /// <summary>The request was handled: the move was made, or refused.</summary>
    public bool Handled { get; set; }

    /// <summary>The delivery was over before the request could be judged.</summary>
    public bool CameTooLate { get; set; }

    /// <summary>Why the move was refused.</summary>
    public string? Refusal { get; set; }
}
