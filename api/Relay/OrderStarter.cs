using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Api.Relay;

/// <summary>Starts the workflow of one attempt of one order, once, however often it is asked to.</summary>
internal sealed class OrderStarter(ITemporalClient client, OrderOptions options, ILogger<OrderStarter> log)
{
    private const string AttemptMemo = "attempt";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>True when the attempt's workflow is started, now or before; false when that must be tried again.</summary>
    /// <exception cref="TemporalAwayException">No workflow can be started now.</exception>
    public async Task<bool> StartAsync(AcceptedOrder order, CancellationToken cancellationToken)
    {
        var input = new OrderInput(
            order.OrderId,
            order.CustomerId,
            order.Attempt,
            order.Lines,
            order.DeliveryAddress,
            order.PaymentToken,
            order.VoucherCode,
            options
        );
        var isFirst = order.Attempt == 1;
        try
        {
            if (!isFirst && await IsStartedAsync(order, cancellationToken))
            {
                return true;
            }

            await client.StartWorkflowAsync(
                (OrderWorkflow workflow) => workflow.RunAsync(input),
                new WorkflowOptions(WorkflowIds.Order(order.OrderId), TaskQueues.Orders)
                {
                    IdReusePolicy = isFirst ? WorkflowIdReusePolicy.RejectDuplicate : WorkflowIdReusePolicy.AllowDuplicateFailedOnly,
                    Memo = new Dictionary<string, object> { [AttemptMemo] = order.Attempt },
                    Rpc = Rpc(cancellationToken),
                }
            );
            return true;
        }
        catch (WorkflowAlreadyStartedException)
        {
            // Another host did, or this one before it could say so. A later attempt may find the run before it still ending: again, then.
            return isFirst || await IsStartedAsync(order, cancellationToken);
        }
        catch (Exception failure) when (WorkflowCalls.IsAbsence(failure, cancellationToken))
        {
            throw new TemporalAwayException($"Temporal does not answer: {failure.Message}", failure);
        }
        catch (RpcException failure)
        {
            // This order's own trouble, which must not hold up the others.
            log.LogError(failure, "The workflow of order {OrderId} cannot be started", order.OrderId);
            return false;
        }
    }

    // The id of a retried order is free again as soon as its run has failed, so the id alone does not say which attempt ran.
    private async Task<bool> IsStartedAsync(AcceptedOrder order, CancellationToken cancellationToken)
    {
        try
        {
            var description = await client
                .GetWorkflowHandle(WorkflowIds.Order(order.OrderId))
                .DescribeAsync(new WorkflowDescribeOptions { Rpc = Rpc(cancellationToken) });
            return description.Memo.TryGetValue(AttemptMemo, out var attempt) && await attempt.ToValueAsync<int>() >= order.Attempt;
        }
        catch (RpcException failure) when (failure.IsMissingWorkflow())
        {
            // Temporal no longer keeps the run of the attempt before.
            return false;
        }
    }

    private static RpcOptions Rpc(CancellationToken cancellationToken) =>
        new() { Timeout = Deadline, CancellationToken = cancellationToken };
}
