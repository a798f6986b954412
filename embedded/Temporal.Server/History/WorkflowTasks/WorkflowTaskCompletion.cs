using Google.Protobuf.Collections;
using Temporal.Server.History.Chains;
using Temporal.Server.History.Commands;
using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporal.Server.History.Updates;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.History.WorkflowTasks;

/// <summary>
/// Carries out a worker's completion: the completed event, its commands in order, its messages, the flushed buffer, the next task.
/// </summary>
internal static class WorkflowTaskCompletion
{
    /// <summary>The started task that a token names.</summary>
    /// <exception cref="RpcException">NotFound: it is not the one that is started.</exception>
    public static WorkflowTaskState RequireStarted(RunState state, TaskToken token)
    {
        if (
            !state.IsOpen
            || state.WorkflowTask is not { IsStarted: true } task
            || task.StartedEventId != token.StartedEventId
            || task.ScheduledEventId != token.ScheduledEventId
            || task.Attempt != token.Attempt
            || task.StartedTime!.Value != token.StartedTime.ToDateTimeOffset()
        )
        {
            throw RpcException.NotFound("Workflow task not found.");
        }

        return task;
    }

    /// <summary>Completes the started task.</summary>
    /// <returns>The reply; null when the worker has prolonged the task for too long and it was timed out instead.</returns>
    /// <exception cref="RpcException">NotFound: the token is stale. InvalidArgument: the request is malformed.</exception>
    /// <exception cref="BadCommandException">A command cannot be carried out; the transition must be thrown away and the task
    /// failed.</exception>
    public static RespondWorkflowTaskCompletedResponse? CompleteWorkflowTask(
        this Transition t,
        TaskToken token,
        RespondWorkflowTaskCompletedRequest request,
        NamespaceRecord space,
        NamespaceRegistry namespaces
    )
    {
        var state = t.State;
        var task = RequireStarted(state, token);
        RefuseMisplacedClose(request);
        var isHeartbeat = request.ForceCreateNewWorkflowTask && request.Commands.Count == 0 && request.Messages.Count == 0;
        if (isHeartbeat && t.Now - task.OriginalScheduledTime > t.Run.Limits.WorkflowTaskHeartbeats)
        {
            t.TimeOutStartedWorkflowTask();
            return null;
        }

        var forgotten = SpeculativeWorkflowTasks.CanBeForgotten(state, task, request);
        var scope = new CommandScope
        {
            Transition = t,
            Request = request,
            CompletedEventId = forgotten ? 0 : Write(t, request),
            Namespace = space,
            Namespaces = namespaces,
            Messages = ById(request.Messages),
        };
        if (forgotten)
        {
            t.Speculate(null);
        }

        foreach (var command in request.Commands)
        {
            CommandHandlers.Execute(scope, command);
        }

        foreach (var message in scope.Messages.Values)
        {
            UpdateMessages.Process(scope, message);
        }

        if (!isHeartbeat)
        {
            RejectUnansweredUpdates(t, request);
        }

        t.After(() =>
        {
            t.Run.WantsToClose = false;
            t.Run.Queries.Answer(request.QueryResults, t.Run.Limits);
        });
        var response = Finish(t, task, request, scope, isHeartbeat);
        response.ResetHistoryEventId = forgotten ? state.PreviousStartedEventId : 0;
        return response;
    }

    // The completed event's id.
    private static long Write(Transition t, RespondWorkflowTaskCompletedRequest request)
    {
        t.WriteSpeculative();
        var task = t.State.WorkflowTask!;
        WorkflowTaskEnd.WriteTransient(t, task);
        t.State.WorkflowTask = null;
        SetSticky(t.State, request);
        return t.Add(CompletedEvent(task, request)).EventId;
    }

    private static RespondWorkflowTaskCompletedResponse Finish(
        Transition t,
        WorkflowTaskState task,
        RespondWorkflowTaskCompletedRequest request,
        CommandScope scope,
        bool isHeartbeat
    )
    {
        var response = new RespondWorkflowTaskCompletedResponse { ActivityTasks = { scope.EagerActivities } };
        if (!t.State.IsOpen)
        {
            return response;
        }

        var flushed = t.FlushBuffer();
        if (flushed || scope.NeedsWorkflowTask || request.ForceCreateNewWorkflowTask)
        {
            WorkflowTaskScheduling.ScheduleAttempt(t, attempt: 1, isHeartbeat ? task.OriginalScheduledTime : t.Now);
        }
        else if (t.Run.Updates.HasAdmitted)
        {
            if (request.ReturnNewWorkflowTask)
            {
                t.ScheduleSpeculativeWorkflowTask();
            }
            else
            {
                t.ScheduleWorkflowTask();
            }
        }
        else
        {
            // No task will take the waiting queries along; the run is idle, so they can be asked directly.
            t.After(t.Run.Queries.UnblockWaiting);
        }

        if (request.ReturnNewWorkflowTask && t.State.WorkflowTask is { } next)
        {
            response.WorkflowTask = t.StartWorkflowTask(
                next.ScheduledEventId,
                next.Attempt,
                StateTransitions.InlineStart,
                request.Identity,
                incremental: next.Sticky
            );
        }

        return response;
    }

    private static OrderedDictionary<string, Message> ById(RepeatedField<Message> messages)
    {
        var byId = new OrderedDictionary<string, Message>(messages.Count, StringComparer.Ordinal);
        foreach (var message in messages)
        {
            if (!byId.TryAdd(message.Id, message))
            {
                throw new BadCommandException(
                    WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage,
                    $"Two messages have the ID \"{message.Id}\"."
                );
            }
        }

        return byId;
    }

    private static void RefuseMisplacedClose(RespondWorkflowTaskCompletedRequest request)
    {
        for (var i = 0; i < request.Commands.Count - 1; i++)
        {
            if (CommandHandlers.Closes(request.Commands[i].CommandType))
            {
                throw RpcException.InvalidArgument(
                    $"invalid command sequence: {request.Commands[i].CommandType} must be the last command."
                );
            }
        }
    }

    private static void SetSticky(RunState state, RespondWorkflowTaskCompletedRequest request)
    {
        state.StickyQueue = request.StickyAttributes?.WorkerTaskQueue?.Name ?? "";
        state.StickyScheduleToStart = request.StickyAttributes?.ScheduleToStartTimeout.ToSpan() ?? TimeSpan.Zero;
    }

    private static void RejectUnansweredUpdates(Transition t, RespondWorkflowTaskCompletedRequest request)
    {
        var answered = request.Messages.Select(message => message.ProtocolInstanceId).ToHashSet(StringComparer.Ordinal);
        UpdateMessages.RejectUnanswered(t, answered);
    }

    private static HistoryEvent CompletedEvent(WorkflowTaskState task, RespondWorkflowTaskCompletedRequest request) =>
        new()
        {
            WorkflowTaskCompletedEventAttributes = new WorkflowTaskCompletedEventAttributes
            {
                ScheduledEventId = task.ScheduledEventId,
                StartedEventId = task.StartedEventId,
                Identity = request.Identity,
                BinaryChecksum = request.BinaryChecksum,
                WorkerVersion = request.WorkerVersionStamp,
                SdkMetadata = request.SdkMetadata,
                MeteringMetadata = request.MeteringMetadata,
            },
        };
}
