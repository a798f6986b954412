using System.Text.Json.Serialization;

namespace TemporalDelivery.Workflows.Operators;

/// <summary>What an operator is asked to do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperatorTaskKind>))]
public enum OperatorTaskKind
{
    /// <summary>
    /// A step's deadline has passed while its infrastructure keeps failing. The workflow goes on trying; repair what is broken, or release
    /// the step (update <c>ReleaseStep</c>).
    /// </summary>
    [JsonStringEnumMemberName("STEP_OVERDUE")]
    StepOverdue,

    /// <summary>An effect could not be undone: finish by hand what the detail says.</summary>
    [JsonStringEnumMemberName("UNDO_FAILED")]
    UndoFailed,

    /// <summary>
    /// A step that may no longer be undone (the parcel travels, or the customer has the goods) failed for good: release it when it is
    /// mended (update <c>ReleaseStep</c>), or finish by hand what the detail says.
    /// </summary>
    [JsonStringEnumMemberName("STEP_FAILED")]
    StepFailed,

    /// <summary>A delivery waits in PENDING_BY_OPERATOR: redeliver, cancel, or confirm with proof.</summary>
    [JsonStringEnumMemberName("DELIVERY_PENDING")]
    DeliveryPending,

    /// <summary>
    /// An accepted order's workflow cannot be started, however often it is tried. Repair what the detail says: the task is closed when the
    /// workflow is started.
    /// </summary>
    [JsonStringEnumMemberName("ORDER_NOT_STARTED")]
    OrderNotStarted,

    /// <summary>
    /// A charge was settled when its order had no use for it any more, and could not be refunded: give the money back, or resume the order.
    /// </summary>
    [JsonStringEnumMemberName("PAYMENT_SETTLED_LATE")]
    PaymentSettledLate,

    /// <summary>
    /// A parcel was delivered although its delivery was given up or another took over: the customer has goods that are not paid for, or has
    /// them twice.
    /// </summary>
    [JsonStringEnumMemberName("PARCEL_ARRIVED_LATE")]
    ParcelArrivedLate,
}

/// <summary>A task for an operator. <paramref name="Key"/> identifies it: opening it twice opens it once.</summary>
/// <param name="Key">Unique, stable over retries: <c>order-…/…</c> or <c>delivery-…/…</c>.</param>
/// <param name="OrderId">The order concerned.</param>
/// <param name="DeliveryOrderId">The delivery order concerned, when it is about one.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Detail">What happened, in one sentence for a person.</param>
public sealed record OperatorTask(string Key, Guid OrderId, Guid? DeliveryOrderId, OperatorTaskKind Kind, string Detail);

/// <summary>Closes the task of this key; a task that was never opened, or is closed, stays as it is.</summary>
/// <param name="Key">The key that it was opened with.</param>
/// <param name="Resolution">How it ended, in one sentence.</param>
/// <param name="Actor">Who resolved it.</param>
public sealed record OperatorTaskClosing(string Key, string Resolution, Actor Actor);
