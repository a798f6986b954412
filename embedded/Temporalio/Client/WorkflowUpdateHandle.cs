using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

/// <summary>An update of a workflow.</summary>
/// <param name="Client">Client.</param>
/// <param name="Id">Id of the update.</param>
/// <param name="WorkflowId">Workflow id.</param>
/// <param name="WorkflowRunId">Run, if it matters.</param>
public record WorkflowUpdateHandle(ITemporalClient Client, string Id, string WorkflowId, string? WorkflowRunId = null)
{
    /// <summary>How it ended, once that is known. Two waiters may both learn it, but nothing else.</summary>
    internal Outcome? KnownOutcome { get; set; }

    /// <summary>Waits until it has ended.</summary>
    /// <exception cref="WorkflowUpdateFailedException">It was rejected or failed.</exception>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">Waiting was given up.</exception>
    public Task GetResultAsync(RpcOptions? rpcOptions = null) => GetResultAsync<ValueTuple>(rpcOptions);

    /// <summary>Waits for its result.</summary>
    /// <exception cref="WorkflowUpdateFailedException">It was rejected or failed.</exception>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">Waiting was given up.</exception>
    public virtual async Task<TResult> GetResultAsync<TResult>(RpcOptions? rpcOptions = null)
    {
        await PollUntilOutcomeAsync(rpcOptions).ConfigureAwait(false);
        var converter = Client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(Client.Options.Namespace, WorkflowId));
        switch (KnownOutcome!.ValueCase)
        {
            case Outcome.ValueOneofCase.Failure:
                throw new WorkflowUpdateFailedException(
                    await converter.ToExceptionAsync(KnownOutcome.Failure.Clone()).ConfigureAwait(false));
            case Outcome.ValueOneofCase.Success:
                return typeof(TResult) == typeof(ValueTuple) || KnownOutcome.Success.Payloads_.Count == 0
                    ? default!
                    : await converter.ToSingleValueAsync<TResult>(KnownOutcome.Success.Payloads_).ConfigureAwait(false);
            default:
                throw new InvalidOperationException($"Unrecognized outcome case: {KnownOutcome.ValueCase}");
        }
    }

    internal async Task PollUntilOutcomeAsync(RpcOptions? rpcOptions = null)
    {
        if (KnownOutcome is not null)
        {
            return;
        }

        var request = new Api.WorkflowService.V1.PollWorkflowExecutionUpdateRequest
        {
            Namespace = Client.Options.Namespace,
            UpdateRef = new()
            {
                WorkflowExecution = new() { WorkflowId = WorkflowId, RunId = WorkflowRunId ?? string.Empty },
                UpdateId = Id,
            },
            Identity = Client.Connection.Options.Identity ?? string.Empty,
            WaitPolicy = new() { LifecycleStage = UpdateWorkflowExecutionLifecycleStage.Completed },
        };
        while (KnownOutcome is null)
        {
            try
            {
                var response = await Client.Connection.WorkflowService.PollWorkflowExecutionUpdateAsync(
                    request, TemporalClient.DefaultRetryOptions(rpcOptions)).ConfigureAwait(false);
                KnownOutcome ??= response.Outcome;
            }
            catch (Exception e) when (ClientCalls.IsGivenUp(e))
            {
                throw new WorkflowUpdateRpcTimeoutOrCanceledException(e);
            }
        }
    }
}

/// <summary>An update of a workflow.</summary>
/// <typeparam name="TResult">Type of its result.</typeparam>
/// <param name="Client">Client.</param>
/// <param name="Id">Id of the update.</param>
/// <param name="WorkflowId">Workflow id.</param>
/// <param name="WorkflowRunId">Run, if it matters.</param>
public record WorkflowUpdateHandle<TResult>(ITemporalClient Client, string Id, string WorkflowId, string? WorkflowRunId = null)
    : WorkflowUpdateHandle(Client, Id, WorkflowId, WorkflowRunId)
{
    /// <summary>Waits for its result.</summary>
    /// <exception cref="WorkflowUpdateFailedException">It was rejected or failed.</exception>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">Waiting was given up.</exception>
    public new Task<TResult> GetResultAsync(RpcOptions? rpcOptions = null) => GetResultAsync<TResult>(rpcOptions);
}
