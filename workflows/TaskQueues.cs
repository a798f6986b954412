namespace TemporalDelivery.Workflows;

/// <summary>The task queues of the modules; a worker polls those of the modules it is told to run.</summary>
public static class TaskQueues
{
    /// <summary>OrderWorkflow and the activities of orders, stock, payments, outbox and operator tasks.</summary>
    public const string Orders = "orders";

    /// <summary>DeliveryWorkflow and the activities of deliveries, the partner, outbox and operator tasks.</summary>
    public const string Deliveries = "deliveries";

    /// <summary>The voucher module's queue. Orders know it by this name only.</summary>
    public const string Vouchers = "vouchers";
}
