using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Case = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporal.Server.History.Resets;

/// <summary>
/// The run that a reset makes: a copy of a history's beginning, whose open workflow task and started activities are failed.
/// </summary>
internal static class ResetCopy
{
    private const string Identity = "history-service";

    /// <summary>Makes the run; it exists once its transition is committed.</summary>
    /// <param name="baseRun">The run to copy from.</param>
    /// <param name="limits">What a run may have, send and become.</param>
    /// <param name="source">Its state.</param>
    /// <param name="newRunId">The new run's id.</param>
    /// <param name="plan">Where the copy ends, and why.</param>
    /// <param name="now">The time.</param>
    /// <param name="expectedCurrent">The run that is the current one of the workflow id until now; null for none.</param>
    /// <exception cref="RpcException">InvalidArgument: no workflow task is open where the copy ends.</exception>
    public static Transition Create(
        RunKey baseRun,
        WorkflowLimits limits,
        RunState source,
        string newRunId,
        ResetPlan plan,
        DateTimeOffset now,
        string? expectedCurrent
    )
    {
        var state = new RunState
        {
            StartRequestId = source.StartRequestId,
            ResetOrigin = new ResetOrigin
            {
                Time = now.ToProto(),
                BaseRunId = baseRun.RunId,
                RequestId = plan.RequestId,
            },
        };
        var copied = source.Events.GetRange(0, (int)plan.WorkflowTaskFinishEventId - 1);
        foreach (var e in copied)
        {
            EventApplier.Append(state, e);
        }

        var task = OpenTask(copied)
            ?? throw RpcException.InvalidArgument(
                $"Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: {plan.WorkflowTaskFinishEventId}"
            );
        var t = new Transition(new Run(baseRun with { RunId = newRunId }, limits) { State = state }, state, now)
        {
            Current = new CurrentRunWrite(baseRun.NamespaceId, baseRun.WorkflowId, newRunId, expectedCurrent),
        };
        t.AddCopied(copied);
        FailTask(t, task, baseRun.RunId, plan.Reason);
        FailStartedActivities(t, copied, plan.Reason);
        t.After(() => t.Run.Updates.Recover(state.AdmittedUpdates.Values));
        return t;
    }

    // The workflow task that the copied events leave scheduled (started: 0) or started.
    private static (long Scheduled, long Started)? OpenTask(List<HistoryEvent> copied)
    {
        (long Scheduled, long Started)? open = null;
        foreach (var e in copied)
        {
            open = e.AttributesCase switch
            {
                Case.WorkflowTaskScheduledEventAttributes => (e.EventId, 0),
                Case.WorkflowTaskStartedEventAttributes => (e.WorkflowTaskStartedEventAttributes.ScheduledEventId, e.EventId),
                Case.WorkflowTaskCompletedEventAttributes
                or Case.WorkflowTaskFailedEventAttributes
                or Case.WorkflowTaskTimedOutEventAttributes => null,
                _ => open,
            };
        }

        return open;
    }

    private static void FailTask(Transition t, (long Scheduled, long Started) task, string baseRunId, string reason)
    {
        if (task.Started == 0)
        {
            task.Started = t.Add(
                new HistoryEvent
                {
                    WorkflowTaskStartedEventAttributes = new WorkflowTaskStartedEventAttributes
                    {
                        ScheduledEventId = task.Scheduled,
                        Identity = Identity,
                    },
                }
            ).EventId;
        }

        t.Add(
            new HistoryEvent
            {
                WorkflowTaskFailedEventAttributes = new WorkflowTaskFailedEventAttributes
                {
                    ScheduledEventId = task.Scheduled,
                    StartedEventId = task.Started,
                    Cause = WorkflowTaskFailedCause.ResetWorkflow,
                    Failure = Reset(reason, heartbeatDetails: null),
                    Identity = Identity,
                    BaseRunId = baseRunId,
                    NewRunId = t.Run.Key.RunId,
                },
            }
        );
    }

    // An activity whose start is copied was taken by a worker that reports to the old run; the others are scheduled anew.
    private static void FailStartedActivities(Transition t, List<HistoryEvent> copied, string reason)
    {
        var starts = copied
            .Where(e => e.ActivityTaskStartedEventAttributes is not null)
            .ToDictionary(e => e.ActivityTaskStartedEventAttributes.ScheduledEventId);
        foreach (var activity in t.State.Activities.Values.ToList())
        {
            if (starts.TryGetValue(activity.ScheduledEventId, out var started))
            {
                t.Add(
                    new HistoryEvent
                    {
                        ActivityTaskFailedEventAttributes = new ActivityTaskFailedEventAttributes
                        {
                            ScheduledEventId = activity.ScheduledEventId,
                            StartedEventId = started.EventId,
                            Failure = Reset(reason, activity.HeartbeatDetails),
                            Identity = started.ActivityTaskStartedEventAttributes.Identity,
                            RetryState = RetryState.NonRetryableFailure,
                        },
                    }
                );
            }
            else
            {
                activity.ScheduledTime = t.Now;
                activity.FirstScheduledTime = t.Now;
            }
        }
    }

    private static Failure Reset(string reason, Payloads? heartbeatDetails) =>
        new()
        {
            Message = reason,
            ResetWorkflowFailureInfo = new ResetWorkflowFailureInfo { LastHeartbeatDetails = heartbeatDetails },
        };
}
