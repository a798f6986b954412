namespace TemporalDelivery.Workflows;

/// <summary>Workflow ids: derived from the business id, so that starting twice is starting once.</summary>
public static class WorkflowIds
{
    /// <summary>The id of the OrderWorkflow of an order.</summary>
    public static string Order(Guid orderId) => $"order-{orderId}";

    /// <summary>The id of the DeliveryWorkflow of a delivery order.</summary>
    public static string Delivery(Guid deliveryOrderId) => $"delivery-{deliveryOrderId}";
}
