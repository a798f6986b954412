using System.Linq.Expressions;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Hosting.Temporal;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Api.Temporal;

/// <summary>Messages to running workflows, each within a deadline.</summary>
internal sealed class WorkflowCalls(ITemporalClient client)
{
    // What a Temporal server says of an accepted update of a run that has closed.
    private const string ClosedBeforeItWasDone = "AcceptedUpdateCompletedWorkflow";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Sends an update and waits until the workflow has dealt with it, for ten seconds.</summary>
    /// <exception cref="TemporalAwayException">No answer for so long.</exception>
    public Task<UpdateOutcome<TView>> UpdateAsync<TWorkflow, TView>(
        string workflowId,
        Expression<Func<TWorkflow, Task<TView>>> update,
        string? updateId,
        CancellationToken cancellationToken
    ) => UpdateAsync(workflowId, update, updateId, Deadline, cancellationToken);

    /// <summary>Sends an update and waits until the workflow has dealt with it.</summary>
    /// <param name="workflowId">The workflow that gets it.</param>
    /// <param name="update">The update, as a call of the workflow's method.</param>
    /// <param name="updateId">An update with the id of an earlier one is that earlier one; null for a new one.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellationToken">Stops waiting; the update may take effect all the same.</param>
    /// <exception cref="TemporalAwayException">No answer for so long.</exception>
    public async Task<UpdateOutcome<TView>> UpdateAsync<TWorkflow, TView>(
        string workflowId,
        Expression<Func<TWorkflow, Task<TView>>> update,
        string? updateId,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        await ConnectAsync(workflowId, deadline.Token, cancellationToken);
        try
        {
            return new UpdateOutcome<TView>.Done(await SendAsync());
        }
        catch (WorkflowUpdateFailedException failure)
            when (failure.InnerException is ApplicationFailureException { ErrorType: ClosedBeforeItWasDone })
        {
            // The run was terminated or reset, and has answered nothing.
            return new UpdateOutcome<TView>.NotRunning();
        }
        catch (WorkflowUpdateFailedException failure) when (failure.InnerException is ApplicationFailureException refusal)
        {
            return new UpdateOutcome<TView>.Refused(refusal.ErrorType ?? "REFUSED", refusal.Message);
        }
        catch (RpcException failure) when (failure.IsMissingWorkflow())
        {
            return new UpdateOutcome<TView>.NotRunning();
        }
        catch (Exception failure) when (IsAbsence(failure, cancellationToken))
        {
            throw Away("an update", workflowId, failure);
        }

        // What comes while a workflow ends its task makes the server throw the task away, and the updates that were in it.
        async Task<TView> SendAsync()
        {
            for (var times = 1; ; times++)
            {
                try
                {
                    return await client
                        .GetWorkflowHandle<TWorkflow>(workflowId)
                        .ExecuteUpdateAsync(update, new WorkflowUpdateOptions { Id = updateId, Rpc = Rpc(patience, deadline.Token) });
                }
                catch (RpcException thrownAway) when (thrownAway.Code == RpcException.StatusCode.FailedPrecondition)
                {
                    await Task.Delay(Backoff.Standard.After(times), deadline.Token);
                }
            }
        }
    }

    /// <summary>Queries a workflow, running or closed; null when there is none.</summary>
    /// <exception cref="TemporalAwayException">No answer within the deadline.</exception>
    public async Task<TView?> QueryAsync<TWorkflow, TView>(
        string workflowId,
        Expression<Func<TWorkflow, TView>> query,
        CancellationToken cancellationToken
    )
        where TView : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        await ConnectAsync(workflowId, deadline.Token, cancellationToken);
        try
        {
            return await client
                .GetWorkflowHandle<TWorkflow>(workflowId)
                .QueryAsync(query, new WorkflowQueryOptions { Rpc = Rpc(Deadline, deadline.Token) });
        }
        catch (RpcException failure) when (failure.IsMissingWorkflow())
        {
            return null;
        }
        catch (Exception failure) when (IsAbsence(failure, cancellationToken))
        {
            throw Away("a query", workflowId, failure);
        }
    }

    /// <summary>Whether a workflow is running, or this run of it.</summary>
    /// <exception cref="TemporalAwayException">No answer within the deadline.</exception>
    public async Task<bool> IsRunningAsync(string workflowId, string? runId, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        await ConnectAsync(workflowId, deadline.Token, cancellationToken);
        try
        {
            var found = await client
                .GetWorkflowHandle(workflowId, runId)
                .DescribeAsync(new WorkflowDescribeOptions { Rpc = Rpc(Deadline, deadline.Token) });
            return found.Status == WorkflowExecutionStatus.Running;
        }
        catch (RpcException failure) when (failure.IsMissingWorkflow())
        {
            return false;
        }
        catch (Exception failure) when (IsAbsence(failure, cancellationToken))
        {
            throw Away("a question", workflowId, failure);
        }
    }

    /// <summary>Whether a failed call means that Temporal, or the way to it, is gone for now.</summary>
    public static bool IsAbsence(Exception failure, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && failure switch
        {
            RpcException rpc => rpc.Code
                is not (
                    RpcException.StatusCode.InvalidArgument
                    or RpcException.StatusCode.PermissionDenied
                    or RpcException.StatusCode.Unauthenticated
                ),
            OperationCanceledException or WorkflowUpdateRpcTimeoutOrCanceledException => true,
            _ => false,
        };

    // A first connection that fails says so with InvalidOperationException, as a bug of ours does. Nothing else is asked of it here.
    private async Task ConnectAsync(string workflowId, CancellationToken deadline, CancellationToken cancellationToken)
    {
        try
        {
            await client.Connection.ConnectAsync().WaitAsync(deadline);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw Away("a call", workflowId, failure);
        }
    }

    private static RpcOptions Rpc(TimeSpan patience, CancellationToken cancellationToken) =>
        new() { Timeout = patience, CancellationToken = cancellationToken };

    private static TemporalAwayException Away(string call, string workflowId, Exception failure) =>
        new($"No answer to {call} of {workflowId}: {failure.Message}", failure);
}
