namespace TemporalDelivery.Workflows.Orders;

/// <summary>What causes an order's changes of state, as written in audit rows.</summary>
public static class OrderEvents
{
    /// <summary>PENDING → VALIDATING.</summary>
    public const string Started = "STARTED";

    /// <summary>VALIDATING → INVENTORY_CHECK.</summary>
    public const string Validated = "VALIDATED";

    /// <summary>INVENTORY_CHECK → PAYMENT_PROCESSING.</summary>
    public const string StockReserved = "STOCK_RESERVED";

    /// <summary>PAYMENT_PROCESSING → FULFILLMENT.</summary>
    public const string Paid = "PAID";

    /// <summary>FULFILLMENT → COMPLETED.</summary>
    public const string Fulfilled = "FULFILLED";

    /// <summary>FULFILLMENT → COMPLETED: handed over in the shop.</summary>
    public const string FulfilledManually = "FULFILLED_MANUALLY";

    /// <summary>Any → FAILED, after every effect was undone.</summary>
    public const string Failed = "FAILED";

    /// <summary>Any before the pickup → CANCELLED, after every effect was undone.</summary>
    public const string Cancelled = "CANCELLED";
}
