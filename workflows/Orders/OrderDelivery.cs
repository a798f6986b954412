using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Effects;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using ParentClosePolicy = Temporalio.Workflows.ParentClosePolicy;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// Brings an order's physical lines to the customer: one delivery order after the other, each with its own workflow, until one is
/// confirmed.
/// </summary>
internal sealed class OrderDelivery(OrderInput order, EffectRunner effects, UndoStack undo)
{
    private DeliveryState state;

    /// <summary>The active delivery order, or the last.</summary>
    public Guid? DeliveryOrderId { get; private set; }

    /// <summary>How many delivery orders there were.</summary>
    public int Attempt { get; private set; }

    /// <summary>Whether the partner has ever picked the active delivery order up.</summary>
    public bool PickedUp { get; private set; }

    /// <summary>The delivery was cancelled because the goods were handed over in the shop.</summary>
    public bool Withdrawn { get; private set; }

    /// <summary>Why the goods cannot have been handed over in the shop now; null when they can.</summary>
    public string? HandOverRefusal =>
        DeliveryOrderId is null ? "there is no delivery to withdraw"
        : PickedUp && state != DeliveryState.PendingByOperator ? $"the partner has the goods ({state.WireName()})"
        : null;

    /// <summary>Takes over what the active delivery says of itself.</summary>
    public void Update(DeliveryProgress progress)
    {
        if (progress.DeliveryOrderId == DeliveryOrderId)
        {
            state = progress.State;
            PickedUp |= progress.PickedUp;
        }
    }

    /// <summary>Returns when a delivery was confirmed, or was withdrawn because the goods were handed over in the shop.</summary>
    /// <exception cref="OrderStoppedException">The delivery was cancelled: by an operator, or because the order was.</exception>
    public async Task DeliverAsync(Func<StopRequest?> stopRequest)
    {
        while (true)
        {
            var outcome = await DeliverOnceAsync(stopRequest);
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
        }
    }

    private async Task<DeliveryView> DeliverOnceAsync(Func<StopRequest?> stopRequest)
    {
        var row = new NewDeliveryOrder(
            order.OrderId,
            order.Attempt,
            Attempt + 1,
            order.CustomerId,
            DeliveryGraph.CurrentVersion,
            order.DeliveryAddress!,
            order.PhysicalLines,
            DeliveryOrderId
        );
        var created = await effects.RunAsync(
            (IDeliveryActivities deliveries) => deliveries.CreateDeliveryOrderAsync(row),
            $"record delivery order {row.Attempt}",
            TaskQueues.Deliveries
        );
        Attempt = row.Attempt;
        DeliveryOrderId = created.DeliveryOrderId;
        PickedUp = false;
        state = DeliveryState.Created;

        // A delivery cancels its own booking. This is for a delivery workflow that was terminated.
        var key = new DeliveryOrderKey(created.DeliveryOrderId);
        undo.Push($"cancel booking {Attempt}", () =>
            effects.RunAsync(
                (IPartnerActivities partner) => partner.CancelBookingAsync(key),
                $"cancel booking {Attempt}",
                TaskQueues.Deliveries
            )
        );
        var input = new DeliveryInput(
            created.DeliveryOrderId,
            order.OrderId,
            order.CustomerId,
            Attempt,
            row.Address,
            row.Lines,
            row.GraphVersion,
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
        undo.Pop();
        return outcome;
    }

    private static async Task<DeliveryView> WaitAsync(
        ChildWorkflowHandle<DeliveryWorkflow, DeliveryView> child,
        Func<StopRequest?> stopRequest
    )
    {
        var outcome = child.GetResultAsync();
        StopRequest? forwarded = null;
        while (true)
        {
            await Workflow.WaitConditionAsync(
                () => outcome.IsCompleted || (stopRequest() is { } asked && asked != forwarded),
                CancellationToken.None
            );
            if (outcome.IsCompleted)
            {
                return await outcome;
            }

            forwarded = stopRequest()!;
            var withdrawal = new DeliveryWithdrawal(forwarded.Actor, forwarded.Reason);
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
