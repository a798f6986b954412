using Temporal.Server.History;
using Temporal.Server.History.Activities;
using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporal.Server.Matching;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>The activity worker's calls, by task token and by activity id.</summary>
internal sealed class ActivityHandlers(HistoryEngine engine)
{
    /// <summary>Waits for an activity task.</summary>
    public async Task<PollActivityTaskQueueResponse> PollAsync(PollActivityTaskQueueRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        Requests.LimitName(engine.Limits, request.Identity, "Identity");
        var key = new TaskQueueKey(space.Id, TaskQueueKeyKind.Activity, Requests.RequireTaskQueue(engine.Limits, request.TaskQueue));
        var poller = new Poller(request.Identity, request.WorkerInstanceKey)
        {
            MaxTasksPerSecond = request.TaskQueueMetadata?.MaxTasksPerSecond,
            Version = request.WorkerVersionCapabilities,
            Deployment = request.DeploymentOptions,
        };
        if (poller.MaxTasksPerSecond is < 0 or double.NaN)
        {
            throw RpcException.InvalidArgument("MaxTasksPerSecond must not be negative.");
        }

        var until = Environment.TickCount64 + (long)Requests.LongPoll(context, Limits.TaskPoll).TotalMilliseconds;
        while (true)
        {
            var wait = TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64));
            var taken = await engine.Queues.TakeAsync(key, normalQueue: "", poller, wait, context.CancellationToken).ConfigureAwait(false);
            if (taken is null)
            {
                return new PollActivityTaskQueueResponse();
            }

