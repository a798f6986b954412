using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.History.WorkflowTasks;

/// <summary>Hands the pending workflow task to a worker.</summary>
internal static class WorkflowTaskStart
{
    // After the run's start and the task's scheduling.
    private const long EagerStartedEventId = 3;

    /// <summary>Starts the task if it is still the one that was dispatched.</summary>
    /// <param name="t">The transition.</param>
    /// <param name="scheduledEventId">The dispatched task's scheduled event.</param>
    /// <param name="attempt">The dispatched task's attempt.</param>
    /// <param name="requestId">Unique per poll.</param>
    /// <param name="identity">The worker.</param>
    /// <param name="incremental">The worker polled its sticky queue: send only what is new since its last task.</param>
    /// <returns>The task for the worker, or null when it is stale.</returns>
    public static PollWorkflowTaskQueueResponse? StartWorkflowTask(
        this Transition t,
        long scheduledEventId,
        int attempt,
        string requestId,
        string identity,
        bool incremental
    )
    {
        var state = t.State;
        if (
            !state.IsOpen
            || state.WorkflowTask is not { IsStarted: false } task
            || task.ScheduledEventId != scheduledEventId
            || task.Attempt != attempt
        )
        {
            return null;
        }

        if (task.Transient && task.ScheduledEventId != state.NextEventId)
        {
            BecomeNormal(t, task);
        }

        var started = task with
        {
            StartedTime = t.Now,
            RequestId = requestId,
            Identity = identity,
            HistorySizeBytes = state.HistorySizeBytes,
            ContinueAsNewReasons = ContinueAsNewSuggestion.ReasonsFor(t),
            StartedEventId = task.ScheduledEventId + 1,
        };
        if (task.Speculative)
        {
            t.Speculate(started);
        }
        else if (task.Transient)
        {
            t.Touch();
            state.WorkflowTask = started;
        }
        else
        {
            started.StartedEventId = state.NextEventId;
            t.Start(started);
        }

        var reply = Reply(t, started, incremental);
        AttachQueries(t, reply);
        AttachUpdates(t, reply);
        return reply;
    }

    /// <summary>
    /// The task that came with the reply to the run's start, once more; null when it is over. Whichever of the two is completed first
    /// counts.
    /// </summary>
    public static PollWorkflowTaskQueueResponse? RepeatEagerTask(this Transition t) =>
        t.State
            is
        {
            IsOpen: true,
            Started.EagerExecutionAccepted: true,
            WorkflowTask: { StartedEventId: EagerStartedEventId, IsUnwritten: false } task
        }
            ? Reply(t, task, incremental: false)
            : null;

    /// <summary>The start as an event without id.</summary>
    public static HistoryEvent StartedEvent(WorkflowTaskState task)
    {
        return new HistoryEvent
        {
            WorkflowTaskStartedEventAttributes = new WorkflowTaskStartedEventAttributes
            {
                ScheduledEventId = task.ScheduledEventId,
                Identity = task.Identity,
                RequestId = task.RequestId,
                HistorySizeBytes = task.HistorySizeBytes,
                SuggestContinueAsNew = task.ContinueAsNewReasons.Count > 0,
                SuggestContinueAsNewReasons = { task.ContinueAsNewReasons },
            },
        };
    }

    /// <summary>The unwritten events of a transient or speculative task, as a worker must see them; empty for a normal one.</summary>
    public static IReadOnlyList<HistoryEvent> UnwrittenEvents(RunState state, WorkflowTaskState task)
    {
        if (!task.IsUnwritten)
        {
            return [];
        }

        var scheduled = WorkflowTaskScheduling.ScheduledEvent(state, task.Sticky, task.StartToClose, task.Attempt);
        scheduled.EventId = task.ScheduledEventId;
        scheduled.EventTime = task.ScheduledTime.ToProto();
        scheduled.EventType = EventType.WorkflowTaskScheduled;
        if (!task.IsStarted)
        {
            return [scheduled];
        }

        var started = StartedEvent(task);
        started.EventId = task.StartedEventId;
        started.EventTime = task.StartedTime!.Value.ToProto();
        started.EventType = EventType.WorkflowTaskStarted;
        return [scheduled, started];
    }

    // New events came since the last attempt failed: this one is written after all, as a first attempt.
    private static void BecomeNormal(Transition t, WorkflowTaskState task)
    {
        task.Transient = false;
        task.Attempt = 1;
        task.ScheduledEventId = t.Add(WorkflowTaskScheduling.ScheduledEvent(t.State, task.Sticky, task.StartToClose, attempt: 1)).EventId;
    }

    private static PollWorkflowTaskQueueResponse Reply(Transition t, WorkflowTaskState task, bool incremental)
    {
        var state = t.State;
        var run = t.Run;
        var reply = new PollWorkflowTaskQueueResponse
        {
            TaskToken = new TaskToken
            {
                NamespaceId = run.Key.NamespaceId,
                WorkflowId = run.Key.WorkflowId,
                RunId = run.Key.RunId,
                ScheduledEventId = task.ScheduledEventId,
                StartedEventId = task.StartedEventId,
                Attempt = task.Attempt,
                StartedTime = task.StartedTime!.Value.ToProto(),
            }.ToByteString(),
            WorkflowExecution = new WorkflowExecution { WorkflowId = run.Key.WorkflowId, RunId = run.Key.RunId },
            WorkflowType = state.Started.WorkflowType,
            PreviousStartedEventId = state.PreviousStartedEventId,
            StartedEventId = task.StartedEventId,
            Attempt = task.Attempt,
            WorkflowExecutionTaskQueue = new TaskQueue { Name = state.TaskQueue, Kind = TaskQueueKind.Normal },
            ScheduledTime = task.ScheduledTime.ToProto(),
            StartedTime = task.StartedTime!.Value.ToProto(),
        };
        var from = incremental && !task.Transient ? state.PreviousStartedEventId + 1 : 1;
        HistoryPages.Fill(reply, run.Key.RunId, state, from, task.StartedEventId, UnwrittenEvents(state, task));
        return reply;
    }

    private static void AttachQueries(Transition t, PollWorkflowTaskQueueResponse reply)
    {
        foreach (var query in t.Run.Queries.Waiting)
        {
            reply.Queries.Add(query.Id, query.Query);
        }

        if (reply.Queries.Count > 0)
        {
            t.After(t.Run.Queries.Attach);
        }
    }

    private static void AttachUpdates(Transition t, PollWorkflowTaskQueueResponse reply)
    {
        foreach (var update in t.Run.Updates.Admitted)
        {
            t.After(update.MarkSent);
            if (t.State.AdmittedUpdates.ContainsKey(update.Id))
            {
                // The worker takes its request from the history's own event; with a message as well it would carry it out twice.
                continue;
            }

            reply.Messages.Add(
                new Message
                {
                    Id = update.RequestMessageId,
                    ProtocolInstanceId = update.Id,
                    EventId = reply.StartedEventId - 1,
                    Body = Any.Pack(update.Request),
                }
            );
        }
    }
}
