using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Operators;

/// <summary>What an operator does to a task.</summary>
/// <param name="TaskId">Which task.</param>
/// <param name="Operator">Who.</param>
/// <param name="Text">The note, or why.</param>
/// <param name="MayChange">Whether the task's version is one that the operator has seen; null when that does not matter.</param>
/// <param name="Request">An id of the request: what it asks for is done once. Null when it has none.</param>
public abstract record OperatorTaskChange(Guid TaskId, Actor Operator, string? Text, Func<int, bool>? MayChange, string? Request)
{
    /// <summary>The operator works on it: nobody else does, for so long.</summary>
    public sealed record Claim(Guid TaskId, Actor Operator, string? Text, Func<int, bool>? MayChange, string? Request, TimeSpan For)
        : OperatorTaskChange(TaskId, Operator, Text, MayChange, Request);

    /// <summary>The operator does not work on it any more.</summary>
    public sealed record Release(Guid TaskId, Actor Operator, string? Text, Func<int, bool>? MayChange, string? Request)
        : OperatorTaskChange(TaskId, Operator, Text, MayChange, Request);

    /// <summary>The operator has something to say about it.</summary>
    public sealed record Note(Guid TaskId, Actor Operator, string? Text, Func<int, bool>? MayChange, string? Request)
        : OperatorTaskChange(TaskId, Operator, Text, MayChange, Request);

    /// <summary>The operator has settled it.</summary>
    public sealed record Resolve(
        Guid TaskId,
        Actor Operator,
        string? Text,
        Func<int, bool>? MayChange,
        string? Request,
        OperatorTaskResolution Resolution
    ) : OperatorTaskChange(TaskId, Operator, Text, MayChange, Request);
}

/// <summary>Whether a change of a task was made.</summary>
public enum OperatorTaskVerdict
{
    /// <summary>It was, now or before.</summary>
    Made,

    /// <summary>There is no such task.</summary>
    Unknown,

    /// <summary>The task has changed since the operator saw it.</summary>
    Outdated,

    /// <summary>The task is closed.</summary>
    Closed,

    /// <summary>Another operator works on it.</summary>
    ClaimedByAnother,

    /// <summary>The operator does not work on it.</summary>
    NotClaimed,
}

/// <summary>What became of a change.</summary>
/// <param name="Verdict">Whether it was made.</param>
/// <param name="Task">How the task stands now; null when there is none.</param>
public sealed record OperatorTaskOutcome(OperatorTaskVerdict Verdict, TaskWithHistory? Task);
