namespace TemporalDelivery.Workflows.Orders;

/// <summary>The <c>ApplicationFailureException.ErrorType</c> of an order's failures: of its run, and of refused updates.</summary>
public static class OrderFailure
{
    /// <summary>A rule of <see cref="OrderRules"/> is broken; the message lists every fault.</summary>
    public const string OrderInvalid = "ORDER_INVALID";

    /// <summary>Not enough stock; the message names the SKUs.</summary>
    public const string OutOfStock = "OUT_OF_STOCK";

    /// <summary>The provider declined the charge.</summary>
    public const string PaymentDeclined = "PAYMENT_DECLINED";

    /// <summary>The provider did not settle a pending charge in time.</summary>
    public const string PaymentTimedOut = "PAYMENT_TIMED_OUT";

    /// <summary>The failures that are the business's own: no bug, and nobody's mistake but perhaps the customer's.</summary>
    internal static readonly IReadOnlyList<string> Refusals = [OrderInvalid, OutOfStock, PaymentDeclined, PaymentTimedOut];

    /// <summary>A bug or a non-retryable error in a step; everything was undone.</summary>
    public const string Unexpected = "UNEXPECTED";

    /// <summary>
    /// Update Cancel was refused: by its validator, or because the partner picked up before the delivery could be withdrawn.
    /// </summary>
    public const string CancelRefused = "CANCEL_REFUSED";

    /// <summary>Update FulfillManually was refused: by its validator, or because the delivery could not be withdrawn.</summary>
    public const string FulfillmentRefused = "FULFILLMENT_REFUSED";
}
