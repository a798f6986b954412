using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Outbox;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// An order's story: it is checked again, its stock is reserved, it is paid, its e-books are granted and its physical lines delivered, by
/// as many delivery orders as that takes; then its stock is sold, <c>order.completed</c> is published, and a large order earns a voucher.
/// Whatever stops it on the way undoes everything done so far, last first. Until the partner has picked up, the order may be cancelled. The
/// run of a FAILED order ends Failed, so that it can be retried; the run of a CANCELLED order completes, so that it cannot.
/// </summary>
[Workflow]
public sealed class OrderWorkflow
{
    private readonly OrderInput order;
    private readonly OrderAttempt attempt;
    private readonly EffectRunner effects;
    private readonly UndoStack undo;
    private readonly OrderRecord record;
    private readonly OrderPayment payment;
    private readonly OrderDelivery delivery;
    private readonly StopRequest byTemporal = new(Actor.System, "the workflow was cancelled in Temporal", handedOver: false);
    private string? whyFinal;
    private string? stopReason;
    private StopRequest? stop;
    private bool ended;

    /// <summary>Prepares the state before any handler runs.</summary>
    [WorkflowInit]
    public OrderWorkflow(OrderInput order)
    {
        ArgumentNullException.ThrowIfNull(order);
        this.order = order;
        attempt = new OrderAttempt(order.OrderId, order.Attempt);
        effects = new EffectRunner($"order-{attempt}", order.OrderId, deliveryOrderId: null, order.Options.StepDeadline);
        undo = new UndoStack(effects);
        record = new OrderRecord(attempt, effects);
        payment = new OrderPayment(order, effects, undo);
        delivery = new OrderDelivery(order, effects, undo);
    }

    /// <summary>Runs the order to its end.</summary>
    /// <exception cref="ApplicationFailureException">The order FAILED; the type is one of <see cref="OrderFailure"/>.</exception>
    [WorkflowRun]
    public async Task<OrderView> RunAsync(OrderInput input)
    {
        _ = CancellationWake.WaitAsync();
        try
        {
            await ValidateAsync();
            await ReserveStockAsync();
            await PayAsync();
            await FulfillAsync();
        }
        catch (Exception failure) when (failure is FailureException or OrderStoppedException)
        {
            await StopAsync(failure);
            if (record.Status == OrderStatus.Failed)
            {
                throw new ApplicationFailureException(stopReason!, FailureType(failure), nonRetryable: true);
            }

            return View();
        }

        await CompleteAsync();
        return View();
    }

    /// <summary>Stops the order and undoes everything; returns when that is done.</summary>
    /// <exception cref="ApplicationFailureException">CANCEL_REFUSED: the partner picked up before the delivery could be withdrawn, or the
    /// order ended otherwise.</exception>
    [WorkflowUpdate]
    public async Task<OrderView> CancelAsync(CancelOrder cancel)
    {
        var refusal = await RequestStopAsync(new StopRequest(cancel.Actor, cancel.Reason, handedOver: false));
        return refusal is null && record.Status == OrderStatus.Cancelled
            ? View()
            : throw new ApplicationFailureException(refusal ?? $"the order ended {record.Status.WireName()}", OrderFailure.CancelRefused);
    }

    /// <summary>
    /// Refuses a cancellation that comes too late, is by somebody else than the customer or an operator, or has no reason.
    /// </summary>
    [WorkflowUpdateValidator(nameof(CancelAsync))]
    public void ValidateCancel(CancelOrder cancel)
    {
        ArgumentNullException.ThrowIfNull(cancel);
        var refusal = cancel.Actor.Kind switch
        {
            ActorKind.Operator => null,
            ActorKind.Customer when cancel.Actor == Actor.Customer(order.CustomerId) => null,
            _ => $"only the order's customer or an operator may cancel it, not {cancel.Actor}",
        };
        Refuse(
            refusal ?? (string.IsNullOrWhiteSpace(cancel.Reason) ? "a cancellation needs a reason" : CancelRefusal()),
            OrderFailure.CancelRefused
        );
    }

