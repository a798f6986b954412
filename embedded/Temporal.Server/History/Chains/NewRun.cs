using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Store;
using Temporalio.Api.History.V1;
using Temporalio.Api.Sdk.V1;

namespace Temporal.Server.History.Chains;

/// <summary>Creates a run: its first event, and its first workflow task unless something holds that back.</summary>
internal static class NewRun
{
    /// <summary>Creates a run; it exists once the transition is committed.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="limits">What it may have, send and become.</param>
    /// <param name="started">Its first event.</param>
    /// <param name="requestId">The request that starts it.</param>
    /// <param name="now">The time.</param>
    /// <param name="expectedCurrent">The run that is the current one of the workflow id until now; null for none.</param>
    /// <param name="awaitingParent">A child: its first workflow task waits until its parent has recorded the start.</param>
    /// <param name="metadata">Summary and details for people.</param>
    /// <param name="links">What the start was caused by.</param>
    /// <param name="beforeFirstTask">What else belongs to the start and goes before its first workflow task.</param>
    public static Transition Create(
        RunKey key,
        WorkflowLimits limits,
        WorkflowExecutionStartedEventAttributes started,
        string requestId,
        DateTimeOffset now,
        string? expectedCurrent,
        bool awaitingParent = false,
        UserMetadata? metadata = null,
        IEnumerable<Temporalio.Api.Common.V1.Link>? links = null,
        Action<Transition>? beforeFirstTask = null
    )
    {
        var run = new Run(key, limits)
        {
            State = new RunState { StartRequestId = requestId, AwaitingParent = awaitingParent },
        };
        started.WorkflowId = key.WorkflowId;
        started.OriginalExecutionRunId = key.RunId;
        if (started.FirstExecutionRunId.Length == 0)
        {
            started.FirstExecutionRunId = key.RunId;
        }

        if (started.Attempt == 0)
        {
            started.Attempt = 1;
        }

        var t = new Transition(run, run.State, now)
        {
            Current = new CurrentRunWrite(key.NamespaceId, key.WorkflowId, key.RunId, expectedCurrent),
        };
        t.Add(
            new HistoryEvent
            {
                WorkflowExecutionStartedEventAttributes = started,
                UserMetadata = metadata,
                Links = { links ?? [] },
            }
        );
        beforeFirstTask?.Invoke(t);
        t.ScheduleWorkflowTask();
        return t;
    }
}
