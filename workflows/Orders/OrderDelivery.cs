using System.Linq.Expressions;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Effects;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using ParentClosePolicy = Temporalio.Workflows.ParentClosePolicy;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// Brings an order's physical lines to the customer: one delivery order after the other, each with its own workflow, until one is
/// confirmed. What becomes of a delivery is its workflow's result; while it runs it is asked, by a signal, and answers a refusal by one. A
/// delivery that another run of this order has started (before a reset, or a termination) is adopted: it tells its end by a signal.
/// </summary>
internal sealed class OrderDelivery(OrderInput order, EffectRunner effects)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // What the active delivery was asked: a refusal says which it answers.
    private readonly List<StopRequest> forwarded = [];

    // What deliveries say that another run of this order has started: how they ended.
    private readonly Dictionary<Guid, DeliveryView> ended = [];
    private Guid? lost;
    private bool isUnderWay;

    /// <summary>The active delivery order, or the last.</summary>
    public Guid? DeliveryOrderId { get; private set; }

    /// <summary>How many delivery orders there were.</summary>
    public int Attempt { get; private set; }

    /// <summary>The delivery was cancelled because the goods were handed over in the shop.</summary>
    public bool Withdrawn { get; private set; }

    /// <summary>The delivery could not be undone: its goods have left, or may have, and nobody has said what became of them.</summary>
    public bool IsParcelOut { get; private set; }

    /// <summary>The request that the active delivery has refused; null when the answer is to none that is known.</summary>
    public StopRequest? Refused(WithdrawalRefusal refusal) =>
        refusal.DeliveryOrderId == DeliveryOrderId ? forwarded.Find(request => request.Id == refusal.RequestId) : null;

    /// <summary>A delivery that another run has started has ended.</summary>
    public void Ended(DeliveryView end) => ended[end.DeliveryOrderId] = end;

    /// <summary>The workflow of a delivery is gone, which a run that was reset meanwhile hears from nobody else.</summary>
    public void Lost(Guid deliveryOrderId) => lost = deliveryOrderId;

    /// <summary>The order is to be undone, and a delivery is active of which this run knew nothing.</summary>
    public void Adopt(Guid deliveryOrderId)
    {
        DeliveryOrderId = deliveryOrderId;
        isUnderWay = true;
    }

    /// <summary>Returns when a delivery was confirmed, or was withdrawn because the goods were handed over in the shop.</summary>
    /// <param name="first">The first delivery order, as the payment's transaction has inserted it.</param>
    /// <param name="stopRequest">What somebody wants of the order now, if anything.</param>
    /// <exception cref="OrderStoppedException">The delivery was cancelled: by an operator, or because the order was.</exception>
    public async Task DeliverAsync(DeliveryOrderCreated first, Func<StopRequest?> stopRequest)
    {
        var next = first;
        while (true)
        {
            var outcome = await DeliverOnceAsync(next, stopRequest);
            if (outcome.State == DeliveryState.DeliveryConfirmed)
            {
                return;
            }

            var stop = stopRequest();
            if (stop is { HandedOver: true })
            {
                Withdrawn = true;
                return;
            }

            if (outcome.State == DeliveryState.Cancelled)
            {
                throw new OrderStoppedException(outcome.LastActor, outcome.LastReason ?? "the delivery was cancelled");
            }

            if (stop is not null)
            {
                throw new OrderStoppedException(stop);
            }

            var redelivery = new NewDeliveryOrder(order.OrderId, order.Attempt, Attempt + 1, outcome.DeliveryOrderId);
            next = await effects.RunLocalAsync(
                (IDeliveryActivities deliveries) => deliveries.CreateDeliveryOrderAsync(redelivery),
                $"record delivery order {redelivery.Attempt}"
            );
        }
    }

    /// <summary>
    /// Undoes a delivery whose workflow did not come to its end, because it was terminated: the booking is cancelled. Others have cancelled
    /// their own.
    /// </summary>
    /// <exception cref="ApplicationFailureException">The partner has the parcel.</exception>
    public async Task UndoAsync()
    {
        if (!isUnderWay)
        {
            return;
        }

        IsParcelOut = true;
        var key = new DeliveryOrderKey(DeliveryOrderId!.Value);
        var answer = await effects.WithdrawAsync(key, $"cancel booking {Attempt}", TaskQueues.Deliveries);
        IsParcelOut = !answer.Cancelled;
        if (IsParcelOut)
        {
            throw new ApplicationFailureException(
                $"the partner has the parcel of delivery {DeliveryOrderId}: {answer.Reason}; its goods stay in transit"
            );
        }
    }

    private async Task<DeliveryView> DeliverOnceAsync(DeliveryOrderCreated created, Func<StopRequest?> stopRequest)
    {
        DeliveryOrderId = created.DeliveryOrderId;
        Attempt++;
        isUnderWay = true;
        var input = new DeliveryInput(
            created.DeliveryOrderId,
            order.OrderId,
            order.CustomerId,
            Attempt,
            created.GraphVersion,
            order.Options.Delivery
        );
        DeliveryView? outcome = null;
        for (var pause = TimeSpan.Zero; outcome is null; pause = pause < LongestPause ? pause + ShortestPause : pause)
        {
            if (pause > ShortestPause)
            {
                // Neither can it be started nor does it hear: it may be ending, or too full.
                await Workflow.DelayAsync(pause, CancellationToken.None);
            }

            outcome = await WaitAsync(await StartAsync(input), stopRequest);
        }

        isUnderWay = false;
        return outcome;
    }

    /// <summary>
    /// Starts the delivery's workflow: anew when it has ended, because its first step says where its row stands.
    /// </summary>
    /// <returns>Its outcome; null when another run of this order has started it, and it still runs.</returns>
    private async Task<Task<DeliveryView>?> StartAsync(DeliveryInput input)
    {
        try
        {
            var child = await Workflow.StartChildWorkflowAsync(
                (DeliveryWorkflow delivery) => delivery.RunAsync(input),
                new ChildWorkflowOptions
                {
                    Id = WorkflowIds.Delivery(input.DeliveryOrderId),
                    TaskQueue = TaskQueues.Deliveries,
                    IdReusePolicy = WorkflowIdReusePolicy.AllowDuplicate,
                    StaticSummary = DeliveryPage.Summary(order, input.Attempt),
                    StaticDetails = DeliveryPage.Details,
                    TypedSearchAttributes = DeliveryPage.Attributes(order, input.GraphVersion),
                    // The parcel travels, whatever becomes of this workflow.
                    ParentClosePolicy = ParentClosePolicy.Abandon,
                    CancellationToken = CancellationToken.None,
                }
            );
            return child.GetResultAsync();
        }
        catch (WorkflowAlreadyStartedException)
        {
            return null;
        }
    }

    /// <summary>Waits for the delivery's end, and asks it to withdraw when somebody wants that.</summary>
    /// <param name="child">Its outcome; null when this run has not started it: then it is asked to tell.</param>
    /// <param name="stopRequest">What somebody wants of the order now, if anything.</param>
    /// <returns>How it ended; null when it had ended before it was asked to tell.</returns>
    private async Task<DeliveryView?> WaitAsync(Task<DeliveryView>? child, Func<StopRequest?> stopRequest)
    {
        var id = DeliveryOrderId!.Value;
        var workflow = Workflow.GetExternalWorkflowHandle<DeliveryWorkflow>(WorkflowIds.Delivery(id));
        if (child is null && !await SignalAsync(workflow, delivery => delivery.ReportEndAsync()))
        {
            return null;
        }

        lost = null;
        forwarded.Clear();
        while (true)
        {
            await Workflow.WaitConditionAsync(
                () => HasEnded(child, id) || lost == id || (stopRequest() is { } asked && !forwarded.Contains(asked)),
                CancellationToken.None
            );
            if (ended.TryGetValue(id, out var told))
            {
                return told;
            }

            if (HasEnded(child, id))
            {
                return await child!;
            }

            if (lost == id)
            {
                return null;
            }

            var request = stopRequest()!;
            var withdrawal = new DeliveryWithdrawal(request.Id, request.Actor, request.Reason);
            forwarded.Add(request);
            if (!await SignalAsync(workflow, delivery => delivery.WithdrawAsync(withdrawal)))
            {
                // It has just ended: the next round takes its outcome.
                await Workflow.WaitConditionAsync(() => HasEnded(child, id) || lost == id, CancellationToken.None);
            }
        }
    }

    private bool HasEnded(Task<DeliveryView>? child, Guid id) => child is { IsCompleted: true } || ended.ContainsKey(id);

    /// <summary>Whether the delivery's workflow was there to be told.</summary>
    private static async Task<bool> SignalAsync(
        ExternalWorkflowHandle<DeliveryWorkflow> workflow,
        Expression<Func<DeliveryWorkflow, Task>> signal
    )
    {
        try
        {
            await workflow.SignalAsync(signal, new() { CancellationToken = CancellationToken.None });
            return true;
        }
        catch (FailureException)
        {
            return false;
        }
    }
}
