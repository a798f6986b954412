using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Effects;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using ParentClosePolicy = Temporalio.Workflows.ParentClosePolicy;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>How an order's physical lines reach the customer: one delivery order after the other, each with its own workflow, until one is confirmed.</summary>
internal sealed class OrderDelivery(OrderInput order, EffectRunner effects, UndoStack undo)
{
    private DeliveryState state;

    /// <summary>The active delivery order, or the last.</summary>
    public Guid? DeliveryOrderId { get; private set; }

    /// <summary>How many delivery orders there were.</summary>
    public int Attempt { get; private set; }

    /// <summary>Whether the partner has ever picked the active delivery order up.</summary>
    public bool PickedUp { get; private set; }

    /// <summary>The delivery was called off because the goods were handed over otherwise.</summary>
    public bool Withdrawn { get; private set; }

    /// <summary>Why the goods cannot have been handed over in the shop now; null when they can.</summary>
    public string? HandOverRefusal =>
        DeliveryOrderId is null ? "there is no delivery to withdraw"
        : PickedUp && state != DeliveryState.PendingByOperator ? $"the partner has the goods ({state.WireName()})"
        : null;

    public void Hear(DeliveryProgress progress)
    {
        if (progress.DeliveryOrderId == DeliveryOrderId)
        {
            state = progress.State;
            PickedUp |= progress.PickedUp;
        }
    }

    /// <summary>Delivers, or returns withdrawn when the stop request says that the goods were handed over.</summary>
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
            order.OrderId, order.Attempt, Attempt + 1, order.CustomerId, DeliveryGraph.CurrentVersion, order.DeliveryAddress!, order.PhysicalLines, DeliveryOrderId);
        var created = await effects.CauseAsync(
            (IDeliveryActivities deliveries) => deliveries.CreateDeliveryOrderAsync(row), $"record delivery order {row.Attempt}", TaskQueues.Deliveries);
        Attempt = row.Attempt;
        DeliveryOrderId = created.DeliveryOrderId;
        PickedUp = false;
        state = DeliveryState.Created;

        // A delivery cancels its own booking; only one that broke off leaves that to its order.
        var key = new DeliveryOrderKey(created.DeliveryOrderId);
        undo.Push($"cancel booking {Attempt}", () => effects.CauseAsync(
            (IPartnerActivities partner) => partner.CancelBookingAsync(key), $"cancel booking {Attempt}", TaskQueues.Deliveries));
        var input = new DeliveryInput(
            created.DeliveryOrderId, order.OrderId, order.CustomerId, Attempt, row.Address, row.Lines, row.GraphVersion, order.Options.Delivery);
        var child = await Workflow.StartChildWorkflowAsync((DeliveryWorkflow delivery) => delivery.RunAsync(input), new ChildWorkflowOptions
        {
            Id = WorkflowIds.Delivery(created.DeliveryOrderId),
            TaskQueue = TaskQueues.Deliveries,
            IdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
            ParentClosePolicy = ParentClosePolicy.RequestCancel,
            CancellationToken = CancellationToken.None,
        });
        var outcome = await WaitAsync(child, stopRequest);
        undo.Drop();
        return outcome;
    }

    private static async Task<DeliveryView> WaitAsync(ChildWorkflowHandle<DeliveryWorkflow, DeliveryView> child, Func<StopRequest?> stopRequest)
    {
        var outcome = child.GetResultAsync();
        StopRequest? told = null;
        while (true)
        {
            await Workflow.WaitConditionAsync(() => outcome.IsCompleted || (stopRequest() is { } asked && asked != told), CancellationToken.None);
            if (outcome.IsCompleted)
            {
                return await outcome;
            }

            told = stopRequest()!;
            var withdrawal = new DeliveryWithdrawal(told.Actor, told.Reason);
            try
            {
                await child.SignalAsync(delivery => delivery.WithdrawAsync(withdrawal), new() { CancellationToken = CancellationToken.None });
            }
            catch (FailureException)
            {
                // It ended in the meantime: the next round takes its outcome.
                await Workflow.WaitConditionAsync(() => outcome.IsCompleted, CancellationToken.None);
            }
        }
    }
}
