using Temporal.Server.History;
using Temporal.Server.History.Starts;
using Temporal.Server.History.Updates;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Frontend;

/// <summary>UpdateWorkflowExecution and PollWorkflowExecutionUpdate.</summary>
internal sealed class UpdateHandlers(HistoryEngine engine)
{
    private const int FailedAttempts = 3;

    /// <summary>Sends an update (once per update id) and waits for the stage that the caller wants.</summary>
    public async Task<UpdateWorkflowExecutionResponse> UpdateAsync(UpdateWorkflowExecutionRequest request, RpcContext context)
    {
        Check(engine.Limits, request);
        var execution = request.WorkflowExecution;
        var key = await engine
            .ResolveAsync(engine.Namespaces.Require(request.Namespace), execution?.WorkflowId, execution?.RunId, context.CancellationToken)
            .ConfigureAwait(false);
        return await SeeThroughAsync(engine, key, admitted: null, request, context).ConfigureAwait(false);
    }

    /// <summary>Waits for an update that was sent before.</summary>
    public async Task<PollWorkflowExecutionUpdateResponse> PollAsync(PollWorkflowExecutionUpdateRequest request, RpcContext context)
    {
        var reference = request.UpdateRef ?? throw RpcException.InvalidArgument("UpdateRef is not set on request.");
        Requests.RequireName(engine.Limits, reference.UpdateId, "UpdateId");
        var key = await engine
            .ResolveAsync(
                engine.Namespaces.Require(request.Namespace),
                reference.WorkflowExecution?.WorkflowId,
                reference.WorkflowExecution?.RunId,
                context.CancellationToken
            )
            .ConfigureAwait(false);
        var live = await engine.TransactAsync(key, t => Find(t, reference.UpdateId), context.CancellationToken).ConfigureAwait(false)
            ?? throw RpcException.NotFound($"update \"{reference.UpdateId}\" not found");
        try
        {
            var (stage, outcome) = await WaitAsync(engine, live, request.WaitPolicy?.LifecycleStage ?? Stage.Unspecified, context)
                .ConfigureAwait(false);
            return new PollWorkflowExecutionUpdateResponse
            {
                Stage = stage,
                Outcome = outcome,
                UpdateRef = Reference(key, reference.UpdateId),
            };
        }
        catch (UpdateMovedException)
        {
            // Whoever sent it takes it to the next run; a caller who comes again in a moment finds it there.
            throw Signals.Closing();
        }
    }

    /// <summary>Refuses what makes no sense, and gives the update an id if it has none.</summary>
    public static void Check(WorkflowLimits limits, UpdateWorkflowExecutionRequest request)
    {
        Requests.RequireName(limits, request.Request?.Input?.Name, "Update name");
        request.Request!.Meta ??= new Meta();
        if (request.Request.Meta.UpdateId.Length == 0)
        {
            request.Request.Meta.UpdateId = RunIds.New();
        }

        Requests.RequireName(limits, request.Request.Meta.UpdateId, "UpdateId");
        Requests.LimitName(limits, request.Request.Meta.Identity, "Identity");
        Requests.LimitBlob(limits, request.Request.Input.Args);
        if (request.WaitPolicy?.LifecycleStage == Stage.Admitted)
        {
            throw new RpcException(StatusCode.PermissionDenied, "WaitPolicy stage ADMITTED is not supported.");
        }
    }

    /// <summary>Makes an update known to a run: found again, or admitted for the next workflow task.</summary>
    public static LiveUpdate Admit(Transition t, UpdateWorkflowExecutionRequest request)
    {
        var id = request.Request.Meta.UpdateId;
        if (Find(t, id) is { } known)
        {
            return known;
        }

        if (t.State.Close is { SuccessorRunId.Length: > 0 } close && request.WorkflowExecution.RunId.Length == 0)
        {
            throw new UpdateMovedException(close.SuccessorRunId);
        }

        Signals.RequireOpen(t);
        if (request.FirstExecutionRunId.Length > 0 && request.FirstExecutionRunId != t.State.Started.FirstExecutionRunId)
        {
            throw HistoryEngine.NotFound(t.Run.Key.WorkflowId);
        }

        UpdateLimits.Check(t, request.Request);
        if (t.State.WorkflowTask is { Attempt: >= FailedAttempts })
        {
            throw new RpcException(
                StatusCode.FailedPrecondition,
                "Unable to perform workflow execution update due to Workflow Task in failed state.",
                new WorkflowNotReadyFailure()
            );
        }

        Signals.RequireNotClosing(t);

        var update = t.Run.Updates.Create(id, request.Request);
        t.ScheduleSpeculativeWorkflowTask();
        t.After(() => t.Run.Updates.Add(update));
        return update;
    }

