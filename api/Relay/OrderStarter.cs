using TemporalDelivery.Database.Orders;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Api.Relay;

/// <summary>Starts the workflow of one attempt of one order, once, however often it is asked to.</summary>
internal sealed class OrderStarter(ITemporalClient client, OrderOptions options)
{
    private const string AttemptMemo = "attempt";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HealthDeadline = TimeSpan.FromSeconds(2);

    /// <summary>Starts it. Whatever fails is in the answer.</summary>
    /// <exception cref="OperationCanceledException">Stopped; whether the workflow is started is not known.</exception>
    public async Task<StartResult> StartAsync(TakenStart start, CancellationToken stoppingToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        try
        {
            return await TryStartAsync(start, stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            return await IsOrdersOwnAsync(failure, stoppingToken)
                ? new StartResult.Refused(failure.Message)
                : new StartResult.Away(failure.Message);
        }
    }

    private async Task<StartResult> TryStartAsync(TakenStart order, CancellationToken cancellationToken)
    {
        var isFirst = order.Attempt == 1;
        if (!isFirst && await IsStartedAsync(order, cancellationToken))
        {
            return new StartResult.Started();
        }

        try
        {
            var input = new OrderInput(
                order.OrderId,
                order.CustomerId,
                order.Attempt,
                order.TotalCents,
                order.VoucherCode,
                options
            );
            await client.StartWorkflowAsync(
                (OrderWorkflow workflow) => workflow.RunAsync(input),
                new WorkflowOptions(WorkflowIds.Order(order.OrderId), TaskQueues.Orders)
                {
                    IdReusePolicy = isFirst ? WorkflowIdReusePolicy.RejectDuplicate : WorkflowIdReusePolicy.AllowDuplicateFailedOnly,
                    Memo = new Dictionary<string, object> { [AttemptMemo] = order.Attempt },
                    Rpc = Rpc(Deadline, cancellationToken),
                }
            );
            return new StartResult.Started();
        }
        catch (WorkflowAlreadyStartedException) when (isFirst)
        {
            // Another host did, or this one before it could say so.
            return new StartResult.Started();
        }
        catch (WorkflowAlreadyStartedException) when (!cancellationToken.IsCancellationRequested)
        {
            // The attempt before may be FAILED in the database while its run is still ending.
            return await IsStartedAsync(order, cancellationToken)
                ? new StartResult.Started()
                : new StartResult.Refused("the run of the attempt before has not failed (yet)");
        }
    }

    // The id of a retried order is free again as soon as its run has failed, so the id alone does not say which attempt ran.
    private async Task<bool> IsStartedAsync(TakenStart order, CancellationToken cancellationToken)
    {
        try
        {
            var description = await client
                .GetWorkflowHandle(WorkflowIds.Order(order.OrderId))
                .DescribeAsync(new WorkflowDescribeOptions { Rpc = Rpc(Deadline, cancellationToken) });
            return description.Memo.TryGetValue(AttemptMemo, out var attempt) && await attempt.ToValueAsync<int>() >= order.Attempt;
        }
        catch (RpcException failure) when (failure.IsMissingWorkflow())
        {
            // Temporal no longer keeps the run of the attempt before.
            return false;
        }
    }

    // A missing namespace or a missing right concerns all orders. Of anything else Temporal itself says whether it serves.
    private async Task<bool> IsOrdersOwnAsync(Exception failure, CancellationToken cancellationToken)
    {
        if (
            failure is RpcException
            {
                Code: RpcException.StatusCode.NotFound
                    or RpcException.StatusCode.PermissionDenied
                    or RpcException.StatusCode.Unauthenticated
                    or RpcException.StatusCode.Unavailable
            }
        )
        {
            return false;
        }

        try
        {
            return await client
                .Connection.CheckHealthAsync(options: Rpc(HealthDeadline, cancellationToken, retry: false))
                .WaitAsync(cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static RpcOptions Rpc(TimeSpan timeout, CancellationToken cancellationToken, bool retry = true) =>
        new()
        {
            Timeout = timeout,
            Retry = retry,
            CancellationToken = cancellationToken,
        };
}
