using Temporal.Server.Frontend;
using Temporal.Server.History;
using Temporal.Server.History.Activities;
using Temporal.Server.History.Chains;
using Temporal.Server.History.Options;
using Temporal.Server.History.Resets;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Batch.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Operation = Temporalio.Api.WorkflowService.V1.StartBatchOperationRequest.OperationOneofCase;

namespace Temporal.Server.Batches;

/// <summary>Does what a batch operation does to one execution. Doing it again changes nothing, but for resets of activities.</summary>
internal sealed class BatchActions(HistoryEngine engine)
{
    private readonly WorkflowResetter resetter = new(engine);

    /// <summary>Does it.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="batch">The operation.</param>
    /// <param name="execution">The execution; without a run id the workflow's current run.</param>
    /// <param name="isRepeated">It may have been done before a crash.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when the execution is none of those meant: it came about by this very operation.</returns>
    /// <exception cref="RpcException">It cannot be done.</exception>
    public async Task<bool> DoAsync(
        NamespaceRecord space,
        BatchRecord batch,
        WorkflowExecution execution,
        bool isRepeated,
        CancellationToken cancellationToken
    )
    {
        var request = batch.Request;
        try
        {
            var run = await engine.ResolveAsync(space, execution.WorkflowId, execution.RunId, cancellationToken).ConfigureAwait(false);
            var requestId = $"{batch.Incarnation}/{Hashed($"{execution.WorkflowId.Length}/{execution.WorkflowId}/{execution.RunId}")}";
            if (request.OperationCase == Operation.ResetOperation)
            {
                return await ResetAsync(run, batch, requestId, cancellationToken).ConfigureAwait(false);
            }

            await engine.TransactAsync(run, t => Do(t, request, requestId), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RpcException gone)
            when (gone.StatusCode == StatusCode.NotFound && isRepeated && request.OperationCase == Operation.DeletionOperation)
        {
            // Deleted before the crash.
            return true;
        }
    }

    private static void Do(Transition t, StartBatchOperationRequest request, string requestId)
    {
        switch (request.OperationCase)
        {
            case Operation.TerminationOperation:
                Terminate(t, request);
                break;
            case Operation.CancellationOperation:
                t.RequestCancel(
                    new WorkflowExecutionCancelRequestedEventAttributes
                    {
                        Cause = request.Reason,
                        Identity = request.CancellationOperation.Identity,
                    }
                );
                break;
            case Operation.SignalOperation:
                var signal = request.SignalOperation;
                t.Signal(
                    new WorkflowExecutionSignaledEventAttributes
                    {
                        SignalName = signal.Signal,
                        Input = signal.Input,
                        Header = signal.Header,
                        Identity = signal.Identity,
                        RequestId = requestId,
                    }
                );
                break;
            case Operation.DeletionOperation:
                t.Delete();
                break;
            case Operation.UpdateWorkflowOptionsOperation:
                var update = request.UpdateWorkflowOptionsOperation;
                t.UpdateOptions(
                    update.WorkflowExecutionOptions,
                    WorkflowOptionHandlers.Check(update.WorkflowExecutionOptions, update.UpdateMask),
                    update.Identity
                );
                break;
            case Operation.UnpauseActivitiesOperation:
                BatchActivityActions.Unpause(t, request.UnpauseActivitiesOperation);
                break;
            case Operation.ResetActivitiesOperation:
                BatchActivityActions.Reset(t, request.ResetActivitiesOperation);
                break;
            case Operation.UpdateActivityOptionsOperation:
                BatchActivityActions.UpdateOptions(t, request.UpdateActivityOptionsOperation);
                break;
            default:
                throw new InvalidOperationException($"{request.OperationCase} should have been refused.");
        }
    }

    private static void Terminate(Transition t, StartBatchOperationRequest request)
    {
        var operation = request.TerminationOperation;
        var terminated = t.State.Close?.Event.WorkflowExecutionTerminatedEventAttributes;
        if (terminated is not null && terminated.Reason == request.Reason && terminated.Identity == operation.Identity)
        {
            // By this operation, before a crash.
            return;
        }

        Signals.RequireOpen(t);
        t.Terminate(request.Reason, operation.Details, operation.Identity);
    }

    private async Task<bool> ResetAsync(RunKey run, BatchRecord batch, string requestId, CancellationToken cancellationToken)
    {
        var request = batch.Request;
        var operation = request.ResetOperation;
        var options = operation.Options ?? OptionsOf(operation);
        var changes = operation.PostResetOperations.Select(change => ResetHandlers.ChangeOf(change, operation.Identity)).ToList();
        var (isOwn, target, eventId) = await engine
            .TransactAsync(
                run,
                t =>
                    t.State.ResetOrigin?.RequestId.StartsWith(batch.Incarnation, StringComparison.Ordinal) == true
                        ? (true, run, 0)
                        : Found(ResetTargets.Find(run, t.State, options)),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (isOwn)
        {
            return false;
        }

        var plan = new ResetPlan
        {
            WorkflowTaskFinishEventId = eventId,
            RequestId = requestId,
            Reason = request.Reason,
            Exclude = ResetPlan.Excluded(options.ResetReapplyExcludeTypes, options.ResetReapplyType),
            AfterReapply = t => changes.ForEach(change => change(t)),
        };
        await resetter.ResetAsync(target, plan, cancellationToken).ConfigureAwait(false);
        return true;

        static (bool IsOwn, RunKey Run, long EventId) Found((RunKey Run, long EventId) place) => (false, place.Run, place.EventId);
    }

    private static ResetOptions OptionsOf(BatchOperationReset operation)
    {
        var options = new ResetOptions { ResetReapplyType = operation.ResetReapplyType };
        if (operation.ResetType == ResetType.FirstWorkflowTask)
        {
            options.FirstWorkflowTask = new Google.Protobuf.WellKnownTypes.Empty();
        }
        else
        {
            options.LastWorkflowTask = new Google.Protobuf.WellKnownTypes.Empty();
        }

        return options;
    }

    // The same for the same execution, and no longer than request ids may be.
    private static string Hashed(string text) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
