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
    /// A charge was settled when its order had no use for it any more, and could not be refunded: give the money back.
    /// </summary>
    [JsonStringEnumMemberName("PAYMENT_SETTLED_LATE")]
    PaymentSettledLate,

    /// <summary>
    /// A parcel was delivered although its delivery was given up or another took over: the customer has goods that are not paid for, or has
    /// them twice.
    /// </summary>
    [JsonStringEnumMemberName("PARCEL_ARRIVED_LATE")]
    ParcelArrivedLate,

    /// <summary>Goods were handed over of which nothing was held or in transit: the stock counts more than there is.</summary>
    [JsonStringEnumMemberName("STOCK_NOT_COMMITTED")]
    StockNotCommitted,

    /// <summary>Events of an outside party cannot be handed on for minutes. The task is closed when none waits any more.</summary>
    [JsonStringEnumMemberName("EVENTS_WAITING")]
    EventsWaiting,

    /// <summary>
    /// Events of an outside party cannot be read, or say something else under the id of an earlier one: ask the sender what they mean.
    /// </summary>
    [JsonStringEnumMemberName("EVENTS_REFUSED")]
    EventsRefused,

    /// <summary>
    /// Events for others are not published, or one of their readers does not read them, for minutes. The task is closed when that is over.
    /// </summary>
    [JsonStringEnumMemberName("MESSAGES_WAITING")]
    MessagesWaiting,

    /// <summary>
    /// A reader of the events for others cannot deal with one of them; what comes after it about the same order waits, nothing else does.
    /// Repair what the detail says and have it tried again, or drop it.
    /// </summary>
    [JsonStringEnumMemberName("MESSAGE_PARKED")]
    MessageParked,

    /// <summary>
    /// An order's workflow was cancelled in Temporal, and the order goes on: its delivery cannot be withdrawn any more. Tell whoever wanted
    /// it, and decide when the delivery asks for it.
    /// </summary>
    [JsonStringEnumMemberName("CANCEL_REFUSED")]
    CancelRefused,

    /// <summary>
    /// An order is not over, and no workflow tells its story any more: it was terminated or deleted. Resume it, or have it undone.
    /// </summary>
    [JsonStringEnumMemberName("STORY_LOST")]
    StoryLost,

    /// <summary>
    /// Our books and another's (the payment provider's, the delivery partner's) do not agree. Find out who is right, and settle by hand
    /// what the detail says.
    /// </summary>
    [JsonStringEnumMemberName("BOOKS_DIFFER")]
    BooksDiffer,

    /// <summary>
    /// Wrong PINs were given for a parcel's receipt until all were refused for an hour. Ask the customer whether that was them, and confirm
    /// with proof if it was.
    /// </summary>
    [JsonStringEnumMemberName("RECEIPT_LOCKED")]
    ReceiptLocked,
}

/// <summary>What the kinds of operator tasks ask of operators.</summary>
public static class OperatorTaskKinds
{
    /// <summary>
    /// What a task of this kind may be resolved with by an operator's word. A decision of a running workflow is none: it is an update of
    /// the workflow, which closes the task.
    /// </summary>
    public static IReadOnlyList<OperatorTaskResolution> Resolutions(this OperatorTaskKind kind) =>
        kind switch
        {
            OperatorTaskKind.UndoFailed
            or OperatorTaskKind.StepFailed
            or OperatorTaskKind.StepOverdue
            or OperatorTaskKind.StockNotCommitted =>
            [
                OperatorTaskResolution.Done,
                OperatorTaskResolution.WrittenOff,
                OperatorTaskResolution.NothingToDo,
            ],
            OperatorTaskKind.PaymentSettledLate =>
            [
                OperatorTaskResolution.Refunded,
                OperatorTaskResolution.WrittenOff,
                OperatorTaskResolution.NothingToDo,
            ],
            OperatorTaskKind.ParcelArrivedLate =>
            [
                OperatorTaskResolution.CustomerReturns,
                OperatorTaskResolution.CustomerPays,
                OperatorTaskResolution.WrittenOff,
                OperatorTaskResolution.NothingToDo,
            ],
            OperatorTaskKind.StoryLost => [OperatorTaskResolution.Resume, OperatorTaskResolution.Undo],
            OperatorTaskKind.MessageParked => [OperatorTaskResolution.Retry, OperatorTaskResolution.Drop],
            OperatorTaskKind.BooksDiffer =>
            [
                OperatorTaskResolution.Done,
                OperatorTaskResolution.Refunded,
                OperatorTaskResolution.WrittenOff,
                OperatorTaskResolution.NothingToDo,
            ],
            OperatorTaskKind.DeliveryPending
            or OperatorTaskKind.OrderNotStarted
            or OperatorTaskKind.CancelRefused
            or OperatorTaskKind.EventsWaiting
            or OperatorTaskKind.EventsRefused
            or OperatorTaskKind.ReceiptLocked
            or OperatorTaskKind.MessagesWaiting => [OperatorTaskResolution.Done, OperatorTaskResolution.NothingToDo],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of operator task"),
        };

    /// <summary>What decides a task of this kind while the workflow that it is of runs.</summary>
    public static OperatorDecision DecidedBy(this OperatorTaskKind kind) =>
        kind switch
        {
            OperatorTaskKind.DeliveryPending => OperatorDecision.Resolve,
            OperatorTaskKind.StepOverdue or OperatorTaskKind.StepFailed => OperatorDecision.ReleaseStep,
            _ => OperatorDecision.Word,
        };
}
