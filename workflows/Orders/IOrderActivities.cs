using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// What an order does to its own records. Task queue <see cref="TaskQueues.Orders"/>.
/// <para>
/// How all activity interfaces are called: by a lambda on the interface, so the activity's type is the method's name without <c>Async</c>
/// (<c>RecordOrderTransition</c>); the implementing method carries <c>[Activity]</c> too, because the attribute is not inherited from an interface.
/// One record in, one out. Start-to-close 30 seconds, unlimited retries with backoff up to a minute: any exception is retried, except an
/// <c>ApplicationFailureException</c> with <c>nonRetryable: true</c>, which is for bugs only. Business outcomes are results, never exceptions.
/// An attempt that timed out may still be running beside the next: the key in the input decides, not the order of arrival.
/// </para>
/// </summary>
public interface IOrderActivities
{
    /// <summary>
    /// Repeats <see cref="OrderRules.Faults"/> on what the catalogue and the customer say now. Reads only. (An activity, so that a change of the
    /// rules never changes what a running workflow has already seen.)
    /// </summary>
    [Activity]
    Task<OrderVerdict> CheckOrderAsync(OrderCheck check);

    /// <summary>
    /// Writes the order's new state and one append-only audit row in one transaction, once per (order, run, sequence): a repeated call changes nothing.
    /// The state in the table must be <see cref="OrderTransition.From"/> with its version; anything else is a bug and not retryable.
    /// </summary>
    [Activity]
    Task RecordOrderTransitionAsync(OrderTransition transition);

    /// <summary>Gives the customer the digital lines, once per order and attempt. Granted again after a revocation, it stays revoked.</summary>
    [Activity]
    Task GrantDigitalItemsAsync(DigitalGrant grant);

    /// <summary>Takes the digital lines of this order and attempt back; no effect when none was granted.</summary>
    [Activity]
    Task RevokeDigitalItemsAsync(OrderAttempt attempt);
}

/// <summary>One attempt of one order: the idempotency key of its effects. As text <c>{orderId}/{attempt}</c>.</summary>
public sealed record OrderAttempt(Guid OrderId, int Attempt)
{
    /// <inheritdoc/>
    public override string ToString() => $"{OrderId}/{Attempt}";
}

/// <summary>The order to check again.</summary>
public sealed record OrderCheck(Guid OrderId, Guid CustomerId, IReadOnlyList<OrderLine> Lines, Address? DeliveryAddress, string PaymentToken);

/// <summary>The faults that were found; none is good.</summary>
public sealed record OrderVerdict(IReadOnlyList<OrderFault> Faults);

/// <summary>One change of an order's state, as it is recorded.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Attempt">The order's attempt.</param>
/// <param name="From">The state left.</param>
/// <param name="To">The state entered.</param>
/// <param name="Event">What caused it: one of <see cref="OrderEvents"/>.</param>
/// <param name="Reason">Why, for people; set for FAILED, CANCELLED and manual fulfilment.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="WorkflowRunId">The run that says so.</param>
/// <param name="Sequence">1, 2, 3… within the run; with the run it is the idempotency key.</param>
/// <param name="FailureType">For FAILED: one of <see cref="OrderFailure"/>.</param>
public sealed record OrderTransition(
    Guid OrderId,
    int Attempt,
    OrderStatus From,
    OrderStatus To,
    string Event,
    string? Reason,
    Actor Actor,
    string WorkflowRunId,
    int Sequence,
    string? FailureType = null);

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

/// <summary>Digital lines for a customer.</summary>
public sealed record DigitalGrant(Guid OrderId, int Attempt, Guid CustomerId, IReadOnlyList<OrderLine> Lines);