            if (
                await StartAsync(key, (ActivityDispatch)taken.Task, request.Identity, space.Name, context.CancellationToken)
                    .ConfigureAwait(false) is
                { } reply
            )
            {
                reply.PollerScalingDecision = TaskQueueHandlers.DecisionOf(taken);
                return reply;
            }
        }
    }

    /// <summary>A sign of life.</summary>
    public async Task<RecordActivityTaskHeartbeatResponse> HeartbeatAsync(RecordActivityTaskHeartbeatRequest request, RpcContext context)
    {
        var token = Requests.Token(engine.Namespaces, request.Namespace, request.TaskToken);
        return await HeartbeatAsync(RunOf(token), token, request.Details, request.Identity, context).ConfigureAwait(false);
    }

    /// <summary>A sign of life, by activity id.</summary>
    public async Task<RecordActivityTaskHeartbeatByIdResponse> HeartbeatByIdAsync(
        RecordActivityTaskHeartbeatByIdRequest request,
        RpcContext context
    )
    {
        var (run, token) = await ByIdAsync(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId, context)
            .ConfigureAwait(false);
        var heard = await HeartbeatAsync(run, token, request.Details, request.Identity, context).ConfigureAwait(false);
        return new RecordActivityTaskHeartbeatByIdResponse
        {
            CancelRequested = heard.CancelRequested,
            ActivityPaused = heard.ActivityPaused,
            ActivityReset = heard.ActivityReset,
        };
    }

    /// <summary>A result.</summary>
    public async Task<RespondActivityTaskCompletedResponse> CompleteAsync(RespondActivityTaskCompletedRequest request, RpcContext context)
    {
        var token = Requests.Token(engine.Namespaces, request.Namespace, request.TaskToken);
        await OnAsync(RunOf(token), token, (t, activity) => Complete(t, activity, request.Result, request.Identity), context)
            .ConfigureAwait(false);
        return new RespondActivityTaskCompletedResponse();
    }

    /// <summary>A result, by activity id.</summary>
    public async Task<RespondActivityTaskCompletedByIdResponse> CompleteByIdAsync(
        RespondActivityTaskCompletedByIdRequest request,
        RpcContext context
    )
    {
        var (run, token) = await ByIdAsync(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId, context)
            .ConfigureAwait(false);
        await OnAsync(run, token, (t, activity) => Complete(t, activity, request.Result, request.Identity), context).ConfigureAwait(false);
        return new RespondActivityTaskCompletedByIdResponse();
    }

    /// <summary>A failure.</summary>
    public async Task<RespondActivityTaskFailedResponse> FailAsync(RespondActivityTaskFailedRequest request, RpcContext context)
    {
        var token = Requests.Token(engine.Namespaces, request.Namespace, request.TaskToken);
        await OnAsync(
                RunOf(token),
                token,
                (t, activity) => Fail(t, activity, request.Failure, request.LastHeartbeatDetails, request.Identity),
                context
            )
            .ConfigureAwait(false);
        return new RespondActivityTaskFailedResponse();
    }

    /// <summary>A failure, by activity id.</summary>
    public async Task<RespondActivityTaskFailedByIdResponse> FailByIdAsync(RespondActivityTaskFailedByIdRequest request, RpcContext context)
    {
        var (run, token) = await ByIdAsync(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId, context)
            .ConfigureAwait(false);
        await OnAsync(
                run,
                token,
                (t, activity) => Fail(t, activity, request.Failure, request.LastHeartbeatDetails, request.Identity),
                context
            )
            .ConfigureAwait(false);
        return new RespondActivityTaskFailedByIdResponse();
    }

    /// <summary>A cancellation carried out.</summary>
    public async Task<RespondActivityTaskCanceledResponse> CancelAsync(RespondActivityTaskCanceledRequest request, RpcContext context)
    {
        var token = Requests.Token(engine.Namespaces, request.Namespace, request.TaskToken);
        await OnAsync(RunOf(token), token, (t, activity) => Cancel(t, activity, request.Details, request.Identity), context)
            .ConfigureAwait(false);
        return new RespondActivityTaskCanceledResponse();
    }

    /// <summary>A cancellation carried out, by activity id.</summary>
    public async Task<RespondActivityTaskCanceledByIdResponse> CancelByIdAsync(
        RespondActivityTaskCanceledByIdRequest request,
        RpcContext context
    )
    {
        var (run, token) = await ByIdAsync(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId, context)
            .ConfigureAwait(false);
        await OnAsync(run, token, (t, activity) => Cancel(t, activity, request.Details, request.Identity), context).ConfigureAwait(false);
        return new RespondActivityTaskCanceledByIdResponse();
    }

    private async Task<PollActivityTaskQueueResponse?> StartAsync(
        TaskQueueKey key,
        ActivityDispatch task,
        string identity,
        string namespaceName,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await engine
                .TransactAsync(
                    task.Run,
                    t =>
                    {
                        // The last moment at which a caller that has gone leaves the task to others.
                        cancellationToken.ThrowIfCancellationRequested();
                        return t.StartDispatchedActivity(task, RunIds.New(), identity, namespaceName);
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // The run was deleted while its task waited.
            return null;
        }
        catch
        {
            engine.Queues.PutBack(key, normalQueue: "", task);
            throw;
        }
    }

    private static void Fail(Transition t, ActivityState activity, Failure? failure, Payloads? heartbeatDetails, string identity)
    {
        if (heartbeatDetails is not null && !Requests.IsTooLarge(t.Run.Limits, heartbeatDetails))
        {
            activity.HeartbeatDetails = heartbeatDetails;
        }

        t.FailActivity(
            activity,
            Failures.WithinLimit(failure, t.Run.Limits) ?? new Failure { Message = "The worker gave no failure." },
            identity
        );
    }

    // What is too large for an event would be too large the next time as well: the activity fails.
    private static void Complete(Transition t, ActivityState activity, Payloads? result, string identity)
    {
        if (Requests.IsTooLarge(t.Run.Limits, result))
        {
            t.FailActivity(activity, Failures.Final("Complete result exceeds size limit."), identity);
        }
        else
        {
            t.CompleteActivity(activity, result, identity);
        }
    }

    private static void Cancel(Transition t, ActivityState activity, Payloads? details, string identity)
    {
        if (Requests.IsTooLarge(t.Run.Limits, details))
        {
            t.FailActivity(activity, Failures.Final("Cancel details exceed size limit."), identity);
        }
        else
        {
            t.CancelActivity(activity, details, identity);
        }
    }

    private Task<RecordActivityTaskHeartbeatResponse> HeartbeatAsync(
        RunKey run,
        TaskToken token,
        Payloads? details,
        string identity,
        RpcContext context
    ) =>
        engine.TransactAsync(
            run,
            t =>
            {
                var activity = ActivityTasks.RequireStarted(t.State, token);
                if (Requests.IsTooLarge(engine.Limits, details))
                {
                    t.FailActivity(activity, Failures.Final("Heartbeat details exceed size limit."), identity);
                    return new RecordActivityTaskHeartbeatResponse { CancelRequested = true };
                }

                t.RecordHeartbeat(activity, details);
                return new RecordActivityTaskHeartbeatResponse
                {
                    CancelRequested = activity.CancelRequestedEventId != 0,
                    ActivityPaused = activity.Pause is not null,
                    ActivityReset = activity.IsReset,
                };
            },
            context.CancellationToken
        );

    private Task OnAsync(RunKey run, TaskToken token, Action<Transition, ActivityState> act, RpcContext context) =>
        engine.TransactAsync(
            run,
            t =>
                act(
                    t,
                    token.ScheduledEventId == 0 ? ActivityTasks.RequireOpen(t.State, token) : ActivityTasks.RequireStarted(t.State, token)
                ),
            context.CancellationToken
        );

    private async Task<(RunKey Run, TaskToken Token)> ByIdAsync(
        string namespaceName,
        string workflowId,
        string runId,
        string activityId,
        RpcContext context
    )
    {
        Requests.RequireName(engine.Limits, activityId, "ActivityId");
        var space = engine.Namespaces.Require(namespaceName);
        var run = await engine.ResolveAsync(space, workflowId, runId, context.CancellationToken).ConfigureAwait(false);
        return (run, new TaskToken { ActivityId = activityId });
    }

    private static RunKey RunOf(TaskToken token) => new(token.NamespaceId, token.WorkflowId, token.RunId);
}
