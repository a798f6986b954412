using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Api.Tests;

/// <summary>Answers like an order's workflow, and decides what the test wants by what it is told.</summary>
[Workflow("OrderWorkflow")]
public sealed class StubOrderWorkflow
{
    /// <summary>A reason that is refused.</summary>
    public const string TooLate = "too late";

    /// <summary>A reason for which a cancellation is accepted and never ends.</summary>
    public const string NeverDone = "never done";

    /// <summary>An order of so many lines fails at its first attempt.</summary>
    public const int FailsFirst = 3;

    private readonly OrderInput input;
    private bool cancelled;

    // An update may come with the start, and is handled first.
    [WorkflowInit]
    public StubOrderWorkflow(OrderInput order) => input = order;

    [WorkflowRun]
    public async Task<OrderView> RunAsync(OrderInput order)
    {
        if (order.Lines == FailsFirst && order.Attempt == 1)
        {
            throw new ApplicationFailureException("declined", OrderFailure.PaymentDeclined, nonRetryable: true);
        }

        await Workflow.WaitConditionAsync(() => cancelled && Workflow.AllHandlersFinished);
        return View();
    }

    [WorkflowUpdate]
    public async Task<OrderView> CancelAsync(CancelOrder cancel)
    {
        if (cancel is { Reason: NeverDone })
        {
            await Workflow.WaitConditionAsync(() => false);
        }

        cancelled = true;
        return View();
    }

    [WorkflowUpdateValidator(nameof(CancelAsync))]
    public void ValidateCancel(CancelOrder cancel)
    {
        if (cancel.Reason == TooLate)
        {
            throw new ApplicationFailureException("the partner has picked up the delivery", OrderFailure.CancelRefused);
        }
    }

    [WorkflowQuery]
    public OrderView View() =>
        new(
            input.OrderId,
            input.Attempt,
            cancelled ? OrderStatus.Cancelled : OrderStatus.PaymentProcessing,
            null,
            500,
            "pay_1",
            null,
            0,
            null
        );
}

/// <summary>
/// Answers like a delivery's workflow that has been DELIVERED. A decision about goods it accepts, and says which it understood.
/// </summary>
[Workflow("DeliveryWorkflow")]
public sealed class StubDeliveryWorkflow
{
    /// <summary>A step that waits for an operator.</summary>
    public const string StuckStep = "book the partner";

    private readonly Guid id;
    private DeliveryState state = DeliveryState.Delivered;
    private Actor actor = Actor.System;

    [WorkflowInit]
    public StubDeliveryWorkflow(Guid deliveryOrderId) => id = deliveryOrderId;

    [WorkflowRun]
    public async Task RunAsync(Guid deliveryOrderId)
    {
        await Workflow.WaitConditionAsync(() => state == DeliveryState.DeliveryConfirmed && Workflow.AllHandlersFinished);
    }

    [WorkflowUpdate]
    public Task<DeliveryView> ConfirmReceiptAsync(ReceiptConfirmation confirmation)
    {
        ArgumentNullException.ThrowIfNull(confirmation);
        (state, actor) = (DeliveryState.DeliveryConfirmed, confirmation.Actor);
        return Task.FromResult(View());
    }

    [WorkflowUpdate]
    public Task<DeliveryView> ResolveAsync(DeliveryDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return Task.FromResult(View() with { LastActor = decision.Actor, LastReason = $"{decision.Resolution} {decision.Goods}" });
    }

    [WorkflowUpdateValidator(nameof(ResolveAsync))]
    public void ValidateResolve(DeliveryDecision decision)
    {
        if (decision is not { Goods: not null })
        {
            throw new ApplicationFailureException($"the delivery is {state.WireName()}, not PENDING_BY_OPERATOR", "MOVE_REFUSED");
        }
    }

    [WorkflowUpdate]
    public Task<DeliveryView> ReleaseStepAsync(StepRelease release)
    {
        ArgumentNullException.ThrowIfNull(release);
        return release.Step == StuckStep
            ? Task.FromResult(
                View() with
                {
                    LastActor = release.Actor,
                    LastReason = $"{release.Action} {release.Outcome} {release.Reference}",
                }
            )
            : throw new ApplicationFailureException($"step: '{release.Step}' does not wait for an operator", "RELEASE_REFUSED");
    }

    private DeliveryView View() => new(id, Guid.Empty, 1, state, null, "PD-1", actor, null, 0);
}
