using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// An order's story, as a saga: it is admitted (checked again, its stock reserved), paid, and what was paid for is granted and delivered,
/// by as many delivery orders as that takes; then it is completed. Whatever stops it on the way undoes everything done so far, last first.
/// Where the order stands is decided by its row: a step answers it, and the workflow follows. Until the partner has picked up, the order
/// may be cancelled. The run of a FAILED order ends Failed, so that it can be retried; the run of a CANCELLED order completes, so that it
/// cannot.
/// </summary>
[Workflow]
public sealed class OrderWorkflow : IAdvisor
{
    private readonly OrderInput order;
    private readonly OrderAttempt attempt;
    private readonly EffectRunner effects;
    private readonly Saga saga;
    private readonly OrderPayment payment;
    private readonly OrderDelivery delivery;
    private readonly StopRequest byTemporal = new("temporal", Actor.System, "the workflow was cancelled in Temporal", handedOver: false);
    private OrderStatus status = OrderStatus.Pending;
    private DeliveryOrderCreated? firstDelivery;
    private string? whyFinal;
    private OrderClosing? closing;
    private string? whyOver;
    private StopRequest? stop;
    private bool isUndoneAgain;
    private bool ended;

    /// <summary>Prepares the state before any handler runs.</summary>
    [WorkflowInit]
    public OrderWorkflow(OrderInput order)
    {
        ArgumentNullException.ThrowIfNull(order);
        this.order = order;
        attempt = new OrderAttempt(order.OrderId, order.Attempt);
        effects = new EffectRunner($"order-{attempt}", order.OrderId, deliveryOrderId: null, order.Options.StepDeadline);
        saga = new Saga(effects);
        payment = new OrderPayment(order, effects);
        delivery = new OrderDelivery(order, effects);
    }

