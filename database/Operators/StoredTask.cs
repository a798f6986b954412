namespace TemporalDelivery.Database.Operators;

/// <summary>An operator task as it stands.</summary>
/// <param name="TaskId">Its id; ids are in the order of opening.</param>
/// <param name="Kind">What is asked: an operator task kind's wire name.</param>
/// <param name="Occurrence">The how many-th time it is that the same thing has happened.</param>
/// <param name="OrderId">The order concerned; null when it is about no single one.</param>
/// <param name="DeliveryOrderId">The delivery order concerned, when it is about one.</param>
/// <param name="WorkflowRun">The workflow run that opened it; null when none did.</param>
/// <param name="Detail">What happened.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="ClaimedBy">The operator who works on it; null when nobody does (any more).</param>
/// <param name="ClaimedTill">Until when.</param>
/// <param name="ClosedAt">When it was closed; null while it is open.</param>
/// <param name="ClosedBy">Who closed it.</param>
/// <param name="Resolution">How, by an operator's word; null when what opened it has closed it.</param>
/// <param name="Reason">Why it is closed.</param>
/// <param name="Version">Grows with every change.</param>
public sealed record StoredTask(
    Guid TaskId,
    string Kind,
    int Occurrence,
    Guid? OrderId,
    Guid? DeliveryOrderId,
    string? WorkflowRun,
    string Detail,
    DateTime OpenedAt,
    string? ClaimedBy,
    DateTime? ClaimedTill,
    DateTime? ClosedAt,
    string? ClosedBy,
    string? Resolution,
    string? Reason,
    int Version
);

/// <summary>Something that happened to a task.</summary>
/// <param name="Event">OPENED, AGAIN, CLAIMED, RELEASED, NOTED or CLOSED.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Text">The note, or why.</param>
/// <param name="At">When.</param>
public sealed record TaskEvent(string Event, string Actor, string? Text, DateTime At);

/// <summary>A task and its history, oldest first; of a very long one the last entries.</summary>
public sealed record TaskWithHistory(StoredTask Task, IReadOnlyList<TaskEvent> History);
