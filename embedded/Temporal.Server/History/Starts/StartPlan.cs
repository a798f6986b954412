using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.History.Starts;

/// <summary>A run to start, whoever asks for it: a client, a parent, a signal or an update that brings its workflow along.</summary>
internal sealed record StartPlan
{
    /// <summary>The namespace.</summary>
    public required NamespaceRecord Namespace { get; init; }

    /// <summary>The workflow id.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>Makes the start idempotent.</summary>
    public required string RequestId { get; init; }

    /// <summary>Builds the first event's attributes; called at most once per attempt, with the time.</summary>
    public required Func<DateTimeOffset, WorkflowExecutionStartedEventAttributes> Started { get; init; }

    /// <summary>What to do about a closed run of the same id.</summary>
    public WorkflowIdReusePolicy ReusePolicy { get; init; } = WorkflowIdReusePolicy.AllowDuplicate;

    /// <summary>What to do about an open run of the same id.</summary>
    public WorkflowIdConflictPolicy ConflictPolicy { get; init; } = WorkflowIdConflictPolicy.Fail;

    /// <summary>
    /// Says, as an event without id, what of the request is attached to an open run that is used instead; null for nothing.
    /// </summary>
    public HistoryEvent? Attachment { get; init; }

    /// <summary>The worker that wants the first workflow task with the reply; null for none.</summary>
    public string? EagerWorker { get; init; }

    /// <summary>A child waits for its parent's word.</summary>
    public bool AwaitingParent { get; init; }

    /// <summary>Summary and details for people.</summary>
    public UserMetadata? Metadata { get; init; }

    /// <summary>What the start was caused by.</summary>
    public IReadOnlyList<Link> Links { get; init; } = [];

    /// <summary>What else belongs to the start and goes before its first workflow task.</summary>
    public Action<Transition>? BeforeFirstTask { get; init; }
}

/// <summary>What a start came to.</summary>
/// <param name="Run">The run that was started, or that runs already.</param>
/// <param name="FirstRunId">First run of its chain.</param>
/// <param name="IsNew">Whether this request created it now.</param>
/// <param name="IsSameRequest">Whether it was created by this request, now or before.</param>
/// <param name="Status">Its status.</param>
internal sealed record StartOutcome(RunKey Run, string FirstRunId, bool IsNew, bool IsSameRequest, WorkflowExecutionStatus Status)
{
    /// <summary>The first workflow task, when the plan's worker gets it at once.</summary>
    public PollWorkflowTaskQueueResponse? EagerTask { get; init; }
}
