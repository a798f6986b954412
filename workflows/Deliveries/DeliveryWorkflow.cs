using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Outbox;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// A delivery order's story: the partner is booked, then one thing after the other is dealt with — what the partner says, what a person asks, or
/// that nobody said anything for long enough — until the graph says that the state is final. Every move is checked against the graph and written down
/// with its actor. What failed is an operator's to decide. It never goes back: a redelivery is another delivery order's story.
/// </summary>
[Workflow]
public sealed class DeliveryWorkflow
{
    /// <summary>The error type of an update that was legal when it came, but no more when its turn came.</summary>
    public const string IllegalMove = "ILLEGAL_MOVE";

    private const string DecisionTask = "decision";

    private readonly DeliveryInput input;
    private readonly DeliveryGraph graph;
    private readonly EffectRunner effects;
    private readonly DeliveryInbox inbox;
    private readonly Queue<DeliveryRequest> requests = new();
    private DeliveryState state;
    private DateTime enteredAt;
    private DeliveryFailure? failure;
    private string? partnerDeliveryNumber;
    private Actor lastActor = Actor.System;
    private string? lastReason;
    private bool pickedUp;
    private bool cancellationHeard;
    private int sequence;

    /// <summary>Prepares the state before any handler runs.</summary>
    [WorkflowInit]
    public DeliveryWorkflow(DeliveryInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        this.input = input;
        graph = DeliveryGraph.OfVersion(input.GraphVersion);
        state = graph.Initial;
        inbox = new DeliveryInbox(graph);
        effects = new EffectRunner(WorkflowIds.Delivery(input.DeliveryOrderId), input.OrderId, input.DeliveryOrderId, input.Options.StepDeadline);
    }

