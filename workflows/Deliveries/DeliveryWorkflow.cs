using System.Linq.Expressions;
using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>
/// A delivery order's story: the partner is booked; then one thing after the other is handled (an event of the partner, a request of a
/// person, or silence) until the graph says that the state is final. Every move is checked against the graph and recorded with its actor,
/// in one transaction with what it means for others. Where the delivery stands is decided by its row: a move that a lost worker recorded
/// holds, and the workflow follows it. What a state does by itself (its silence, what follows, its operator task) stands in the graph. A
/// failed delivery waits for an operator's decision, and so does a step that cannot succeed: the parcel travels all the same. Nothing ever
/// goes back: a redelivery is another delivery order's story. A delivery that has heard very much goes on in a new run with an empty
/// history; neither its order nor anybody who calls it by its id notices.
/// </summary>
[Workflow]
public sealed class DeliveryWorkflow : IAdvisor
{
    /// <summary>The error type of a refused update.</summary>
    public const string IllegalMove = "ILLEGAL_MOVE";

    private const string StateTask = "decision";

    // An order's requests come from people; whoever repeats one does so soon.
    private const int RefusalsKept = 50;
    private static readonly IReadOnlyList<string> Resolutions = WireNames.All<DeliveryResolution>();
    private static readonly string GoodsOutcomes = string.Join(", ", WireNames.All<GoodsOutcome>());
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly DeliveryInput input;
    private readonly DeliveryGraph graph;
    private readonly EffectRunner effects;
    private readonly DeliveryInbox inbox;
    private readonly DeliveryPage page;
    private readonly Queue<DeliveryRequest> requests = new();
    private readonly List<RefusedRequest> refused = [];
    private DeliveryState state;
    private DateTime enteredAt;
    private DateTime? remindedAt;
    private DeliveryFailure? failure;
    private string? partnerDeliveryNumber;
    private Actor lastActor = Actor.System;
    private string? lastReason;
    private bool pickedUp;
    private bool isKept;
    private bool cancellationHandled;
    private DeliveryRequest? byTemporal;
    private bool reportsEnd;
    private bool isProven;

    /// <summary>The key of the operator task that is open while a state of this delivery order lasts that has one.</summary>
    public static string DecisionKey(Guid deliveryOrderId) => $"{WorkflowIds.Delivery(deliveryOrderId)}/{StateTask}";

    /// <summary>Prepares the state before any handler runs.</summary>
    [WorkflowInit]
    public DeliveryWorkflow(DeliveryInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        this.input = input;
        graph = DeliveryGraph.OfVersion(input.GraphVersion);
        state = graph.Initial;
        inbox = new DeliveryInbox(graph);
        effects = new EffectRunner(
            WorkflowIds.Delivery(input.DeliveryOrderId),
            input.OrderId,
            input.DeliveryOrderId,
            input.Options.StepDeadline,
            alwaysParks: true
        );
        page = new DeliveryPage(input, graph, effects);
        if (input.Continued is { } continued)
        {
            inbox.Restore(continued.KnownEventIds, continued.WaitingEvents);
            Follow(continued.Standing);
            isKept = continued.IsKept;
            reportsEnd = continued.ReportsEnd;
            isProven = continued.IsProven;
            refused.AddRange(continued.Refused);
            (enteredAt, remindedAt) = (continued.EnteredAt, continued.RemindedAt);
        }
    }

    /// <summary>Runs the delivery order to a final state.</summary>
    [WorkflowRun]
    public async Task<DeliveryView> RunAsync(DeliveryInput delivery)
    {
        _ = CancellationWake.WaitAsync();
        _ = new WorkflowPage<DeliveryVersion>(() => Version, () => page.Face(Version)).FollowAsync();
        if (input.Continued is null)
        {
            await BookAsync();

            // Whoever has not been booked is not silent.
            enteredAt = Workflow.UtcNow;
        }

        while (!graph.IsTerminal(state))
        {
            await HandleNextAsync();
        }

        RefuseOpenRequests();
        do
        {
            await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished, CancellationToken.None);
        } while (await RecordStaleEventsAsync());
        if (reportsEnd)
        {
            var end = View();
            await TellOrderAsync(order => order.DeliveryEndedAsync(end));
        }

