using Microsoft.Extensions.Logging;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Database.Reconciliation;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Reconciliation;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Reconciliation;

/// <inheritdoc cref="IReconciliationActivities"/>
/// <param name="unfinished">What the tables say.</param>
/// <param name="projector">The read model.</param>
/// <param name="reports">What passes have found.</param>
/// <param name="temporal">The workflows.</param>
/// <param name="options">How it compares.</param>
/// <param name="logger">Where it says what it has put right.</param>
public sealed class StoryReconciliation(
    UnfinishedOrders unfinished,
    ReadModelProjector projector,
    ReconciliationReports reports,
    ITemporalClient temporal,
    ReconciliationOptions options,
    ILogger<StoryReconciliation> logger
) : IReconciliationActivities
{
    private const int AtOnce = 8;
    private const int Page = 500;
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => ActivityExecutionContext.Current.CancellationToken;

    /// <inheritdoc/>
    [Activity]
    public async Task<ReconciledPage> ReconcileStoriesAsync(ReconciledPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        var cancellationToken = Cancellation;
        var orders = await unfinished.ListAsync(place.After, options.Quiet, Page, cancellationToken);
        var findings = new Finding[orders.Count];
        await Parallel.ForAsync(
            0,
            orders.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (index, cancellation) => findings[index] = await LookAsync(orders[index], cancellation)
        );
        var lost = findings.Select(finding => finding.Lost).OfType<LostStory>().ToList();
        var found = orders.Where((_, index) => findings[index].IsFound).Select(order => order.OrderId).ToList();
        await unfinished.SettleAsync(lost, found, cancellationToken);
        return new ReconciledPage(
            new Reconciled(orders.Count, lost.Count, findings.Count(finding => finding.IsRepaired)),
            orders.Count == Page ? orders[^1].OrderId : null
        );
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<ReconciledPage> ReconcileProjectionsAsync(ReconciledPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        var page = await projector.RebuildAsync(place.After, Page, Cancellation);
        return new ReconciledPage(new Reconciled(page.Orders, 0, page.Written), page.Last);
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<ReconciledPlaces> FindPlacesAsync() =>
        await reports.ListAsync(1, Cancellation) is [{ Places: { } places }] ? places : new ReconciledPlaces(null, null);

    /// <inheritdoc/>
    [Activity]
    public Task RecordReconciliationAsync(ReconciliationReport report) => reports.RecordAsync(report, Cancellation);

    // What cannot be said of one order keeps nobody from looking at the others.
    private async Task<Finding> LookAsync(UnfinishedOrder order, CancellationToken cancellationToken)
    {
        try
        {
            return await LookCloselyAsync(order, cancellationToken);
        }
        catch (RpcException failure)
            when (failure.Code is not RpcException.StatusCode.Unavailable && !cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("What became of the workflow of order {OrderId} is not known: {Reason}", order.OrderId, failure.Message);
            return new Finding(Lost: null, IsRepaired: false, IsFound: false);
        }
    }

    private async Task<Finding> LookCloselyAsync(UnfinishedOrder order, CancellationToken cancellationToken)
    {
        var workflowId = WorkflowIds.Order(order.OrderId);
        var run = await FindAsync(workflowId, cancellationToken);
        if (run?.Status != WorkflowExecutionStatus.Running)
        {
            var detail = run is null
                ? $"no run of {workflowId} is kept any more, and the order is {order.Status}"
                : $"the run of {workflowId} is {run.Status}, and the order is {order.Status}";
            return new Finding(new LostStory(order, run?.RunId, detail), IsRepaired: false, IsFound: false);
        }

        return order.Delivery is { } delivery
            ? new Finding(Lost: null, await RemindAsync(workflowId, delivery, cancellationToken))
            : new Finding(Lost: null, IsRepaired: false);
    }

    /// <summary>
    /// An order hears of its delivery's end, or that its workflow is gone, from the delivery's workflow; where a reset or a termination has
    /// cut that, from here. Hearing it twice is hearing it once.
    /// </summary>
    private async Task<bool> RemindAsync(string orderWorkflowId, UnfinishedDelivery delivery, CancellationToken cancellationToken)
    {
        var order = temporal.GetWorkflowHandle<OrderWorkflow>(orderWorkflowId);
        var signal = new WorkflowSignalOptions { Rpc = Rpc(cancellationToken) };
        if (!delivery.IsActive)
        {
            logger.LogWarning("{Order} is told that its delivery is {State}", orderWorkflowId, delivery.End.State.WireName());
            await order.SignalAsync(workflow => workflow.DeliveryEndedAsync(delivery.End), signal);
            return true;
        }

        var run = await FindAsync(WorkflowIds.Delivery(delivery.DeliveryOrderId), cancellationToken);
        if (run?.Status == WorkflowExecutionStatus.Running)
        {
            return false;
        }

        logger.LogWarning("{Order} is told that the workflow of its delivery is gone ({Status})", orderWorkflowId, run?.Status);
        var lost = new LostDelivery(delivery.DeliveryOrderId);
        await order.SignalAsync(workflow => workflow.DeliveryLostAsync(lost), signal);
        return true;
    }

    private async Task<WorkflowExecutionDescription?> FindAsync(string workflowId, CancellationToken cancellationToken)
    {
        try
        {
            return await temporal.GetWorkflowHandle(workflowId).DescribeAsync(new WorkflowDescribeOptions { Rpc = Rpc(cancellationToken) });
        }
        catch (RpcException failure) when (failure.Code == RpcException.StatusCode.NotFound)
        {
            return null;
        }
    }

    private static RpcOptions Rpc(CancellationToken cancellationToken) =>
        new() { Timeout = CallTime, CancellationToken = cancellationToken };

    private sealed record Finding(LostStory? Lost, bool IsRepaired, bool IsFound = true);
}