    /// <summary>Runs the order to its end.</summary>
    /// <exception cref="ApplicationFailureException">The order FAILED; the type is one of <see cref="OrderFailure"/>.</exception>
    [WorkflowRun]
    public async Task<OrderView> RunAsync(OrderInput input)
    {
        _ = CancellationWake.WaitAsync();
        _ = new WorkflowPage<OrderVersion>(() => Version, () => OrderPage.Face(order, Version, effects)).FollowAsync();
        try
        {
            await saga.WalkAsync(Steps(), StopIfAskedAsync);
            await CompleteAsync();
        }
        catch (OrderOverException over)
        {
            status = over.Status;
            whyOver = over.Reason;
        }
        catch (Exception failure) when (failure is FailureException or OrderStoppedException)
        {
            await StopAsync(failure);
        }

        ended = true;
        await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished, CancellationToken.None);
        return status is OrderStatus.Completed or OrderStatus.Cancelled
            ? View()
            : throw new ApplicationFailureException(closing!.Reason, closing.FailureType ?? OrderFailure.Unexpected, nonRetryable: true);
    }

    /// <summary>The saga. This is the only place where an undo is registered, and what the saga's tests are generated from.</summary>
    internal IReadOnlyList<SagaStep> Steps()
    {
        var admit = new SagaStep("admit the order", AdmitAsync, CloseAsync, OrderFailure.OrderInvalid, OrderFailure.OutOfStock);
        return order.VoucherCode is null ? [admit, Pay, Deliver] : [admit, Redeem, Pay, Deliver];
    }

    private SagaStep Redeem => new("redeem the voucher", payment.RedeemVoucherAsync, payment.GiveVoucherBackAsync);

    private SagaStep Deliver => new("deliver", DeliverAsync, delivery.UndoAsync);

    private SagaStep Pay => new("take the payment", PayAsync, payment.RefundAsync, OrderFailure.PaymentDeclined);

    /// <summary>Stops the order and undoes everything; returns when that is done.</summary>
    /// <exception cref="ApplicationFailureException">CANCEL_REFUSED: the partner picked up before the delivery could be withdrawn, or the
    /// order ended otherwise.</exception>
    [WorkflowUpdate(
        Description = "Stops the order and undoes everything. By its customer or an operator, until the partner has picked up."
    )]
    public async Task<OrderView> CancelAsync(CancelOrder cancel)
    {
        var refusal = await RequestStopAsync(
            new StopRequest(Workflow.CurrentUpdateInfo!.Id, cancel.Actor, cancel.Reason, handedOver: false)
        );
        return refusal is null && status == OrderStatus.Cancelled
            ? View()
            : throw new ApplicationFailureException(
                refusal ?? $"the order ended {status.WireName()}",
                OrderFailure.CancelRefused,
                nonRetryable: true
            );
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
    [WorkflowUpdate(
        Description = "The goods were handed over in the shop: withdraws the delivery and completes the order. By an operator."
    )]
    public async Task<OrderView> FulfillManuallyAsync(ManualFulfillment fulfillment)
    {
        var refusal = await RequestStopAsync(
            new StopRequest(Workflow.CurrentUpdateInfo!.Id, fulfillment.Actor, fulfillment.Reason, handedOver: true)
        );
        return refusal is null && status == OrderStatus.Completed
            ? View()
            : throw new ApplicationFailureException(
                refusal ?? $"the order ended {status.WireName()}",
                OrderFailure.FulfillmentRefused,
                nonRetryable: true
            );
    }

    /// <summary>
    /// Refuses a hand-over outside FULFILLMENT, by others than operators, or without a reason. (Whether the partner has the goods is for
    /// the delivery to say.)
    /// </summary>
    [WorkflowUpdateValidator(nameof(FulfillManuallyAsync))]
    public void ValidateFulfillManually(ManualFulfillment fulfillment)
    {
        ArgumentNullException.ThrowIfNull(fulfillment);
        Refuse(
            fulfillment.Actor.Kind != ActorKind.Operator ? $"only an operator may fulfil an order by hand, not {fulfillment.Actor}"
                : string.IsNullOrWhiteSpace(fulfillment.Reason) ? "a manual fulfilment needs a reason"
                : IsTakenBack && firstDelivery is null ? whyFinal
                : HandOverRefusal(),
            OrderFailure.FulfillmentRefused
        );
    }

    /// <summary>An operator decides about a step that does not succeed.</summary>
    /// <exception cref="ApplicationFailureException">RELEASE_REFUSED: the step has just ended by itself.</exception>
    [WorkflowUpdate(Description = "Decides about a step that does not succeed: RETRY, SKIP with an outcome, or FAIL. By an operator.")]
    public async Task<OrderView> ReleaseStepAsync(StepRelease release)
    {
        await effects.ReleaseAsync(release);
        return View();
    }

    /// <summary>
    /// Refuses a release by others than operators, without a reason, of a step that does not wait for one, or with an outcome that the step
    /// cannot have.
    /// </summary>
    [WorkflowUpdateValidator(nameof(ReleaseStepAsync))]
    public void ValidateReleaseStep(StepRelease release)
    {
        ArgumentNullException.ThrowIfNull(release);
        effects.ValidateRelease(release);
    }

    /// <summary>The payment provider's event about a pending charge.</summary>
    [WorkflowSignal(Description = "The payment provider tells what became of a pending charge.")]
    public Task PaymentEventAsync(PaymentEvent paymentEvent)
    {
        payment.Receive(paymentEvent);
        return Task.CompletedTask;
    }

    /// <summary>The active delivery cannot be withdrawn: the order goes on.</summary>
    [WorkflowSignal(Description = "From the delivery: it cannot be withdrawn any more.")]
    public async Task WithdrawalRefusedAsync(WithdrawalRefusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        if (delivery.Refused(refusal) is not { } request)
        {
            return;
        }

        request.Refusal = refusal.Reason;
        stop = stop == request ? null : stop;
        if (request == byTemporal)
        {
            // Nobody waits for an answer who could be told.
            await effects.OpenTaskAsync(
                "cancelled in Temporal",
                OperatorTaskKind.CancelRefused,
                $"the workflow was cancelled in Temporal, and the order goes on: {refusal.Reason}"
            );
        }
    }

    /// <summary>The workflow of the active delivery is gone, and the delivery is not over: it is started again.</summary>
    [WorkflowSignal(Description = "From the reconciliation: the workflow of the active delivery is gone.")]
    public Task DeliveryLostAsync(LostDelivery lost)
    {
        ArgumentNullException.ThrowIfNull(lost);
        delivery.Lost(lost.DeliveryOrderId);
        return Task.CompletedTask;
    }

    /// <summary>A delivery that another run of this order has started has ended.</summary>
    [WorkflowSignal(Description = "From a delivery that another run of this order has started: it has ended.")]
    public Task DeliveryEndedAsync(DeliveryView end)
    {
        delivery.Ended(end);
        return Task.CompletedTask;
    }

    /// <summary>Where the order stands.</summary>
    [WorkflowQuery(Description = "Where the order stands.")]
    public OrderView View() =>
        new(
            order.OrderId,
            order.Attempt,
            status,
            closing?.Reason ?? whyOver,
            payment.DiscountCents,
            payment.PaymentId,
            delivery.DeliveryOrderId,
            delivery.Attempt,
            CancelRefusal()
        );

    private async Task AdmitAsync()
    {
        var admission = await effects.RunLocalAsync((IOrderActivities orders) => orders.AdmitOrderAsync(attempt), "admit the order");
        if (admission.UndoneBy is { } actor)
        {
            // Another run has begun to undo the attempt: it is undone again, and ends as that would have.
            isUndoneAgain = true;
            throw new OrderStoppedException(actor, admission.Reason!, admission.FailureType);
        }

        if (admission.FailureType is { } type)
        {
            status = OrderStatus.Failed;
            throw new ApplicationFailureException(admission.Reason ?? type, type, nonRetryable: true);
        }

        if (admission.Status is OrderStatus.Completed or OrderStatus.Cancelled)
        {
            throw new OrderOverException(admission.Status, admission.Reason);
        }

        status = admission.Status;
    }

    /// <inheritdoc/>
    IReadOnlyList<string>? IAdvisor.AllowedNow(Type message, string member) =>
        (message.Name, member) switch
        {
            (nameof(ManualFulfillment), "actor") => Actor.OperatorsOnly,
            (nameof(StepRelease), _) => effects.AllowedNow(member),
            _ => null,
        };

    private async Task PayAsync()
    {
        var charge = await payment.ChargeAsync(() => StopAsked, IsAheadAsync);
        firstDelivery = charge.Delivery;
        status = charge.Outcome == ChargeOutcome.Settled ? OrderStatus.Fulfillment : status;
    }

    private Task DeliverAsync() => firstDelivery is null ? Task.CompletedTask : delivery.DeliverAsync(firstDelivery, () => Asked);

    private async Task CompleteAsync()
    {
        whyFinal = "the order is fulfilled";
        var handOver = delivery.Withdrawn && stop is not null ? new ManualFulfillment(stop.Actor, stop.Reason) : null;
        var completion = new OrderCompletion(order.OrderId, order.Attempt, handOver);
        var standing = await effects.RunLocalAsync(
            (IOrderActivities orders) => orders.CompleteOrderAsync(completion),
            "complete the order",
            parks: true
        );
        if (standing.Status != OrderStatus.Completed)
        {
            throw new ApplicationFailureException($"the order's row is {standing.Status.WireName()}");
        }

        status = standing.Status;
    }

    /// <summary>Undoes everything; the order ends FAILED, or CANCELLED when somebody asked for it.</summary>
    private async Task StopAsync(Exception failure)
    {
        whyFinal = "the order is being undone";
        var isRefused = status == OrderStatus.Failed;
        var asked = isRefused || Asked is { HandedOver: true } ? null : Asked;
        var stopped = failure as OrderStoppedException;
        var by = stopped?.Actor ?? asked?.Actor;
        closing = new OrderClosing(
            order.OrderId,
            order.Attempt,
            stopped is not null ? stopped.FailureType
                : by is null ? FailureType(failure)
                : null,
            stopped?.Message ?? asked?.Reason ?? EffectRunner.Cause(failure),
            by ?? Actor.System
        );
        if (isRefused)
        {
            return;
        }

        // A step whose answer was lost may have completed the order: then nothing is undone.
        OrderStanding? standing = null;
        await effects.RunOrOpenTaskAsync("begin to undo", OperatorTaskKind.UndoFailed, async () =>
            standing = await effects.RunLocalAsync(
                (IOrderActivities orders) => orders.BeginUndoAsync(closing),
                "begin to undo",
                parks: true
            )
        );
        if (standing?.Status.IsOver() == true)
        {
            Follow(standing);
            return;
        }

        if (isUndoneAgain && order.VoucherCode is not null)
        {
            saga.Remember(Redeem);
        }

        if (standing is { PaymentOpen: true } && !payment.IsAsked)
        {
            // Another run of this attempt may have asked for the money, before a reset made this run forget it.
            saga.Remember(Pay);
        }

        if (standing is { DeliveryOrderId: { } active, IsDeliveryActive: true } && delivery.DeliveryOrderId != active)
        {
            delivery.Adopt(active);
            saga.Remember(Deliver);
        }

        await saga.UndoAsync();
    }

    private async Task CloseAsync()
    {
        var end = closing! with { IsParcelOut = delivery.IsParcelOut };
        Follow(await effects.RunLocalAsync((IOrderActivities orders) => orders.CloseOrderAsync(end), "close the order", parks: true));
    }

    /// <summary>The order is over, and its row says how: another run may have begun to undo it for another reason.</summary>
    private void Follow(OrderStanding end)
    {
        status = end.Status;
        closing = closing! with { FailureType = end.FailureType, Reason = end.Reason ?? closing.Reason };
    }

    private async Task<string?> RequestStopAsync(StopRequest request)
    {
        // Another request may have come since the validator ran: all who ask share the outcome of the first.
        var asked = stop ??= request;
        await Workflow.WaitConditionAsync(() => asked.Refusal is not null || ended, CancellationToken.None);
        return asked.Refusal;
    }

    /// <summary>What somebody wants of the order now, if anything. What was refused is not asked again.</summary>
    private StopRequest? Asked =>
        stop ?? (Workflow.CancellationToken.IsCancellationRequested && byTemporal.Refusal is null ? byTemporal : null);

    private bool StopAsked => Asked is { HandedOver: false };

    /// <summary>
    /// Whoever asks before there is a delivery stops the order here; once there is one, it decides. A run that a reset has taken back asks
    /// the row first: another may have brought the order further, and the parcel may be out.
    /// </summary>
    private async Task StopIfAskedAsync()
    {
        if (StopAsked && firstDelivery is null && !await IsAheadAsync())
        {
            throw new OrderStoppedException(Asked!);
        }
    }

    private async Task<bool> IsAheadAsync()
    {
        var standing = await effects.RunLocalAsync((IOrderActivities orders) => orders.FindOrderAsync(attempt), "find the order");
        return standing.DeliveryOrderId is not null || standing.Status == OrderStatus.Completed;
    }

    private string? CancelRefusal() =>
        status.IsOver()
            ? $"the order is {status.WireName()}"
            : whyFinal ?? (stop is { HandedOver: true } ? "the goods are being handed over in the shop" : null);

    private string? HandOverRefusal() =>
        whyFinal
        ?? (
            stop is not null ? "the order is being stopped"
            : status != OrderStatus.Fulfillment ? $"the order is in {status.WireName()}, not in FULFILLMENT"
            : firstDelivery is null ? "there is no delivery to withdraw"
            : null
        );

    private OrderVersion Version =>
        new(
            status,
            closing?.FailureType,
            delivery.DeliveryOrderId,
            delivery.Attempt,
            stop is null ? CancelRefusal() : "it is being stopped",
            HandOverRefusal(),
            effects.Changes
        );

    /// <summary>
    /// This run is a reset's. What the reset repeats may come before the run is where it was asked: then it waits for that.
    /// </summary>
    private static bool IsTakenBack => Workflow.Info.RunId != Workflow.Info.FirstExecutionRunId;

    private static void Refuse(string? refusal, string type)
    {
        if (refusal is not null)
        {
            throw new ApplicationFailureException(refusal, type, nonRetryable: true);
        }
    }

    private static string FailureType(Exception failure) =>
        failure is ApplicationFailureException { ErrorType: { } type } && OrderFailure.Refusals.Contains(type)
            ? type
            : OrderFailure.Unexpected;
}
