namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// What a DeliveryWorkflow is started with, by its OrderWorkflow. What travels and where to stands in the delivery order's rows.
/// </summary>
/// <param name="DeliveryOrderId">The row that was inserted for it; the workflow id is <see cref="WorkflowIds.Delivery"/> of it.</param>
/// <param name="OrderId">The order.</param>
/// <param name="CustomerId">The customer, who alone may confirm the receipt.</param>
/// <param name="Attempt">1 for the first delivery order of the order, then one more with each redelivery.</param>
/// <param name="GraphVersion">The version of the delivery graph that it begins with and finishes on.</param>
/// <param name="Options">How long it waits.</param>
/// <param name="Continued">What the run before has handed on; null in the first run.</param>
public sealed record DeliveryInput(
    Guid DeliveryOrderId,
    Guid OrderId,
    Guid CustomerId,
    int Attempt,
    int GraphVersion,
    DeliveryOptions Options,
    DeliveryContinuation? Continued = null
);
