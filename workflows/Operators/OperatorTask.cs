namespace TemporalDelivery.Workflows.Operators;

/// <summary>
/// A task for an operator. Of one key one task is open; when the same thing happens again after it was closed, a new one is opened.
/// </summary>
/// <param name="Key">What it is about, stable over retries and runs: <c>order-…/…</c> or <c>delivery-…/…</c>.</param>
/// <param name="OrderId">The order concerned.</param>
/// <param name="DeliveryOrderId">The delivery order concerned, when it is about one.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Detail">What happened, in one sentence for a person.</param>
/// <param name="Occasion">Which happening it is: a repetition of the same message opens nothing, even after the closing. Empty for what can
/// happen only once.</param>
public sealed record OperatorTask(
    string Key,
    Guid OrderId,
    Guid? DeliveryOrderId,
    OperatorTaskKind Kind,
    string Detail,
    string Occasion = ""
);

/// <summary>Closes the task of this key; a task that was never opened, or is closed, stays as it is.</summary>
/// <param name="Key">The key that it was opened with.</param>
/// <param name="Resolution">How it ended, in one sentence.</param>
/// <param name="Actor">Who resolved it.</param>
public sealed record OperatorTaskClosing(string Key, string Resolution, Actor Actor);
