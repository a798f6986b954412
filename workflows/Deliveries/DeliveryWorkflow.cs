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

    private readonly DeliveryInput input;
    private readonly DeliveryGraph graph;
    private readonly EffectRunner effects;
    private readonly DeliveryInbox inbox;
    private readonly DeliveryPage page;
    private readonly Queue<DeliveryRequest> requests = new();
    private readonly List<RefusedRequest> refused = [];
    private readonly StateClock clock;
    private DeliveryStanding standing;
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
        standing = new DeliveryStanding(Made: true, graph.Initial, PickedUp: false, null, null, Actor.System, null);
        clock = new StateClock(input.Options);
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
            clock.Restore(continued.EnteredAt, continued.RemindedAt);
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
            clock.Enter();
        }

        while (!graph.IsTerminal(State))
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

        var request = DeliveryRequest.Of(withdrawal);
        await EnqueueAsync(request);
        if (request is { Refusal: { } refusal, CameTooLate: false })
        {
            var why = standing.PickedUp ? $"the partner has picked up the delivery ({State.WireName()})" : refusal;
            refused.Add(new RefusedRequest(withdrawal.RequestId, why));
            refused.RemoveRange(0, Math.Max(0, refused.Count - RefusalsKept));
            await TellRefusalAsync(refused[^1]);
        }
    }

    /// <summary>The customer has it, or whoever has the PIN says so.</summary>
    [WorkflowUpdate(Description = "The customer has it. In DELIVERED only.")]
    public Task<DeliveryView> ConfirmReceiptAsync(ReceiptConfirmation confirmation) => ActAsync(DeliveryRequest.Of(confirmation));

    /// <summary>Refuses a confirmation outside DELIVERED, or by another than the customer or whoever has the PIN.</summary>
    [WorkflowUpdateValidator(nameof(ConfirmReceiptAsync))]
    public void ValidateConfirmReceipt(ReceiptConfirmation confirmation)
    {
        ArgumentNullException.ThrowIfNull(confirmation);
        Refuse(Rules.Refusal(DeliveryRequest.Of(confirmation)));
    }

    /// <summary>It was not delivered, or not as it should.</summary>
    [WorkflowUpdate(
        Description = "It was not delivered, or not as it should. By the customer or an operator, for a reason that the graph lists."
    )]
    public Task<DeliveryView> DisputeAsync(DeliveryDispute dispute) => ActAsync(DeliveryRequest.Of(dispute));

    /// <summary>
    /// Refuses a dispute where the graph does not allow it, by somebody whom it does not let, or for a reason that it does not list.
    /// </summary>
    [WorkflowUpdateValidator(nameof(DisputeAsync))]
    public void ValidateDispute(DeliveryDispute dispute)
    {
        ArgumentNullException.ThrowIfNull(dispute);
        Refuse(Rules.Refusal(DeliveryRequest.Of(dispute)));
    }

    /// <summary>An operator decides.</summary>
    [WorkflowUpdate(
        Description = "Decides about a delivery: REDELIVER, CANCEL or CONFIRM_WITH_PROOF, and what became of the goods. By an operator."
    )]
    public Task<DeliveryView> ResolveAsync(DeliveryDecision decision) => ActAsync(DeliveryRequest.Of(decision));

    /// <summary>
    /// Refuses a decision where the graph does not allow it, by another than an operator, without a reason, or one that does not say what
    /// became of the goods of a parcel that had left.
    /// </summary>
    [WorkflowUpdateValidator(nameof(ResolveAsync))]
    public void ValidateResolve(DeliveryDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        Refuse(Rules.Refusal(decision));
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
            State,
            standing.Failure,
            standing.PartnerDeliveryNumber,
            standing.LastActor,
            standing.LastReason,
            inbox.Waiting.Count
        );

    /// <inheritdoc/>
    IReadOnlyList<string>? IAdvisor.AllowedNow(Type message, string member) =>
        (message.Name, member) switch
        {
            (nameof(DeliveryDecision), "resolution") => [.. graph.EventsIn(State, ActorKind.Operator).Intersect(Resolutions)],
            (nameof(DeliveryDecision), "actor") => Actor.OperatorsOnly,
            (nameof(DeliveryDispute), "reason") => [.. graph.ReasonsOf(State, DeliveryEvents.Dispute).Select(reason => reason.WireName())],
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
        if (result.Standing is { } elsewhere)
        {
            // Another run has brought it there.
            Follow(elsewhere);
        }
        else if (result.IsGivenUp)
        {
            await MoveAsync(DeliveryEvents.Cancel, Actor.System, "the order is being undone");
        }
        else if (!result.Accepted)
        {
            await MoveAsync(DeliveryEvents.Rejected, Actor.Partner, result.Reason, failureNote: result.Reason);
        }
    }

    /// <summary>Waits for the next thing that happens in this state, silence included, and handles it.</summary>
    private async Task HandleNextAsync()
    {
        var silence = graph.Node(State).Silence;
        var isSilent = !await WaitForWorkAsync(silence);
        if (ShallContinueAsNew)
        {
            var continued = input with { Continued = Continuation() };
            throw Workflow.CreateContinueAsNewException((DeliveryWorkflow next) => next.RunAsync(continued));
        }

        if (isSilent && clock.IsReminderAhead(silence!))
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

        // What the partner has seen is so, whatever is asked for meanwhile: who cancels after the pickup hears of it.
        if (inbox.HasNext(State))
        {
            await HandleEventsAsync();
        }
        else if (requests.TryDequeue(out var request))
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

        var left = clock.TimeLeft(State, silence);
        return HasWork
            || await Workflow.WaitConditionWithOptionsAsync(
                new(() => HasWork || ShallContinueAsNew, left, DeliveryPage.Waiting(State, Workflow.UtcNow + left), CancellationToken.None)
            );
    }

    private async Task RemindCustomerAsync(DeliverySilence silence)
    {
        clock.Remind();
        var reminder = new CustomerReminder(input.DeliveryOrderId, State, Workflow.UtcNow + clock.TimeLeft(State, silence));
        await effects.RunLocalAsync(
            (IDeliveryActivities deliveries) => deliveries.RemindCustomerAsync(reminder),
            "remind the customer",
            done: _ => Task.CompletedTask
        );
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
            request.Refusal = Rules.Refusal(request) ?? await PartnerRefusalAsync(request);
            if (request.Refusal is null)
            {
                var outcome = await MoveAsync(
                    request.EventName,
                    request.Actor,
                    request.Reason,
                    request.Failure?.WireName(),
                    request.Reason,
                    goods: request.Goods
                );
                isMade = outcome.Made;
                request.Refusal = outcome.ShortSkus is { } skus ? $"out of stock for a redelivery: {string.Join(", ", skus)}" : null;

                // Another move that holds is one that no history knows: the request is judged again there, unless that was the end.
                request.CameTooLate = !isMade && graph.IsTerminal(State);
            }
        }

        request.Handled = true;
    }

    /// <summary>
    /// Why the partner stands against a cancellation or redelivery; null when it does not. A parcel that was never picked up must not
    /// travel after all, so the partner has to give up the booking first.
    /// </summary>
    private async Task<string?> PartnerRefusalAsync(DeliveryRequest request)
    {
        if (!request.GivesUp || standing.PickedUp || request.Goods is not null)
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
        isKept = graph.Node(State).Task is not null;
        return $"{(isKept ? RequestRules.HasLeft(request) : "the partner has picked up the delivery")}: {answer.Reason}";
    }

    /// <summary>Whether there were any. After the end there is nothing else that an event can be.</summary>
    private async Task<bool> RecordStaleEventsAsync()
    {
        var events = inbox.TakeStale(State);
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
            inbox.TakeFitting(State) is { } next
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
        var move = graph.Move(State, eventName, actor.Kind);
        var moveFailure = move.FailureOf(failureReason, failureNote);
        var moves = new List<DeliveryMoved>
        {
            new(State, move.To, eventName, moveFailure, reason ?? moveFailure?.Reason.WireName(), actor, partnerEvent?.EventId),
        };
        while (graph.Node(moves[^1].To).Then is { } next)
        {
            var following = graph.Move(moves[^1].To, next, Actor.System.Kind);
            moves.Add(new(following.From, following.To, next, null, (moveFailure ?? standing.Failure)?.Reason.WireName(), Actor.System));
        }

        var to = graph.Node(moves[^1].To);
        var record = new DeliveryMoves(
            input.DeliveryOrderId,
            input.OrderId,
            moves,
            to.Terminal,
            partnerEvent?.PartnerDeliveryNumber,
            graph.Node(State).Task is null ? null : effects.Closing(StateTask, $"{eventName}: {reason}", actor),
            to.Task is { } task ? effects.Task(StateTask, task, FailureDetail(moveFailure ?? standing.Failure)) : null,
            goods,
            clock.EndOf(to)
        );
        Follow(
            await effects.RunLocalAsync(
                (IDeliveryActivities deliveries) => deliveries.RecordDeliveryMovesAsync(record),
                $"record {to.State.WireName()}"
            )
        );
        return standing;
    }

    private void Follow(DeliveryStanding row)
    {
        standing = row;
        clock.Enter();
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
        if (graph.IsTerminal(State))
        {
            RefuseOpenRequests();
        }

        await Workflow.WaitConditionAsync(() => request.Handled, CancellationToken.None);
    }

    private void RefuseOpenRequests()
    {
        while (requests.TryDequeue(out var request))
        {
            request.Refusal = graph.Refusal(State, request.EventName, request.Actor.Kind);
            request.CameTooLate = true;
            request.Handled = true;
        }
    }

    private DeliveryState State => standing.State;

    private RequestRules Rules => new(graph, standing, isKept, input.CustomerId);

    private DeliveryVersion Version =>
        new(State, standing.Failure?.Reason, standing.PickedUp || isKept, standing.LastActor, effects.Changes);

    private bool HasWork =>
        requests.Count > 0
        || inbox.HasNext(State)
        || IsConfirmedByProof
        || (Workflow.CancellationToken.IsCancellationRequested && !cancellationHandled);

    private bool IsConfirmedByProof => isProven && graph.Refusal(State, DeliveryEvents.ConfirmReceipt, ActorKind.Recipient) is null;

    /// <summary>Whether the history is long, and nobody waits for an answer of this run.</summary>
    private bool ShallContinueAsNew => Workflow.ContinueAsNewSuggested && !HasWork && Workflow.AllHandlersFinished;

    private DeliveryContinuation Continuation() =>
        new(standing, isKept, clock.EnteredAt, clock.RemindedAt, inbox.Known, inbox.Waiting, refused, reportsEnd, isProven);

    private static void Refuse(string? refusal)
    {
        if (refusal is not null)
        {
            throw new ApplicationFailureException(refusal, IllegalMove, nonRetryable: true);
        }
    }
}