        return View();
    }

    /// <summary>A run of the order that has not started this delivery waits for its end, and is told of it by a signal.</summary>
    [WorkflowSignal(Description = "From a run of the order that has not started this delivery: tell it the end.")]
    public Task ReportEndAsync()
    {
        reportsEnd = true;
        return Task.CompletedTask;
    }

    /// <summary>An event of the partner. It comes at least once and in any order.</summary>
    [WorkflowSignal(Description = "The delivery partner tells what happened. At least once and in any order.")]
    public Task PartnerEventAsync(PartnerEvent partnerEvent)
    {
        Hear(partnerEvent);
        return Task.CompletedTask;
    }

    /// <summary>
    /// The order wants its delivery cancelled. If that is done, this workflow's result says so; if it is refused, a signal tells the order
    /// why.
    /// </summary>
    [WorkflowSignal(Description = "From the order: cancel the delivery, unless it has left.")]
    public async Task WithdrawAsync(DeliveryWithdrawal withdrawal)
    {
        ArgumentNullException.ThrowIfNull(withdrawal);
        if (refused.Find(known => known.RequestId == withdrawal.RequestId) is { } before)
        {
            await TellRefusalAsync(before);
            return;
        }

        var request = new DeliveryRequest(DeliveryEvents.Cancel, withdrawal.Actor, withdrawal.Reason);
        await EnqueueAsync(request);
        if (request is { Refusal: { } refusal, CameTooLate: false })
        {
            var why = pickedUp ? $"the partner has picked up the delivery ({state.WireName()})" : refusal;
            refused.Add(new RefusedRequest(withdrawal.RequestId, why));
            refused.RemoveRange(0, Math.Max(0, refused.Count - RefusalsKept));
            await TellRefusalAsync(refused[^1]);
        }
    }

    /// <summary>The customer has it, or whoever has the PIN says so.</summary>
    [WorkflowUpdate(Description = "The customer has it. In DELIVERED only.")]
    public Task<DeliveryView> ConfirmReceiptAsync(ReceiptConfirmation confirmation) =>
        ActAsync(new DeliveryRequest(DeliveryEvents.ConfirmReceipt, confirmation.Actor, confirmation.Note));

    /// <summary>Refuses a confirmation outside DELIVERED, or by another than the customer or whoever has the PIN.</summary>
    [WorkflowUpdateValidator(nameof(ConfirmReceiptAsync))]
    public void ValidateConfirmReceipt(ReceiptConfirmation confirmation)
    {
        ArgumentNullException.ThrowIfNull(confirmation);
        Refuse(Illegal(DeliveryEvents.ConfirmReceipt, confirmation.Actor));
    }

    /// <summary>It was not delivered, or not as it should.</summary>
    [WorkflowUpdate(
        Description = "It was not delivered, or not as it should. By the customer or an operator, for a reason that the graph lists."
    )]
    public Task<DeliveryView> DisputeAsync(DeliveryDispute dispute) =>
        ActAsync(new DeliveryRequest(DeliveryEvents.Dispute, dispute.Actor, dispute.Note, dispute.Reason));

    /// <summary>
    /// Refuses a dispute where the graph does not allow it, by somebody whom it does not let, or for a reason that it does not list.
    /// </summary>
    [WorkflowUpdateValidator(nameof(DisputeAsync))]
    public void ValidateDispute(DeliveryDispute dispute)
    {
        ArgumentNullException.ThrowIfNull(dispute);
        Refuse(Illegal(DeliveryEvents.Dispute, dispute.Actor) ?? graph.ReasonRefusal(state, DeliveryEvents.Dispute, dispute.Reason));
    }

    /// <summary>An operator decides.</summary>
    [WorkflowUpdate(
        Description = "Decides about a delivery: REDELIVER, CANCEL or CONFIRM_WITH_PROOF, and what became of the goods. By an operator."
    )]
    public Task<DeliveryView> ResolveAsync(DeliveryDecision decision) =>
        ActAsync(new DeliveryRequest(decision.Resolution.WireName(), decision.Actor, decision.Reason, goods: decision.Goods));

    /// <summary>
    /// Refuses a decision where the graph does not allow it, by another than an operator, without a reason, or one that does not say what
    /// became of the goods of a parcel that had left.
    /// </summary>
    [WorkflowUpdateValidator(nameof(ResolveAsync))]
    public void ValidateResolve(DeliveryDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        Refuse(
            decision.Actor.Kind != ActorKind.Operator ? $"only an operator may resolve a delivery, not {decision.Actor}"
            : string.IsNullOrWhiteSpace(decision.Reason) ? "a decision needs a reason"
            : Illegal(decision.Resolution.WireName(), decision.Actor)
                ?? GoodsRefusal(decision.Resolution.WireName(), decision.Actor, decision.Goods)
        );
    }

    /// <summary>An operator decides about a step that does not succeed.</summary>
    /// <exception cref="ApplicationFailureException">RELEASE_REFUSED: the step has just ended by itself.</exception>
    [WorkflowUpdate(Description = "Decides about a step that does not succeed: RETRY, or SKIP with an outcome. By an operator.")]
    public async Task<DeliveryView> ReleaseStepAsync(StepRelease release)
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

    /// <summary>Where the delivery order stands.</summary>
    [WorkflowQuery(Description = "Where the delivery stands.")]
    public DeliveryView View() =>
        new(
            input.DeliveryOrderId,
            input.OrderId,
            input.Attempt,
            state,
            failure,
            partnerDeliveryNumber,
            lastActor,
            lastReason,
            inbox.Waiting.Count
        );

    /// <inheritdoc/>
    IReadOnlyList<string>? IAdvisor.AllowedNow(Type message, string member) =>
        (message.Name, member) switch
        {
            (nameof(DeliveryDecision), "resolution") => [.. graph.EventsIn(state, ActorKind.Operator).Intersect(Resolutions)],
            (nameof(DeliveryDecision), "actor") => Actor.OperatorsOnly,
            (nameof(DeliveryDispute), "reason") => [.. graph.ReasonsOf(state, DeliveryEvents.Dispute).Select(reason => reason.WireName())],
            (nameof(StepRelease), _) => effects.AllowedNow(member),
            _ => null,
        };

    private async Task BookAsync()
    {
        var key = new DeliveryOrderKey(input.DeliveryOrderId);
        var result = await effects.RunAsync(
            (IPartnerActivities partner) => partner.BookDeliveryAsync(key),
            "book the partner",
            outcomes:
            [
                new("BOOKED", _ => Task.FromResult(new BookingResult(true, null))),
                new("REJECTED", release => Task.FromResult(new BookingResult(false, release.Reason))),
            ]
        );
        if (result.Standing is { } standing)
        {
            // Another run has brought it there.
            Follow(standing);
        }
        else if (!result.Accepted)
        {
            await MoveAsync(DeliveryEvents.Rejected, Actor.Partner, result.Reason, failureNote: result.Reason);
        }
    }

    /// <summary>Waits for the next thing that happens in this state, silence included, and handles it.</summary>
    private async Task HandleNextAsync()
    {
        var silence = graph.Node(state).Silence;
        var isSilent = !await WaitForWorkAsync(silence);
        if (ShallContinueAsNew)
        {
            var continued = input with { Continued = Continuation() };
            throw Workflow.CreateContinueAsNewException((DeliveryWorkflow next) => next.RunAsync(continued));
        }

        if (isSilent && IsReminderDue(silence!))
        {
            await RemindCustomerAsync(silence!);
            return;
        }

        if (isSilent && silence!.AskPartner)
        {
            await AskPartnerAsync();
        }

        if (Workflow.CancellationToken.IsCancellationRequested && !cancellationHandled)
        {
            cancellationHandled = true;
            byTemporal = new DeliveryRequest(DeliveryEvents.Cancel, Actor.System, "the workflow was cancelled in Temporal");
            requests.Enqueue(byTemporal);
        }

        if (requests.TryDequeue(out var request))
        {
            await HandleRequestAsync(request);
            if (request == byTemporal && request is { Refusal: { } refusal, CameTooLate: false })
            {
                // Nobody waits for an answer who could be told.
                await effects.OpenTaskAsync(
                    "cancelled in Temporal",
                    OperatorTaskKind.CancelRefused,
                    $"the workflow was cancelled in Temporal, and the delivery goes on: {refusal}"
                );
            }
        }
        else if (inbox.HasNext(state))
        {
            await HandleEventsAsync();
        }
        else if (IsConfirmedByProof)
        {
            await MoveAsync(DeliveryEvents.ConfirmReceipt, Actor.Recipient, "the partner has brought the recipient's PIN");
        }
        else
        {
            await MoveAsync(silence!.Event, Actor.System, "nobody said anything for long enough");
        }
    }

    /// <summary>False when the state's silence lasted long enough: for the reminder first, if there is one.</summary>
    private async Task<bool> WaitForWorkAsync(DeliverySilence? silence)
    {
        if (silence is null)
        {
            await Workflow.WaitConditionAsync(() => HasWork || ShallContinueAsNew, CancellationToken.None);
            return true;
        }

        var left = TimeLeftOf(silence);
        return HasWork
            || await Workflow.WaitConditionWithOptionsAsync(
                new(() => HasWork || ShallContinueAsNew, left, DeliveryPage.Waiting(state, Workflow.UtcNow + left), CancellationToken.None)
            );
    }

    /// <summary>Whoever is reminded has as long to answer as the graph says, however late the reminder comes.</summary>
    private async Task RemindCustomerAsync(DeliverySilence silence)
    {
        var now = Workflow.UtcNow;
        remindedAt = now;
        var reminder = new CustomerReminder(input.DeliveryOrderId, state, now + TimeLeftOf(silence));
        await effects.RunLocalAsync((IDeliveryActivities deliveries) => deliveries.RemindCustomerAsync(reminder), "remind the customer");
    }

    private void Hear(PartnerEvent partnerEvent)
    {
        inbox.Add(partnerEvent);
        isProven |= partnerEvent is { IsProven: true, Type: DeliveryEvents.Delivered };
    }

    /// <summary>Fetches events whose webhooks were lost. Ends early when something else comes.</summary>
    private async Task AskPartnerAsync()
    {
        using var asking = new CancellationTokenSource();
        var key = new DeliveryOrderKey(input.DeliveryOrderId);
        var answer = Workflow.ExecuteActivityAsync(
            (IPartnerActivities partner) => partner.AskPartnerAsync(key),
            EffectRunner.Options(input.Options.StepDeadline, "ask the partner what happened", cancellationToken: asking.Token)
        );
        await Workflow.WaitConditionAsync(() => answer.IsCompleted || HasWork, CancellationToken.None);
        asking.Cancel();
        try
        {
            foreach (var partnerEvent in (await answer).Events)
            {
                Hear(partnerEvent);
            }
        }
        catch (ActivityFailureException)
        {
            // The partner does not answer, or something else came first: in both cases there is nothing to add.
        }
    }

    private async Task HandleRequestAsync(DeliveryRequest request)
    {
        var isMade = false;
        while (!isMade && request.Refusal is null)
        {
            request.Refusal = graph.Refusal(state, request.EventName, request.Actor.Kind)
                ?? ReasonRefusal(request)
                ?? GoodsRefusal(request.EventName, request.Actor, request.Goods)
                ?? await PartnerRefusalAsync(request);
            if (request.Refusal is null)
            {
                var standing = await MoveAsync(
                    request.EventName,
                    request.Actor,
                    request.Reason,
                    request.Failure?.WireName(),
                    request.Reason,
                    goods: request.Goods
                );
                isMade = standing.Made;
                request.Refusal = standing.ShortSkus is { } skus ? $"out of stock for a redelivery: {string.Join(", ", skus)}" : null;

                // Another move that holds is one that no history knows: the request is judged again there, unless that was the end.
                request.CameTooLate = !isMade && graph.IsTerminal(state);
            }
        }

        request.Handled = true;
    }

    /// <summary>An operator who gives up a parcel that has left has to say what became of its goods; nobody else may.</summary>
    private string? GoodsRefusal(string eventName, Actor actor, GoodsOutcome? goods)
    {
        var isGivenUp = eventName is DeliveryEvents.Cancel or DeliveryEvents.Redeliver;
        return goods is null
            ? isGivenUp && pickedUp
                ? HasLeft(eventName, actor)
                : null
            : !isGivenUp
                ? $"{eventName} says nothing of the goods"
                : pickedUp || isKept
                    ? null
                    : $"the partner has not picked up the delivery: {eventName} says nothing of the goods";
    }

    private static string HasLeft(string eventName, Actor actor) =>
        actor.Kind == ActorKind.Operator
            ? $"the partner has picked up the delivery: {eventName} has to say what became of the goods ({GoodsOutcomes})"
            : "the partner has picked up the delivery";

    /// <summary>
    /// Why the partner stands against a cancellation or redelivery; null when it does not. A parcel that was never picked up must not
    /// travel after all, so the partner has to give up the booking first.
    /// </summary>
    private async Task<string?> PartnerRefusalAsync(DeliveryRequest request)
    {
        if (request.EventName is not (DeliveryEvents.Cancel or DeliveryEvents.Redeliver) || pickedUp || request.Goods is not null)
        {
            return null;
        }

        var key = new DeliveryOrderKey(input.DeliveryOrderId);
        var answer = await effects.WithdrawAsync(key, "cancel the booking");
        if (answer.Cancelled)
        {
            return null;
        }

        // In PENDING_BY_OPERATOR an operator may decide even against the partner, saying what became of the goods: somebody has to decide.
        isKept = graph.Node(state).Task is not null;
        return $"{(isKept ? HasLeft(request.EventName, request.Actor) : "the partner has picked up the delivery")}: {answer.Reason}";
    }

    /// <summary>Whether there were any. After the end there is nothing else that an event can be.</summary>
    private async Task<bool> RecordStaleEventsAsync()
    {
        var events = inbox.TakeStale(state);
        if (events.Count == 0)
        {
            return false;
        }

        var stale = new StalePartnerEvents(input.DeliveryOrderId, events);
        await effects.RunLocalAsync(
            (IDeliveryActivities deliveries) => deliveries.RecordStaleEventsAsync(stale),
            "record events that came too late"
        );
        return true;
    }

    private async Task HandleEventsAsync()
    {
        await RecordStaleEventsAsync();
        if (
            inbox.TakeFitting(state) is { } next
            && !(await MoveAsync(next.Type, Actor.Partner, next.Note, next.Reason, next.Note, next)).Made
        )
        {
            inbox.PutBack(next);
        }
    }

    /// <summary>
    /// The one place where the state changes: the move is checked against the graph and recorded, with those that follow from it at once,
    /// in one transaction with the operator tasks of the states. Then the delivery stands where its row says.
    /// </summary>
    /// <returns>
    /// Where it stands. If the move was not made, another one holds that no history knows, and the state is another now; or goods are
    /// short, and the state is still the same.
    /// </returns>
    private async Task<DeliveryStanding> MoveAsync(
        string eventName,
        Actor actor,
        string? reason,
        string? failureReason = null,
        string? failureNote = null,
        PartnerEvent? partnerEvent = null,
        GoodsOutcome? goods = null
    )
    {
        var move = graph.Move(state, eventName, actor.Kind);
        var moveFailure = move.FailureOf(failureReason, failureNote);
        var moves = new List<DeliveryMoved>
        {
            new(state, move.To, eventName, moveFailure, reason ?? moveFailure?.Reason.WireName(), actor, partnerEvent?.EventId),
        };
        while (graph.Node(moves[^1].To).Then is { } next)
        {
            var following = graph.Move(moves[^1].To, next, Actor.System.Kind);
            moves.Add(new(following.From, following.To, next, null, (moveFailure ?? failure)?.Reason.WireName(), Actor.System));
        }

        var to = graph.Node(moves[^1].To);
        var record = new DeliveryMoves(
            input.DeliveryOrderId,
            input.OrderId,
            moves,
            to.Terminal,
            partnerEvent?.PartnerDeliveryNumber,
            graph.Node(state).Task is null ? null : effects.Closing(StateTask, $"{eventName}: {reason}", actor),
            to.Task is { } task ? effects.Task(StateTask, task, FailureDetail(moveFailure ?? failure)) : null,
            goods,
            to.Silence is { } silence ? Workflow.UtcNow + AfterOf(to.State, silence) : null
        );
        var standing = await effects.RunLocalAsync(
            (IDeliveryActivities deliveries) => deliveries.RecordDeliveryMovesAsync(record),
            $"record {to.State.WireName()}"
        );
        Follow(standing);
        return standing;
    }

    private void Follow(DeliveryStanding standing)
    {
        state = standing.State;
        (enteredAt, remindedAt) = (Workflow.UtcNow, null);
        failure = standing.Failure;
        partnerDeliveryNumber = standing.PartnerDeliveryNumber;
        pickedUp = standing.PickedUp;
        lastActor = standing.LastActor;
        lastReason = standing.LastReason;
    }

    private string FailureDetail(DeliveryFailure? why) =>
        $"delivery attempt {input.Attempt} failed: {why?.Reason.WireName()} {why?.Note}".TrimEnd();

    private Task TellRefusalAsync(RefusedRequest request)
    {
        var refusal = new WithdrawalRefusal(input.DeliveryOrderId, request.RequestId, request.Reason);
        return TellOrderAsync(order => order.WithdrawalRefusedAsync(refusal));
    }

    private async Task TellOrderAsync(Expression<Func<OrderWorkflow, Task>> signal)
    {
        try
        {
            await Workflow
                .GetExternalWorkflowHandle<OrderWorkflow>(WorkflowIds.Order(input.OrderId))
                .SignalAsync(signal, new() { CancellationToken = CancellationToken.None });
        }
        catch (FailureException)
        {
            // The order's workflow was terminated; the parcel travels all the same, and this workflow runs to its end.
        }
    }

    private async Task<DeliveryView> ActAsync(DeliveryRequest request)
    {
        await EnqueueAsync(request);
        return request.Refusal is null ? View() : throw new ApplicationFailureException(request.Refusal, IllegalMove, nonRetryable: true);
    }

    private async Task EnqueueAsync(DeliveryRequest request)
    {
        requests.Enqueue(request);
        if (graph.IsTerminal(state))
        {
            RefuseOpenRequests();
        }

        await Workflow.WaitConditionAsync(() => request.Handled, CancellationToken.None);
    }

    private void RefuseOpenRequests()
    {
        while (requests.TryDequeue(out var request))
        {
            request.Refusal = graph.Refusal(state, request.EventName, request.Actor.Kind);
            request.CameTooLate = true;
            request.Handled = true;
        }
    }

    private DeliveryVersion Version => new(state, failure?.Reason, pickedUp || isKept, lastActor, effects.Changes);

    private bool HasWork =>
        requests.Count > 0
        || inbox.HasNext(state)
        || IsConfirmedByProof
        || (Workflow.CancellationToken.IsCancellationRequested && !cancellationHandled);

    private bool IsConfirmedByProof => isProven && graph.Refusal(state, DeliveryEvents.ConfirmReceipt, ActorKind.Recipient) is null;

    /// <summary>Whether the history is long, and nobody waits for an answer of this run.</summary>
    private bool ShallContinueAsNew => Workflow.ContinueAsNewSuggested && !HasWork && Workflow.AllHandlersFinished;

    private DeliveryContinuation Continuation() =>
        new(
            new DeliveryStanding(Made: true, state, pickedUp, failure, partnerDeliveryNumber, lastActor, lastReason),
            isKept,
            enteredAt,
            remindedAt,
            inbox.Known,
            inbox.Waiting,
            refused,
            reportsEnd,
            isProven
        );

    private TimeSpan TimeLeftOf(DeliverySilence silence)
    {
        var after = AfterOf(state, silence);
        var end = enteredAt + after;
        if (silence.RemindAfter is { } remindAfter)
        {
            // Where another time is configured, the reminder keeps its place in it.
            var toAnswer = after * (1 - (remindAfter / silence.After));
            end = remindedAt is { } reminded ? Later(end, reminded + toAnswer) : end - toAnswer;
        }

        var left = end - Workflow.UtcNow;
        return left > ShortestWait ? left : ShortestWait;
    }

    private TimeSpan AfterOf(DeliveryState entered, DeliverySilence silence) =>
        input.Options.SilenceAfter?.TryGetValue(entered, out var configured) == true ? configured : silence.After;

    private bool IsReminderDue(DeliverySilence silence) => silence.RemindAfter is not null && remindedAt is null;

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;

    private string? ReasonRefusal(DeliveryRequest request) =>
        request.Failure is { } reason ? graph.ReasonRefusal(state, request.EventName, reason) : null;

    /// <summary>Why this actor may not cause this event now; null when the actor may.</summary>
    private string? Illegal(string eventName, Actor actor) =>
        actor.Kind == ActorKind.Customer && actor != Actor.Customer(input.CustomerId)
            ? $"the delivery is another customer's, not {actor}'s"
            : graph.Refusal(state, eventName, actor.Kind);

    private static void Refuse(string? refusal)
    {
        if (refusal is not null)
        {
            throw new ApplicationFailureException(refusal, IllegalMove, nonRetryable: true);
        }
    }
}
