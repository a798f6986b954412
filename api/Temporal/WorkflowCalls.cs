using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Api.Temporal;

/// <summary>Messages to running workflows, each within a deadline.</summary>
sealed class WorkflowCalls(ITemporalClient client)
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Sends an update and waits until the workflow has dealt with it.</summary>
    /// <param name="workflowId">To whom.</param>
    /// <param name="update">The update's name.</param>
    /// <param name="message">Its argument.</param>
    /// <param name="updateId">Makes a repeated update the same update; null for one of its own.</param>
    /// <param name="cancellationToken">Stops waiting; the update may take effect all the same.</param>
    /// <exception cref="TemporalAwayException">No answer within the deadline.</exception>
    public async Task<UpdateOutcome<TView>> UpdateAsync<TView>(
        string workflowId, string update, object message, string? updateId, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            var view = await client.GetWorkflowHandle(workflowId).ExecuteUpdateAsync<TView>(
                update, [message], new WorkflowUpdateOptions { Id = updateId, Rpc = Rpc(deadline.Token) });
            return new UpdateOutcome<TView>.Done(view);
        }
        catch (WorkflowUpdateFailedException failure) when (failure.InnerException is ApplicationFailureException refusal)
        {
            return new UpdateOutcome<TView>.Refused(refusal.ErrorType ?? "REFUSED", refusal.Message);
        }
        catch (RpcException failure) when (IsMissingWorkflow(failure))
        {
            return new UpdateOutcome<TView>.NotRunning();
        }
        catch (Exception failure) when (IsAbsence(failure, cancellationToken))
        {
            throw Away($"update {update}", workflowId, failure);
        }
    }

    /// <summary>Asks a workflow, running or over; default when there is none.</summary>
    /// <exception cref="TemporalAwayException">No answer within the deadline.</exception>
    public async Task<TView?> QueryAsync<TView>(string workflowId, string query, CancellationToken cancellationToken)
        where TView : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            return await client.GetWorkflowHandle(workflowId).QueryAsync<TView>(query, [], new WorkflowQueryOptions { Rpc = Rpc(deadline.Token) });
        }
        catch (RpcException failure) when (IsMissingWorkflow(failure))
        {
            return null;
        }
        catch (Exception failure) when (IsAbsence(failure, cancellationToken))
        {
            throw Away($"query {query}", workflowId, failure);
        }
    }

    /// <summary>Whether a failed call means that Temporal, or the way to it, is gone for now.</summary>
    public static bool IsAbsence(Exception failure, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && failure switch
        {
            RpcException rpc => rpc.Code is not (RpcException.StatusCode.InvalidArgument or RpcException.StatusCode.PermissionDenied or RpcException.StatusCode.Unauthenticated),
            // A first connection that fails says so with InvalidOperationException.
            OperationCanceledException or InvalidOperationException or WorkflowUpdateRpcTimeoutOrCanceledException => true,
            _ => false,
        };

    static RpcOptions Rpc(CancellationToken cancellationToken) => new() { Timeout = Deadline, CancellationToken = cancellationToken };

    // A missing namespace is NotFound too, but then it is the server that is not as it should be.
    static bool IsMissingWorkflow(RpcException failure) =>
        failure.Code == RpcException.StatusCode.NotFound && !failure.Message.Contains("amespace", StringComparison.Ordinal);

    static TemporalAwayException Away(string call, string workflowId, Exception failure) =>
        new($"No answer to {call} of {workflowId}: {failure.Message}", failure);
}
