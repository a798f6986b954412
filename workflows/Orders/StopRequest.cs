namespace TemporalDelivery.Workflows.Orders;

/// <summary>Somebody wants the order to stop before its delivery is done.</summary>
/// <param name="actor">Who wants that.</param>
/// <param name="reason">Why, in words.</param>
/// <param name="handedOver">The goods were handed over in the shop, so the order ends COMPLETED; otherwise it ends CANCELLED.</param>
internal sealed class StopRequest(Actor actor, string reason, bool handedOver)
{
    public Actor Actor { get; } = actor;

    public string Reason { get; } = reason;

    public bool HandedOver { get; } = handedOver;

    /// <summary>Why the delivery could not be withdrawn; the order then goes on.</summary>
    public string? Refusal { get; set; }
}

/// <summary>The order must end CANCELLED: thrown where its story stops.</summary>
internal sealed class OrderStoppedException(Actor actor, string reason) : Exception(reason)
{
    public OrderStoppedException(StopRequest request)
        : this(request.Actor, request.Reason) { }

    public Actor Actor { get; } = actor;
}