    /// <summary>Runs the delivery order to a final state.</summary>
    [WorkflowRun]
    public async Task<DeliveryView> RunAsync(DeliveryInput delivery)
    {
        _ = CancellationNotice.ListenAsync();
        enteredAt = Workflow.UtcNow;
        await BookAsync();
        while (!graph.IsTerminal(state))
        {
            await (state == DeliveryState.DeliveryFailed ? AskOperatorAsync() : NextAsync());
        }

        if (state == DeliveryState.DeliveryConfirmed)
        {
            var confirmed = new DeliveryConfirmed(input.DeliveryOrderId, input.OrderId, input.Attempt, lastActor);
            await effects.SettleAsync("publish delivery.confirmed", OperatorTaskKind.StepFailed, () =>
                effects.CauseAsync((IOutboxActivities outbox) => outbox.PublishDeliveryConfirmedAsync(confirmed), "publish delivery.confirmed"));
        }

        RefuseWhatIsLeft();
        await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished, CancellationToken.None);
        return View();
    }

    /// <summary>What the partner says, in whatever order and however often.</summary>
    [WorkflowSignal]
    public Task PartnerEventAsync(PartnerEvent partnerEvent)
    {
        inbox.Add(partnerEvent);
        return Task.CompletedTask;
    }

    /// <summary>The order wants its delivery called off; the refusal, if any, goes back to the order as a signal.</summary>
    [WorkflowSignal]
    public async Task WithdrawAsync(DeliveryWithdrawal withdrawal)
    {
        ArgumentNullException.ThrowIfNull(withdrawal);
        var request = new DeliveryRequest(DeliveryEvents.Cancel, withdrawal.Actor, withdrawal.Reason);
        await TakeTurnAsync(request);
        if (request.Refusal is not null && !graph.IsTerminal(state))
        {
            await TellOrderAsync(request.Refusal);
        }
    }

    /// <summary>The customer has it.</summary>
    [WorkflowUpdate]
    public Task<DeliveryView> ConfirmReceiptAsync(ReceiptConfirmation confirmation) =>
        ActAsync(new DeliveryRequest(DeliveryEvents.ConfirmReceipt, confirmation.Actor, confirmation.Note));

    /// <summary>Refuses a confirmation outside DELIVERED, or by another than the customer.</summary>
    [WorkflowUpdateValidator(nameof(ConfirmReceiptAsync))]
    public void ValidateConfirmReceipt(ReceiptConfirmation confirmation)
    {
        ArgumentNullException.ThrowIfNull(confirmation);
        Refuse(Illegal(DeliveryEvents.ConfirmReceipt, confirmation.Actor));
    }

    /// <summary>It was not delivered, or not as it should.</summary>
    [WorkflowUpdate]
    public Task<DeliveryView> DisputeAsync(DeliveryDispute dispute) =>
        ActAsync(new DeliveryRequest(DeliveryEvents.Dispute, dispute.Actor, dispute.Note, new DeliveryFailure(dispute.Reason, dispute.Note)));

    /// <summary>Refuses a dispute outside DELIVERED, or by another than the customer or an operator.</summary>
    [WorkflowUpdateValidator(nameof(DisputeAsync))]
    public void ValidateDispute(DeliveryDispute dispute)
    {
        ArgumentNullException.ThrowIfNull(dispute);
        Refuse(Illegal(DeliveryEvents.Dispute, dispute.Actor));
    }

    /// <summary>An operator decides.</summary>
    [WorkflowUpdate]
    public Task<DeliveryView> ResolveAsync(DeliveryDecision decision) =>
        ActAsync(new DeliveryRequest(decision.Resolution.EventName(), decision.Actor, decision.Reason));

    /// <summary>Refuses a decision outside PENDING_BY_OPERATOR, by another than an operator, or without a reason.</summary>
    [WorkflowUpdateValidator(nameof(ResolveAsync))]
    public void ValidateResolve(DeliveryDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        Refuse(
            decision.Actor.Kind != ActorKind.Operator ? $"only an operator may resolve a delivery, not {decision.Actor}"
            : string.IsNullOrWhiteSpace(decision.Reason) ? "a decision needs a reason"
            : state != DeliveryState.PendingByOperator ? $"the delivery is in {state.WireName()}, not in PENDING_BY_OPERATOR"
            : Illegal(decision.Resolution.EventName(), decision.Actor));
    }

    /// <summary>Where the delivery order stands.</summary>
    [WorkflowQuery]
    public DeliveryView View() =>
        new(input.DeliveryOrderId, input.OrderId, input.Attempt, state, failure, partnerDeliveryNumber, lastActor, lastReason, inbox.Waiting);

    private async Task BookAsync()
    {
        var booking = new DeliveryBooking(input.DeliveryOrderId, input.OrderId, input.Attempt, input.Address, input.Lines);
        var result = await effects.CauseAsync((IPartnerActivities partner) => partner.BookDeliveryAsync(booking), "book the partner");
        if (!result.Accepted)
        {
            await MoveAsync(DeliveryEvents.Rejected, Actor.Partner, result.Reason, new DeliveryFailure(DeliveryFailureReason.PartnerRejected, result.Reason));
        }
    }

    /// <summary>Waits for the next thing that happens here, silence included, and deals with it.</summary>
    private async Task NextAsync()
    {
        var silence = graph.SilenceIn(state);
        if (silence is null)
        {
            await Workflow.WaitConditionAsync(() => SomethingCame, CancellationToken.None);
        }
        else if (!SomethingCame && !await Workflow.WaitConditionAsync(() => SomethingCame, UntilSilence(), CancellationToken.None))
        {
            await ListenToPartnerAsync();
        }

        if (Workflow.CancellationToken.IsCancellationRequested && !cancellationHeard)
        {
            cancellationHeard = true;
            requests.Enqueue(new DeliveryRequest(DeliveryEvents.Cancel, Actor.System, "the workflow was cancelled in Temporal"));
        }

        if (requests.TryDequeue(out var request))
        {
            await DealWithAsync(request);
        }
        else if (inbox.HasNext(state))
        {
            await DealWithEventAsync();
        }
        else
        {
            await MoveAsync(silence!, Actor.System, "nobody said anything for long enough", DeliveryFailure.OfSilence(silence!));
        }
    }

    /// <summary>A lost webhook heals itself: before silence counts, the partner is asked. It ends early when something comes.</summary>
    private async Task ListenToPartnerAsync()
    {
        using var asking = new CancellationTokenSource();
        var key = new DeliveryOrderKey(input.DeliveryOrderId);
        var answer = Workflow.ExecuteActivityAsync(
            (IPartnerActivities partner) => partner.AskPartnerAsync(key), EffectRunner.Options(input.Options.StepDeadline, cancellationToken: asking.Token));
        await Workflow.WaitConditionAsync(() => answer.IsCompleted || SomethingCame, CancellationToken.None);
        asking.Cancel();
        try
        {
            foreach (var partnerEvent in (await answer).Events)
            {
                inbox.Add(partnerEvent);
            }
        }
        catch (ActivityFailureException)
        {
            // The partner cannot be asked either, or need not be any more: silence it is.
        }
    }

    private async Task DealWithAsync(DeliveryRequest request)
    {
        request.Refusal = graph.Refusal(state, request.EventName, request.Actor.Kind) ?? await ObstacleAsync(request);
        if (request.Refusal is null)
        {
            var decided = state == DeliveryState.PendingByOperator;
            await MoveAsync(request.EventName, request.Actor, request.Reason, request.Failure);
            if (decided)
            {
                await effects.CloseTaskAsync(DecisionTask, $"{request.EventName}: {request.Reason}", request.Actor);
            }
        }

        request.Done = true;
    }

    /// <summary>What is never picked up must not be on its way a second time: the partner gives the booking up first, or says why not.</summary>
    private async Task<string?> ObstacleAsync(DeliveryRequest request)
    {
        var partnerGivesUp = request.EventName is DeliveryEvents.Cancel or DeliveryEvents.Redeliver
            && failure?.Reason is null or DeliveryFailureReason.PickupOverdue;
        if (!partnerGivesUp)
        {
            return pickedUp && request is { EventName: DeliveryEvents.Cancel, Actor.Kind: not ActorKind.Operator } ? "the partner has picked up the delivery" : null;
        }

        var key = new DeliveryOrderKey(input.DeliveryOrderId);
        var answer = await effects.CauseAsync((IPartnerActivities partner) => partner.CancelBookingAsync(key), "cancel the booking");

        // An operator's decision stands even against the partner: somebody has to settle it.
        var final = answer.Cancelled || (state == DeliveryState.PendingByOperator && request.Actor.Kind == ActorKind.Operator);
        return final ? null : $"the partner has picked up the delivery: {answer.Reason}";
    }

    private async Task DealWithEventAsync()
    {
        var (partnerEvent, fit) = inbox.Take(state);
        if (fit == EventFit.Stale)
        {
            var stale = new StalePartnerEvent(input.DeliveryOrderId, input.OrderId, state, partnerEvent);
            await effects.CauseAsync((IDeliveryActivities deliveries) => deliveries.RecordStaleEventAsync(stale), $"record event {partnerEvent.EventId}");
            return;
        }

        await MoveAsync(partnerEvent.Type, Actor.Partner, partnerEvent.Note, DeliveryFailure.Of(partnerEvent), partnerEvent);
    }

    private async Task AskOperatorAsync()
    {
        await MoveAsync(DeliveryEvents.AskOperator, Actor.System, failure!.Reason.WireName(), failure: null);
        await effects.OpenTaskAsync(
            DecisionTask, OperatorTaskKind.DeliveryPending, $"delivery attempt {input.Attempt} failed: {failure.Reason.WireName()} {failure.Note}".TrimEnd());
    }

    /// <summary>The one place where the state changes: checked against the graph, entered, written down, and told to the order where it matters there.</summary>
    private async Task MoveAsync(string eventName, Actor actor, string? reason, DeliveryFailure? failure, PartnerEvent? partnerEvent = null)
    {
        var move = graph.Move(state, eventName, actor.Kind);
        state = move.To;
        enteredAt = Workflow.UtcNow;
        lastActor = actor;
        lastReason = reason ?? failure?.Reason.WireName();
        this.failure = failure ?? this.failure;
        partnerDeliveryNumber = partnerEvent?.PartnerDeliveryNumber ?? partnerDeliveryNumber;
        pickedUp |= state == DeliveryState.PickedUp;
        var transition = new DeliveryTransition(
            input.DeliveryOrderId,
            input.OrderId,
            move.From,
            move.To,
            eventName,
            failure,
            lastReason,
            actor,
            partnerEvent?.PartnerDeliveryNumber,
            partnerEvent?.EventId,
            Workflow.Info.RunId,
            ++sequence);
        await effects.CauseAsync((IDeliveryActivities deliveries) => deliveries.RecordDeliveryTransitionAsync(transition), $"record {move.To.WireName()}");
        if (state is DeliveryState.PickedUp or DeliveryState.PendingByOperator)
        {
            await TellOrderAsync(withdrawalRefused: null);
        }
    }

    private async Task TellOrderAsync(string? withdrawalRefused)
    {
        var progress = new DeliveryProgress(input.DeliveryOrderId, state, pickedUp, withdrawalRefused);
        try
        {
            await Workflow.GetExternalWorkflowHandle<OrderWorkflow>(WorkflowIds.Order(input.OrderId))
                .SignalAsync(order => order.DeliveryProgressedAsync(progress), new() { CancellationToken = CancellationToken.None });
        }
        catch (FailureException)
        {
            // The order was terminated by hand; its parcel still travels, and this story is told to the end.
        }
    }

    private async Task<DeliveryView> ActAsync(DeliveryRequest request)
    {
        await TakeTurnAsync(request);
        return request.Refusal is null ? View() : throw new ApplicationFailureException(request.Refusal, IllegalMove);
    }

    private async Task TakeTurnAsync(DeliveryRequest request)
    {
        if (graph.IsTerminal(state))
        {
            request.Refusal = graph.Refusal(state, request.EventName, request.Actor.Kind);
            request.Done = true;
            return;
        }

        requests.Enqueue(request);
        await Workflow.WaitConditionAsync(() => request.Done, CancellationToken.None);
    }

    private void RefuseWhatIsLeft()
    {
        while (requests.TryDequeue(out var request))
        {
            request.Refusal = graph.Refusal(state, request.EventName, request.Actor.Kind);
            request.Done = true;
        }
    }

    private bool SomethingCame =>
        requests.Count > 0 || inbox.HasNext(state) || (Workflow.CancellationToken.IsCancellationRequested && !cancellationHeard);

    private TimeSpan UntilSilence()
    {
        var allowed = state switch
        {
            DeliveryState.Created => input.Options.PickupOverdueAfter,
            DeliveryState.PickedUp => input.Options.DeliveryOverdueAfter,
            _ => input.Options.ConfirmedBySilenceAfter,
        };
        var left = enteredAt + allowed - Workflow.UtcNow;
        return left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
    }

    /// <summary>Why this actor may not do this now; null when he may.</summary>
    private string? Illegal(string eventName, Actor actor) =>
        actor.Kind == ActorKind.Customer && actor != Actor.Customer(input.CustomerId)
            ? $"the delivery is another customer's, not {actor}'s"
            : graph.Refusal(state, eventName, actor.Kind);

    private static void Refuse(string? refusal)
    {
        if (refusal is not null)
        {
            throw new ApplicationFailureException(refusal, IllegalMove);
        }
    }
}
