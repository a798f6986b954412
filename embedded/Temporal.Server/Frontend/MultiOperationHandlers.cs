using Google.Protobuf.WellKnownTypes;
using Temporal.Server.History;
using Temporal.Server.History.Starts;
using Temporal.Server.History.Updates;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>ExecuteMultiOperation: update-with-start.</summary>
internal sealed class MultiOperationHandlers(HistoryEngine engine, WorkflowStarter starter)
{
    /// <summary>Updates the running workflow, or starts it with the update.</summary>
    public async Task<ExecuteMultiOperationResponse> ExecuteAsync(ExecuteMultiOperationRequest request, RpcContext context)
    {
        var (start, update) = Split(request);
        var space = engine.Namespaces.Require(request.Namespace);
        UpdateHandlers.Check(engine.Limits, update);
        LiveUpdate? live = null;
        var plan = StartRequests.Plan(engine.Limits, space, start) with { BeforeFirstTask = t => live = UpdateHandlers.Admit(t, update) };
        StartOutcome outcome;
        try
        {
            outcome = await FindKnownAsync(space, start, update, context.CancellationToken).ConfigureAwait(false)
                ?? await starter.StartAsync(plan, context.CancellationToken).ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.AlreadyExists)
        {
            throw Failed(error, startFailed: true);
        }

        try
        {
            var reply = await UpdateHandlers.SeeThroughAsync(engine, outcome.Run, outcome.IsNew ? live : null, update, context).ConfigureAwait(false);
            return new ExecuteMultiOperationResponse
            {
                Responses =
                {
                    new ExecuteMultiOperationResponse.Types.Response { StartWorkflow = StartHandlers.Reply(outcome) },
                    new ExecuteMultiOperationResponse.Types.Response { UpdateWorkflow = reply },
                },
            };
        }
        catch (RpcException error)
        {
            throw Failed(error, startFailed: false);
        }
    }

    // The running (or, for an update that is known there, the last) run that already has this start or this update.
    private async Task<StartOutcome?> FindKnownAsync(
        NamespaceRecord space, StartWorkflowExecutionRequest start, UpdateWorkflowExecutionRequest update, CancellationToken cancellationToken)
    {
        var current = await engine.FindCurrentRunAsync(space.Id, start.WorkflowId, cancellationToken).ConfigureAwait(false);
        if (current is null)
        {
            return null;
        }

        var key = new RunKey(space.Id, start.WorkflowId, current.RunId);
        var id = update.Request.Meta.UpdateId;
        var known = await engine.TransactAsync(key, t => t.State.Updates.ContainsKey(id) || t.Run.Updates.Find(id) is not null, cancellationToken).ConfigureAwait(false);
        return known
            ? new StartOutcome(key, current.FirstRunId, IsNew: false, current.StartRequestId == start.RequestId, current.Status)
            : null;
    }

    private static (StartWorkflowExecutionRequest Start, UpdateWorkflowExecutionRequest Update) Split(ExecuteMultiOperationRequest request)
    {
        if (request.Operations is not [{ StartWorkflow: { } start }, { UpdateWorkflow: { } update }])
        {
            throw RpcException.InvalidArgument("Operations have to be exactly [Start, Update].");
        }

        if (start.WorkflowId != update.WorkflowExecution?.WorkflowId)
        {
            throw RpcException.InvalidArgument("WorkflowId is not consistent across operations.");
        }

        if (start.CronSchedule.Length > 0 || start.RequestEagerExecution || start.WorkflowStartDelay.ToSpan() > TimeSpan.Zero)
        {
            throw RpcException.InvalidArgument("CronSchedule, RequestEagerExecution and WorkflowStartDelay are not supported.");
        }

        if (update.FirstExecutionRunId.Length > 0 || update.WorkflowExecution.RunId.Length > 0)
        {
            throw RpcException.InvalidArgument("RunId and FirstExecutionRunId are not allowed.");
        }

        return (start, update);
    }

    private static RpcException Failed(RpcException error, bool startFailed)
    {
        var culprit = new MultiOperationExecutionFailure.Types.OperationStatus
        {
            Code = (int)error.StatusCode,
            Message = error.Message,
            Details = { error.Details.Select(Any.Pack) },
        };
        var innocent = new MultiOperationExecutionFailure.Types.OperationStatus
        {
            Code = (int)StatusCode.Aborted,
            Message = "Operation was aborted.",
            Details = { Any.Pack(new MultiOperationExecutionAborted()) },
        };
        return new RpcException(
            error.StatusCode,
            startFailed ? "Update-with-Start could not be executed: start failed." : "Update-with-Start could not be executed: update failed.",
            new MultiOperationExecutionFailure { Statuses = { startFailed ? [culprit, innocent] : (MultiOperationExecutionFailure.Types.OperationStatus[])[innocent, culprit] } });
    }
}
