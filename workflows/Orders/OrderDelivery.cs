using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Effects;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using ParentClosePolicy = Temporalio.Workflows.ParentClosePolicy;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// Brings an order's physical lines to the customer: one delivery order after the other, each with its own workflow, until one is
/// confirmed. What becomes of a delivery is its workflow's result; while it runs it is asked, by a signal, and answers a refusal by one.
/// </summary>
internal sealed class OrderDelivery(OrderInput order, EffectRunner effects)
{
    // What the deliveries were asked, by number: a refusal says which it answers.
    private readonly List<StopRequest> forwarded = [];
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
        refusal.DeliveryOrderId == DeliveryOrderId ? forwarded.ElementAtOrDefault(refusal.Number) : null;

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
        var child = await Workflow.StartChildWorkflowAsync(
            (DeliveryWorkflow delivery) => delivery.RunAsync(input),
            new ChildWorkflowOptions
            {
                Id = WorkflowIds.Delivery(created.DeliveryOrderId),
                TaskQueue = TaskQueues.Deliveries,
                IdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
                ParentClosePolicy = ParentClosePolicy.RequestCancel,
                CancellationToken = CancellationToken.None,
            }
        );
        var outcome = await WaitAsync(child, stopRequest);
        isUnderWay = false;
        return outcome;
    }

    private async Task<DeliveryView> WaitAsync(ChildWorkflowHandle<DeliveryWorkflow, DeliveryView> child, Func<StopRequest?> stopRequest)
    {
        var outcome = child.GetResultAsync();
        while (true)
        {
            await Workflow.WaitConditionAsync(
                () => outcome.IsCompleted || (stopRequest() is { } asked && !forwarded.Contains(asked)),
                CancellationToken.None
            );
            if (outcome.IsCompleted)
            {
                return await outcome;
            }

            var request = stopRequest()!;
            var withdrawal = new DeliveryWithdrawal(forwarded.Count, request.Actor, request.Reason);
            forwarded.Add(request);
            try
            {
                await child.SignalAsync(
                    delivery => delivery.WithdrawAsync(withdrawal),
                    new() { CancellationToken = CancellationToken.None }
                );
            }
            catch (FailureException)
            {
                // The delivery has just ended: the next round takes its outcome.
                await Workflow.WaitConditionAsync(() => outcome.IsCompleted, CancellationToken.None);
            }
        }
    }
}
