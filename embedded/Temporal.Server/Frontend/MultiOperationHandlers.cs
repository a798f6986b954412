using Temporal.Server.History;
using Temporal.Server.History.Starts;
using Temporal.Server.History.Updates;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>ExecuteMultiOperation: update-with-start.</summary>
internal sealed class MultiOperationHandlers(HistoryEngine engine, WorkflowStarter starter)
{
    /// <summary>Updates the running workflow, or starts it with the update.</summary>
    public async Task<ExecuteMultiOperationResponse> ExecuteAsync(ExecuteMultiOperationRequest request, RpcContext context)
    {
        if (request.Operations is not [{ StartWorkflow: { } start }, { UpdateWorkflow: { } update }])
        {
            throw RpcException.InvalidArgument("Operations have to be exactly [Start, Update].");
        }

        var space = engine.Namespaces.Require(request.Namespace);
        LiveUpdate? live = null;
        var plan = Check(space, request.Namespace, start, update) with { BeforeFirstTask = t => live = UpdateHandlers.Admit(t, update) };
        for (var isSecond = false; ; isSecond = true)
        {
            var outcome = await StartAsync(plan, start, update, context.CancellationToken).ConfigureAwait(false);
            try
            {
                var reply = await UpdateHandlers
                    .SeeThroughAsync(engine, outcome.Run, outcome.IsNew ? live : null, update, context)
                    .ConfigureAwait(false);
                return new ExecuteMultiOperationResponse
                {
                    Responses =
                    {
                        new ExecuteMultiOperationResponse.Types.Response { StartWorkflow = StartHandlers.Reply(outcome) },
                        new ExecuteMultiOperationResponse.Types.Response { UpdateWorkflow = reply },
                    },
                };
            }
            catch (RpcException error) when (ClosedWithout(outcome, error))
            {
                // There is room for another run now. As in Temporal that is tried once, and then it is the caller's turn to try again.
                if (isSecond)
                {
                    throw MultiOperationError.Of(MultiOperationError.Aborted, new RpcException(StatusCode.Aborted, error.Message));
                }
            }
            catch (RpcException error)
            {
                throw MultiOperationError.Of(outcome.IsNew ? null : MultiOperationError.Aborted, error);
            }
        }
    }

    // The run was open when it was found, and closed or was deleted before it had taken the update.
    private static bool ClosedWithout(StartOutcome outcome, RpcException error) =>
        outcome is { IsNew: false, Status: WorkflowExecutionStatus.Running } && error.StatusCode == StatusCode.NotFound;

    private async Task<StartOutcome> StartAsync(
        StartPlan plan,
        StartWorkflowExecutionRequest start,
        UpdateWorkflowExecutionRequest update,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await FindKnownAsync(plan.Namespace, start, update, cancellationToken).ConfigureAwait(false)
                ?? await starter.StartAsync(plan, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException error)
        {
            throw MultiOperationError.Of(error, MultiOperationError.Aborted);
        }
    }

    // The running run that has this update already, or the last one when it has its outcome.
    private async Task<StartOutcome?> FindKnownAsync(
        NamespaceRecord space,
        StartWorkflowExecutionRequest start,
        UpdateWorkflowExecutionRequest update,
        CancellationToken cancellationToken
    )
    {
        var current = await engine.FindCurrentRunAsync(space.Id, start.WorkflowId, cancellationToken).ConfigureAwait(false);
        if (current is null)
        {
            return null;
        }

        var key = new RunKey(space.Id, start.WorkflowId, current.RunId);
        var id = update.Request.Meta.UpdateId;
        var known = await engine
            .TransactAsync(
                key,
                t =>
                    t.State.Updates.TryGetValue(id, out var recorded)
                        ? t.State.IsOpen || recorded.Outcome is not null
                        : t.Run.Updates.Find(id) is not null,
                cancellationToken
            )
            .ConfigureAwait(false);
        return known
            ? new StartOutcome(key, current.FirstRunId, IsNew: false, current.StartRequestId == start.RequestId, current.Status)
            : null;
    }

    // Each operation is told what is wrong with itself.
    private StartPlan Check(
        NamespaceRecord space,
        string spaceName,
        StartWorkflowExecutionRequest start,
        UpdateWorkflowExecutionRequest update
    )
    {
        StartPlan? plan = null;
        var startError = ErrorOf(() =>
        {
            RequireNamespace(start.Namespace, spaceName);
            plan = StartRequests.Plan(engine.Limits, space, start);
            Forbid(start.CronSchedule.Length > 0, "CronSchedule is not allowed.");
            Forbid(start.RequestEagerExecution, "RequestEagerExecution is not supported.");
            Forbid(start.WorkflowStartDelay.ToSpan() > TimeSpan.Zero, "WorkflowStartDelay is not supported.");
        });
        var updateError = ErrorOf(() =>
        {
            RequireNamespace(update.Namespace, spaceName);
            Requests.RequireName(engine.Limits, update.WorkflowExecution?.WorkflowId, "WorkflowId");
            UpdateHandlers.Check(engine.Limits, update);
            Forbid(update.FirstExecutionRunId.Length > 0, "FirstExecutionRunId is not allowed.");
            Forbid(update.WorkflowExecution!.RunId.Length > 0, "RunId is not allowed.");
            Forbid(
                startError is null && update.WorkflowExecution.WorkflowId != start.WorkflowId,
                "WorkflowId is not consistent with previous operation(s)."
            );
        });
        return startError is null && updateError is null
            ? plan!
            : throw MultiOperationError.Of(startError ?? MultiOperationError.Aborted, updateError ?? MultiOperationError.Aborted);
    }

    private static void RequireNamespace(string name, string expected) =>
        Forbid(name.Length > 0 && name != expected, "Operation namespace did not match request's namespace.");

    private static void Forbid(bool present, string message)
    {
        if (present)
        {
            throw RpcException.InvalidArgument(message);
        }
    }

    private static RpcException? ErrorOf(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (RpcException error)
        {
            return error;
        }
    }
}