    /// <summary>The goods were handed over in the shop: withdraws the delivery and completes the order.</summary>
    /// <exception cref="ApplicationFailureException">FULFILLMENT_REFUSED: the delivery could not be withdrawn.</exception>
    [WorkflowUpdate]
    public async Task<OrderView> FulfillManuallyAsync(ManualFulfillment fulfillment)
    {
        var refusal = await RequestStopAsync(new StopRequest(fulfillment.Actor, fulfillment.Reason, handedOver: true));
        return refusal is null && record.Status == OrderStatus.Completed
            ? View()
            : throw new ApplicationFailureException(
                refusal ?? $"the order ended {record.Status.WireName()}",
                OrderFailure.FulfillmentRefused
            );
    }

    /// <summary>
    /// Refuses a hand-over while the partner has the goods, outside FULFILLMENT, by others than operators, or without a reason.
    /// </summary>
    [WorkflowUpdateValidator(nameof(FulfillManuallyAsync))]
    public void ValidateFulfillManually(ManualFulfillment fulfillment)
    {
        ArgumentNullException.ThrowIfNull(fulfillment);
        Refuse(
            fulfillment.Actor.Kind != ActorKind.Operator ? $"only an operator may fulfil an order by hand, not {fulfillment.Actor}"
                : string.IsNullOrWhiteSpace(fulfillment.Reason) ? "a manual fulfilment needs a reason"
                : whyFinal
                    ?? (
                        stop is not null ? "the order is being stopped"
                        : record.Status != OrderStatus.Fulfillment ? $"the order is in {record.Status.WireName()}, not in FULFILLMENT"
                        : delivery.HandOverRefusal
                    ),
            OrderFailure.FulfillmentRefused
        );
    }

    /// <summary>The payment provider's event about a pending charge.</summary>
    [WorkflowSignal]
    public Task PaymentEventAsync(PaymentEvent paymentEvent)
    {
        payment.Receive(paymentEvent);
        return Task.CompletedTask;
    }

    /// <summary>The active delivery changed its state, or refuses to be withdrawn.</summary>
    [WorkflowSignal]
    public Task DeliveryProgressedAsync(DeliveryProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        delivery.Update(progress);
        if (progress.WithdrawalRefused is { } refusal && stop is not null)
        {
            stop.Refusal = refusal;
            stop = null;
        }

        return Task.CompletedTask;
    }

    /// <summary>Where the order stands.</summary>
    [WorkflowQuery]
    public OrderView View() =>
        new(
            order.OrderId,
            order.Attempt,
            record.Status,
            stopReason,
            payment.DiscountCents,
            payment.PaymentId,
            delivery.DeliveryOrderId,
            delivery.Attempt,
            CancelRefusal()
        );

    private async Task ValidateAsync()
    {
        await record.EnterAsync(OrderStatus.Validating, OrderEvents.Started);
        var check = new OrderCheck(order.OrderId, order.CustomerId, order.Lines, order.DeliveryAddress, order.PaymentToken);
        var verdict = await effects.RunAsync((IOrderCheckActivities orders) => orders.CheckOrderAsync(check), "validate");
        if (verdict.Faults.Count > 0)
        {
            throw Failure(string.Join("; ", verdict.Faults.Select(fault => $"{fault.Field}: {fault.Message}")), OrderFailure.OrderInvalid);
        }

        StopIfAsked();
    }

    private async Task ReserveStockAsync()
    {
        await record.EnterAsync(OrderStatus.InventoryCheck, OrderEvents.Validated);
        var reservation = new StockReservation(
            order.OrderId,
            order.Attempt,
            [.. order.Lines.Select(line => new StockLine(line.Sku, line.Quantity))]
        );
        undo.Push("release the stock", () =>
            effects.RunAsync((IInventoryActivities stock) => stock.ReleaseStockAsync(attempt), "release the stock")
        );
        var result = await effects.RunAsync((IInventoryActivities stock) => stock.ReserveStockAsync(reservation), "reserve the stock");
        if (result.Outcome == ReservationOutcome.OutOfStock)
        {
            undo.Pop();
            throw Failure($"out of stock: {string.Join(", ", result.ShortSkus)}", OrderFailure.OutOfStock);
        }

        StopIfAsked();
    }

    private async Task PayAsync()
    {
        await record.EnterAsync(OrderStatus.PaymentProcessing, OrderEvents.StockReserved);
        await payment.RedeemVoucherAsync();
        StopIfAsked();
        await payment.ChargeAsync(() => StopAsked);
        StopIfAsked();
    }

