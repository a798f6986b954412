using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// The order's own steps. Each is one transaction of our database: its effect, its outcome and the states around it. They are called
/// locally where <see cref="Effects.EffectRunner"/> says so, on task queue <see cref="TaskQueues.Orders"/>. A step that is called again
/// answers what it answered first: the audit's unique (order, attempt, state) decides, never the run.
/// </summary>
public interface IOrderActivities
{
    /// <summary>
    /// PENDING → VALIDATING → INVENTORY_CHECK → PAYMENT_PROCESSING: applies <see cref="OrderRules.Faults"/> to what the catalogue and the
    /// customer's record say now, reserves all lines or none, and stores the payment as PENDING (unless a voucher has yet to say how
    /// much). When the order is refused, the same transaction makes it FAILED.
    /// </summary>
    [Activity]
    public Task<OrderAdmission> AdmitOrderAsync(OrderAttempt attempt);

    /// <summary>Where the order stands; changes nothing.</summary>
    [Activity]
    public Task<OrderStanding> FindOrderAsync(OrderAttempt attempt);

    /// <summary>
    /// Before anything is undone: from here on this attempt can neither go on nor complete, even by a step that a lost worker still runs.
    /// As what it ends is decided too, by whoever begins. The answer says where the order stands; one that is over by then stays so, and
    /// nothing may be undone.
    /// </summary>
    [Activity]
    public Task<OrderStanding> BeginUndoAsync(OrderClosing closing);

    /// <summary>
    /// Undoes what the attempt did in our database (stock, grants, a delivery order that never left) whether or not the workflow knows that
    /// it was done (goods that have left stay in transit: what became of them nobody has said), refuses whatever may still come, and makes
    /// the order FAILED or CANCELLED: as it was decided when the undo began, or CANCELLED when somebody wants that by now. The answer says
    /// how it ended.
    /// </summary>
    [Activity]
    public Task<OrderStanding> CloseOrderAsync(OrderClosing closing);

    /// <summary>FULFILLMENT → COMPLETED: what is still reserved is sold and <c>order.completed</c> is in the outbox.</summary>
    [Activity]
    public Task<OrderStanding> CompleteOrderAsync(OrderCompletion completion);
}

/// <summary>Whether the order may be paid.</summary>
/// <param name="Status">Where it stands: further than that when another run has brought it there.</param>
/// <param name="FailureType">Why not: ORDER_INVALID or OUT_OF_STOCK; of an attempt that is being undone: as what it failed.</param>
/// <param name="Reason">Every fault, the SKUs that are short, or why it is cancelled.</param>
/// <param name="UndoneBy">Of an attempt that is being undone: who has caused that; null when it is not.</param>
public sealed record OrderAdmission(OrderStatus Status, string? FailureType = null, string? Reason = null, Actor? UndoneBy = null);

/// <summary>Where the order stands by its row, which decides.</summary>
/// <param name="Status">Its status.</param>
/// <param name="PaymentOpen">The attempt has a payment that may have taken money: it is neither declined nor given back.</param>
/// <param name="DeliveryOrderId">The attempt's last delivery order.</param>
/// <param name="IsDeliveryActive">It is not over.</param>
/// <param name="FailureType">As what it FAILED.</param>
/// <param name="Reason">Why it is over.</param>
public sealed record OrderStanding(
    OrderStatus Status,
    bool PaymentOpen = false,
    Guid? DeliveryOrderId = null,
    bool IsDeliveryActive = false,
    string? FailureType = null,
    string? Reason = null
);

/// <summary>How an undone attempt ends.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="FailureType">One of <see cref="OrderFailure"/>: the order FAILED; null: it was CANCELLED.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="IsParcelOut">The partner did not give up the booking of the active delivery: its goods have left, or may have.</param>
public sealed record OrderClosing(Guid OrderId, int Attempt, string? FailureType, string Reason, Actor Actor, bool IsParcelOut = false);

/// <summary>How an attempt was fulfilled.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="HandOver">What an operator handed over in the shop; null when the delivery, if any, was confirmed.</param>
public sealed record OrderCompletion(Guid OrderId, int Attempt, ManualFulfillment? HandOver = null);