    /// <summary>
    /// Sees an update through to the stage that the caller wants: from run to run, when one is continued before it has taken the update.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="key">The run.</param>
    /// <param name="admitted">The update when the run has it already.</param>
    /// <param name="request">The request.</param>
    /// <param name="context">The call.</param>
    /// <exception cref="RpcException">The update is refused, or the run that it was meant for alone has closed.</exception>
    public static async Task<UpdateWorkflowExecutionResponse> SeeThroughAsync(
        HistoryEngine engine,
        RunKey key,
        LiveUpdate? admitted,
        UpdateWorkflowExecutionRequest request,
        RpcContext context
    )
    {
        while (true)
        {
            try
            {
                var live = admitted
                    ?? await engine.TransactAsync(key, t => Admit(t, request), context.CancellationToken).ConfigureAwait(false);
                var (stage, outcome) = await WaitAsync(engine, live, request.WaitPolicy?.LifecycleStage ?? Stage.Accepted, context)
                    .ConfigureAwait(false);
                return new UpdateWorkflowExecutionResponse
                {
                    Stage = stage,
                    Outcome = outcome,
                    UpdateRef = Reference(key, live.Id),
                };
            }
            catch (UpdateMovedException moved) when (request.WorkflowExecution.RunId.Length == 0)
            {
                key = key with { RunId = moved.SuccessorRunId };
                admitted = null;
            }
            catch (UpdateMovedException)
            {
                throw UpdateRegistry.AbortedByClose();
            }
        }
    }

    private static LiveUpdate? Find(Transition t, string id)
    {
        if (t.State.Updates.TryGetValue(id, out var recorded))
        {
            if (recorded.Outcome is { } outcome)
            {
                var ended = new LiveUpdate(id, request: null, order: 0);
                ended.End(outcome);
                return ended;
            }

            if (!t.State.IsOpen)
            {
                // Accepted, never completed: the registry that told its waiters has gone with the close.
                var over = new LiveUpdate(id, request: null, order: 0);
                over.End(UpdateRegistry.ClosedBeforeCompletion());
                return over;
            }

            return t.Run.Updates.GetAccepted(id);
        }

        return t.Run.Updates.Find(id);
    }

    private static async Task<(Stage Stage, Outcome? Outcome)> WaitAsync(
        HistoryEngine engine,
        LiveUpdate live,
        Stage wanted,
        RpcContext context
    )
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, engine.Stopping);
        timer.CancelAfter(Requests.LongPoll(context, engine.Limits.LongPoll));
        try
        {
            if (wanted == Stage.Completed)
            {
                return (Stage.Completed, await live.Completed.WaitAsync(timer.Token).ConfigureAwait(false));
            }

            if (wanted == Stage.Accepted)
            {
                await live.Accepted.WaitAsync(timer.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            // The caller is told how far it got and asks again.
            return Reached(live);
        }

        return Reached(live);
    }

    private static (Stage Stage, Outcome? Outcome) Reached(LiveUpdate live)
    {
        if (live.Completed.IsCompletedSuccessfully)
        {
            return (Stage.Completed, live.Completed.Result);
        }

        return (live.Accepted.IsCompletedSuccessfully ? Stage.Accepted : Stage.Admitted, null);
    }

    private static UpdateRef Reference(RunKey key, string updateId) =>
        new()
        {
            WorkflowExecution = new WorkflowExecution { WorkflowId = key.WorkflowId, RunId = key.RunId },
            UpdateId = updateId,
        };
}
