namespace TemporalDelivery.Workflows.Orders;

/// <summary>Somebody wants the order to stop before its delivery is done.</summary>
/// <param name="id">Known again when it is asked twice: the id of the update that it came as.</param>
/// <param name="actor">Who wants that.</param>
/// <param name="reason">Why, in words.</param>
/// <param name="handedOver">The goods were handed over in the shop, so the order ends COMPLETED; otherwise it ends CANCELLED.</param>
internal sealed class StopRequest(string id, Actor actor, string reason, bool handedOver)
{
    public string Id { get; } = id;

    public Actor Actor { get; } = actor;

    public string Reason { get; } = reason;

    public bool HandedOver { get; } = handedOver;

    /// <summary>Why the delivery could not be withdrawn; the order then goes on.</summary>
    public string? Refusal { get; set; }
}

/// <summary>
/// The order must end CANCELLED, or FAILED where another run has begun to undo that: thrown where its story stops.
/// </summary>
internal sealed class OrderStoppedException(Actor actor, string reason, string? failureType = null) : Exception(reason)
{
    public OrderStoppedException(StopRequest request)
        : this(request.Actor, request.Reason) { }

    public Actor Actor { get; } = actor;

    /// <summary>As what it FAILED; null: it is CANCELLED.</summary>
    public string? FailureType { get; } = failureType;
}

/// <summary>The order was over before this run began, and stays so: thrown where that is found out.</summary>
internal sealed class OrderOverException(OrderStatus status, string? reason) : Exception(reason)
{
    public OrderStatus Status { get; } = status;

    public string? Reason { get; } = reason;
}