    private async Task FulfillAsync()
    {
        await record.EnterAsync(OrderStatus.Fulfillment, OrderEvents.Paid);
        StopIfAsked();
        if (order.DigitalLines.Count > 0)
        {
            var grant = new DigitalGrant(order.OrderId, order.Attempt, order.CustomerId, order.DigitalLines);
            undo.Push("revoke the e-books", () =>
                effects.RunAsync((IDigitalGrantActivities grants) => grants.RevokeDigitalItemsAsync(attempt), "revoke the e-books")
            );
            await effects.RunAsync((IDigitalGrantActivities grants) => grants.GrantDigitalItemsAsync(grant), "grant the e-books");
            StopIfAsked();
        }

        if (order.PhysicalLines.Count > 0)
        {
            await delivery.DeliverAsync(() => stop is null && Workflow.CancellationToken.IsCancellationRequested ? byTemporal : stop);
        }
    }

    private async Task CompleteAsync()
    {
        whyFinal = "the order is fulfilled";
        undo.Clear();
        var handOver = delivery.Withdrawn ? stop : null;
        var completed = new OrderCompleted(order.OrderId, order.CustomerId, order.TotalCents, payment.DiscountCents, order.Lines);
        await RunOrOpenTaskAsync("sell the stock", () =>
            effects.RunAsync((IInventoryActivities stock) => stock.CommitStockAsync(attempt), "sell the stock")
        );
        await RunOrOpenTaskAsync("record COMPLETED", () =>
            handOver is null
                ? record.EnterAsync(OrderStatus.Completed, OrderEvents.Fulfilled)
                : record.EnterAsync(OrderStatus.Completed, OrderEvents.FulfilledManually, handOver.Reason, handOver.Actor)
        );
        await RunOrOpenTaskAsync("publish order.completed", () =>
            effects.RunAsync((IOutboxActivities outbox) => outbox.PublishOrderCompletedAsync(completed), "publish order.completed")
        );
        if (OrderRules.EarnsVoucher(order.TotalCents))
        {
            await OrderVoucher.StartAsync(order, effects);
        }

        await EndAsync();
    }

    /// <summary>Undoes everything, then records FAILED, or CANCELLED when somebody asked for it.</summary>
    private async Task StopAsync(Exception failure)
    {
        whyFinal = "the order is being undone";
        var cancelled = failure as OrderStoppedException;
        var by = cancelled?.Actor ?? (stop is { HandedOver: false } asked ? asked.Actor : null);
        stopReason = cancelled?.Message ?? (by is not null ? stop!.Reason : EffectRunner.Cause(failure));
        await undo.UndoAllAsync();
        await (
            by is not null
                ? record.EnterAsync(OrderStatus.Cancelled, OrderEvents.Cancelled, stopReason, by)
                : record.EnterAsync(OrderStatus.Failed, OrderEvents.Failed, stopReason, Actor.System, FailureType(failure))
        );
        await EndAsync();
    }

    private async Task EndAsync()
    {
        ended = true;
        await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished, CancellationToken.None);
    }

    private async Task<string?> RequestStopAsync(StopRequest request)
    {
        // Another request may have come since the validator ran: all who ask share the outcome of the first.
        var asked = stop ??= request;
        await Workflow.WaitConditionAsync(() => asked.Refusal is not null || ended, CancellationToken.None);
        return asked.Refusal;
    }

    private bool StopAsked => stop is { HandedOver: false } || Workflow.CancellationToken.IsCancellationRequested;

    private void StopIfAsked()
    {
        if (StopAsked)
        {
            throw new OrderStoppedException(stop ?? byTemporal);
        }
    }

    private string? CancelRefusal() =>
        record.Status is OrderStatus.Completed or OrderStatus.Failed or OrderStatus.Cancelled
            ? $"the order is {record.Status.WireName()}"
            : whyFinal
                ?? (
                    stop is { HandedOver: true } ? "the goods are being handed over in the shop"
                    : delivery.PickedUp ? "the partner has picked up the delivery"
                    : null
                );

    private Task RunOrOpenTaskAsync(string step, Func<Task> effect) =>
        effects.RunOrOpenTaskAsync(step, OperatorTaskKind.StepFailed, effect);

    private static void Refuse(string? refusal, string type)
    {
        if (refusal is not null)
        {
            throw new ApplicationFailureException(refusal, type);
        }
    }

    private static ApplicationFailureException Failure(string message, string type) => new(message, type, nonRetryable: true);

    private static string FailureType(Exception failure) =>
        failure is ApplicationFailureException { ErrorType: { } type } ? type : OrderFailure.Unexpected;
}
