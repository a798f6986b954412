using TemporalDelivery.Database.Orders;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Api.Relay;

/// <summary>Starts the workflow of one attempt of one order, once, however often it is asked to.</summary>
/// <param name="client">Temporal.</param>
/// <param name="options">The deadlines that each order's workflow is started with.</param>
/// <param name="clock">By whose time a try ends; null for the system's.</param>
internal sealed class OrderStarter(ITemporalClient client, OrderOptions options, TimeProvider? clock = null)
{
    private const string AttemptMemo = "attempt";

    // Together they are the time that an order's lease leaves.
    private static readonly TimeSpan HealthTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CallsTime = OrderStarts.TryTime - HealthTime;

    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    /// <summary>Starts it, within <see cref="OrderStarts.TryTime"/>. Whatever fails is in the answer.</summary>
    /// <exception cref="OperationCanceledException">Stopped; whether the workflow is started is not known.</exception>
    public async Task<StartResult> StartAsync(TakenStart start, CancellationToken stoppingToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        using var deadline = new CancellationTokenSource(CallsTime, clock);
        using var calls = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, deadline.Token);
        try
        {
            return await TryStartAsync(start, calls.Token).WaitAsync(calls.Token);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            var reason = deadline.IsCancellationRequested ? $"no answer within {CallsTime.TotalSeconds} s" : failure.Message;
            return await IsOrdersOwnAsync(failure, stoppingToken) ? new StartResult.Refused(reason) : new StartResult.Away(reason);
        }
    }

    private async Task<StartResult> TryStartAsync(TakenStart order, CancellationToken cancellationToken)
    {
        var isFirst = order is { Attempt: 1, IsResumed: false };
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
                options,
                order.Lines
            );
            await client.StartWorkflowAsync(
                (OrderWorkflow workflow) => workflow.RunAsync(input),
                new WorkflowOptions(WorkflowIds.Order(order.OrderId), TaskQueues.Orders)
                {
                    IdReusePolicy = isFirst ? WorkflowIdReusePolicy.RejectDuplicate : WorkflowIdReusePolicy.AllowDuplicateFailedOnly,
                    StaticSummary = OrderPage.Summary(order.Lines, order.TotalCents),
                    StaticDetails = OrderPage.Details,
                    TypedSearchAttributes = OrderPage.Attributes(order.OrderId, order.CustomerId),
                    Memo = new Dictionary<string, object> { [AttemptMemo] = order.Attempt },
                    Rpc = new RpcOptions { CancellationToken = cancellationToken },
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
                : new StartResult.Refused("the run before has not failed (yet)");
        }
    }

    // The id of a retried order is free again as soon as its run has failed, so the id alone does not say which attempt ran.
    private async Task<bool> IsStartedAsync(TakenStart order, CancellationToken cancellationToken)
    {
        try
        {
            var description = await client
                .GetWorkflowHandle(WorkflowIds.Order(order.OrderId))
                .DescribeAsync(new WorkflowDescribeOptions { Rpc = new RpcOptions { CancellationToken = cancellationToken } });

            // One that is to be resumed had a run of this attempt that is gone; only one that runs is another.
            return (!order.IsResumed || description.Status == WorkflowExecutionStatus.Running)
                && description.Memo.TryGetValue(AttemptMemo, out var attempt)
                && await attempt.ToValueAsync<int>() >= order.Attempt;
        }
        catch (RpcException failure) when (failure.IsMissingWorkflow())
        {
            // Temporal no longer keeps the run of the attempt before.
            return false;
        }
    }

    // A missing namespace, search attribute or right concerns all orders. Of anything else Temporal itself says whether it serves.
    private async Task<bool> IsOrdersOwnAsync(Exception failure, CancellationToken stoppingToken)
    {
        if (failure is RpcException rpc && rpc.IsMissingSearchAttribute())
        {
            return false;
        }

        if (
            failure is RpcException
            {
                Code: RpcException.StatusCode.NotFound
                    or RpcException.StatusCode.PermissionDenied
                    or RpcException.StatusCode.Unauthenticated
                    or RpcException.StatusCode.Unavailable
                    or RpcException.StatusCode.ResourceExhausted
            }
        )
        {
            return false;
        }

        using var deadline = new CancellationTokenSource(HealthTime, clock);
        using var call = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, deadline.Token);
        try
        {
            var options = new RpcOptions { Retry = false, CancellationToken = call.Token };
            return await client.Connection.CheckHealthAsync(options: options).WaitAsync(call.Token);
        }
        catch (Exception) when (!stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
