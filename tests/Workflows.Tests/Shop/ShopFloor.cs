using System.Collections.Concurrent;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace TemporalDelivery.Workflows.Tests.Shop;

/// <summary>
/// The activities in memory, as their interfaces promise: keyed, so a repeated call leaves what the first left. What happened is in <see
/// cref="Journal"/>, in order; how the world behaves is said by the properties.
/// </summary>
internal sealed class ShopFloor : IOrderActivities, IPaymentActivities, IDeliveryActivities, IPartnerActivities, IOperatorTaskActivities
{
    private readonly ConcurrentDictionary<string, object> done = new();
    private readonly List<string> journal = [];
    private readonly ConcurrentDictionary<string, int> troubles = new();
    private readonly ConcurrentDictionary<OrderAttempt, OrderClosing> undone = new();
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>SKUs of which there are none left.</summary>
    public HashSet<string> Short { get; } = [];

    /// <summary>What VALIDATING finds.</summary>
    public List<OrderFault> Faults { get; } = [];

    /// <summary>What the provider answers to a charge.</summary>
    public ChargeOutcome Charge { get; set; } = ChargeOutcome.Settled;

    /// <summary>What the provider answers when asked later.</summary>
    public ChargeOutcome ChargeLater { get; set; } = ChargeOutcome.Pending;

    /// <summary>Why the partner refuses bookings.</summary>
    public string? BookingRefusal { get; set; }

    /// <summary>The order is being undone while its delivery is booked: nothing is.</summary>
    public bool IsBookingGivenUp { get; set; }

    /// <summary>Why the partner refuses to give up a booking.</summary>
    public string? CancellationRefusal { get; set; }

    /// <summary>What the partner tells when asked.</summary>
    public List<PartnerEvent> PartnerKnows { get; } = [];

    /// <summary>Vouchers that may be redeemed, by code, with their worth.</summary>
    public ConcurrentDictionary<string, long> Vouchers { get; } = new();

    /// <summary>The delivery orders that were created, in order.</summary>
    public List<(Guid Id, int Attempt, Guid? Supersedes)> Deliveries { get; } = [];

    /// <summary>The delivery graph of the delivery orders that are inserted.</summary>
    public int GraphVersion { get; set; } = DeliveryGraph.CurrentVersion;

    /// <summary>Where each delivery order's row stands.</summary>
    public ConcurrentDictionary<Guid, DeliveryStanding> DeliveryRows { get; } = new();

    /// <summary>Another run has begun to undo the attempt; who wants it cancelled, if somebody does.</summary>
    public (Actor By, string? FailureType)? Begun { get; set; }

    /// <summary>Where each order's row stands.</summary>
    public ConcurrentDictionary<OrderAttempt, OrderStatus> Rows { get; } = new();

    /// <summary>Every effect and every change of state, once, in order.</summary>
    public IReadOnlyList<string> Journal
    {
        get
        {
            lock (journal)
            {
                return [.. journal];
            }
        }
    }

    /// <summary>The next calls of this activity fail: with an exception that is retried, or with one that is a bug.</summary>
    public void Trouble(string activity, int times = int.MaxValue) => troubles[activity] = times;

    /// <summary>The activity has its effect, and its answer is lost for good.</summary>
    public void LoseAnswer(string activity) => troubles[$"{activity}+"] = 1;

    /// <summary>The activity's trouble is over.</summary>
    public void Mend(string activity) => troubles.TryRemove(activity, out _);

    /// <summary>Waits until the journal says so.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<string>, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = Volatile.Read(ref news).Task;
            if (condition(Journal))
            {
                return;
            }

            try
            {
                await next.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"the journal stayed at: {string.Join(" | ", Journal)}");
            }
        }
    }

    /// <inheritdoc/>
    [Activity]
    public Task<OrderAdmission> AdmitOrderAsync(OrderAttempt attempt) => Do("AdmitOrder", () =>
        {
            if (Begun is { } begun)
            {
                return new OrderAdmission(OrderStatus.PaymentProcessing, begun.FailureType, "changed my mind", begun.By);
            }

            if (Rows.TryGetValue(attempt, out var row) && row is not OrderStatus.Failed)
            {
                return new OrderAdmission(row, Reason: row == OrderStatus.Cancelled ? "changed my mind" : null);
            }

            var missing = Missing(attempt.OrderId);
            var admission =
                Faults.Count > 0
                    ? new OrderAdmission(
                        OrderStatus.Failed,
                        OrderFailure.OrderInvalid,
                        string.Join("; ", Faults.Select(f => $"{f.Field}: {f.Message}"))
                    )
                : missing.Count > 0
                    ? new OrderAdmission(OrderStatus.Failed, OrderFailure.OutOfStock, $"out of stock: {string.Join(", ", missing)}")
                : new OrderAdmission(OrderStatus.PaymentProcessing);
            return Once(
                $"admit {attempt}",
                admission,
                [
                    "order VALIDATING",
                    .. Faults.Count > 0 ? Array.Empty<string>() : ["order INVENTORY_CHECK"],
                    .. admission.FailureType is null
                        ? ["reserved", "order PAYMENT_PROCESSING"]
                        : new[] { $"order FAILED ({admission.Reason})" },
                ]
            );
        });

    /// <inheritdoc/>
    [Activity]
    public Task<OrderStanding> FindOrderAsync(OrderAttempt attempt) => Do("FindOrder", () => Standing(attempt));

    /// <inheritdoc/>
    [Activity]
    public Task<OrderStanding> BeginUndoAsync(OrderClosing closing) => Do("BeginUndo", () =>
        {
            var attempt = new OrderAttempt(closing.OrderId, closing.Attempt);
            undone.TryAdd(attempt, closing);
            return Standing(attempt);
        });

    /// <inheritdoc/>
    [Activity]
    public Task<OrderStanding> CloseOrderAsync(OrderClosing closing)
    {
        var end = undone.GetValueOrDefault(new OrderAttempt(closing.OrderId, closing.Attempt), closing);
        var standing = new OrderStanding(
            end.FailureType is null ? OrderStatus.Cancelled : OrderStatus.Failed,
            FailureType: end.FailureType,
            Reason: end.Reason
        );
        return EndAsync(
            "CloseOrder",
            closing.OrderId,
            closing.Attempt,
            standing,
            [
                "released",
                .. closing.IsParcelOut ? ["goods stay in transit"] : Array.Empty<string>(),
                $"order {standing.Status.WireName()}{By(end.Actor, end.Reason)}",
            ]
        );
    }

    /// <inheritdoc/>
    [Activity]
    public Task<OrderStanding> CompleteOrderAsync(OrderCompletion completion) =>
        EndAsync(
            "CompleteOrder",
            completion.OrderId,
            completion.Attempt,
            new OrderStanding(OrderStatus.Completed),
            [
                "sold",
                $"order COMPLETED{By(completion.HandOver?.Actor ?? Actor.System, completion.HandOver?.Reason)}",
                "published order.completed",
            ]
        );

    /// <inheritdoc/>
    [Activity]
    public Task<ChargeResult> ChargePaymentAsync(ChargeRequest request) => Do("ChargePayment", () =>
        {
            var amount = AnOrder.LinesOf(request.OrderId).Sum(line => line.TotalCents) - request.DiscountCents;
            if (Charge != ChargeOutcome.Declined)
            {
                Once($"charge {request.OrderId}/{request.Attempt}", true, [$"charged {amount}"]);
            }

            return Charged(request.OrderId, request.Attempt, Charge, "no money");
        });

    /// <inheritdoc/>
    [Activity]
    public Task<ChargeResult> CheckPaymentAsync(OrderAttempt attempt) => Do("CheckPayment", () =>
        {
            Once($"check {attempt}", true, ["asked for the payment"]);
            return Charged(attempt.OrderId, attempt.Attempt, ChargeLater, "no money");
        });

    /// <inheritdoc/>
    [Activity]
    public Task<ChargeResult> RecordPaymentOutcomeAsync(PaymentOutcome outcome) => Do("RecordPaymentOutcome", () =>
        {
            Once($"outcome {outcome.Charge.OrderId}/{outcome.Charge.Attempt}", true, [$"payment {outcome.Outcome.WireName()}"]);
            return Charged(outcome.Charge.OrderId, outcome.Charge.Attempt, outcome.Outcome, outcome.Reason);
        });

    /// <inheritdoc/>
    [Activity]
    public Task RefundPaymentAsync(RefundRequest request) =>
        Do("RefundPayment", () =>
            Once(
                $"refund {request.OrderId}/{request.Attempt}",
                true,
                [.. done.ContainsKey($"grant {request.OrderId}/{request.Attempt}") ? ["revoked"] : Array.Empty<string>(), "refunded"]
            )
        );

    /// <inheritdoc/>
    [Activity]
    public Task RecordRefundAsync(RefundRequest request) =>
        Once("RecordRefund", $"refund {request.OrderId}/{request.Attempt}", "refund written down");

    /// <inheritdoc/>
    [Activity]
    public Task<DeliveryOrderCreated> CreateDeliveryOrderAsync(NewDeliveryOrder order) =>
        Do("CreateDeliveryOrder", () => Created(order.OrderId, order.OrderAttempt, order.Attempt, order.Supersedes));

    /// <inheritdoc/>
    [Activity]
    public Task<DeliveryStanding> RecordDeliveryMovesAsync(DeliveryMoves moves) => Do("RecordDeliveryMoves", () =>
        {
            var row = DeliveryRows.GetOrAdd(moves.DeliveryOrderId, Unmoved);
            var key = $"{moves.DeliveryOrderId} {moves.Moves[0]}";
            if (row.State != moves.Moves[0].From || done.ContainsKey(key))
            {
                return row with { Made = done.ContainsKey(key) };
            }

            if (moves.Moves[^1].To == DeliveryState.Superseded && Missing(moves.OrderId) is { Count: > 0 } missing)
            {
                return row with { Made = false, ShortSkus = missing };
            }

            var last = moves.Moves[^1];
            // The journal tells of it afterwards: whoever reads it may change the row.
            var standing = DeliveryRows[moves.DeliveryOrderId] = new DeliveryStanding(
                Made: true,
                last.To,
                row.PickedUp || moves.Moves.Any(move => move.To == DeliveryState.PickedUp),
                moves.Moves.Select(move => move.Failure).LastOrDefault(failure => failure is not null) ?? row.Failure,
                moves.PartnerDeliveryNumber ?? row.PartnerDeliveryNumber,
                last.Actor,
                last.Reason
            );
            Once(
                key,
                true,
                [
                    .. moves.Moves.Select(move =>
                        $"delivery {move.To.WireName()}{(move.Failure is { } failure ? $" {failure.Reason.WireName()}" : null)}{By(move.Actor, null)}"
                    ),
                    .. moves.Goods is { } goods ? [$"goods {goods.WireName()}"] : Array.Empty<string>(),
                    .. moves.Closes is { } closes ? [$"task closed: {closes.Resolution}"] : Array.Empty<string>(),
                    .. moves.Opens is { } opens ? [$"task {opens.Kind.WireName()}: {opens.Detail}"] : Array.Empty<string>(),
                    .. moves.Moves[^1].To == DeliveryState.DeliveryConfirmed ? ["published delivery.confirmed"] : Array.Empty<string>(),
                ]
            );
            return standing;
        });

    /// <inheritdoc/>
    [Activity]
    public Task RemindCustomerAsync(CustomerReminder reminder) =>
        Once("RemindCustomer", $"reminder {reminder.DeliveryOrderId}", $"customer reminded in {reminder.State.WireName()}");

    /// <inheritdoc/>
    [Activity]
    public Task RecordStaleEventsAsync(StalePartnerEvents stale) => Do("RecordStaleEvents", () =>
        {
            foreach (var late in stale.Events)
            {
                Once($"stale {stale.DeliveryOrderId}/{late.EventId}", true, [$"stale {late.Type}"]);
            }

            return true;
        });

    /// <inheritdoc/>
    [Activity]
    public Task<BookingResult> BookDeliveryAsync(DeliveryOrderKey key) =>
        DeliveryRows.TryGetValue(key.DeliveryOrderId, out var row) && row.State != DeliveryState.Created
            ? Do("BookDelivery", () => new BookingResult(Accepted: true, Reason: null, row))
        : IsBookingGivenUp ? Do("BookDelivery", () => new BookingResult(Accepted: true, Reason: null, IsGivenUp: true))
        : Once(
            "BookDelivery",
            $"book {key.DeliveryOrderId}",
            BookingRefusal is null ? "booked" : "booking refused",
            new BookingResult(BookingRefusal is null, BookingRefusal)
        );

    /// <inheritdoc/>
    [Activity]
    public Task<PartnerReport> AskPartnerAsync(DeliveryOrderKey key) => Do("AskPartner", () =>
        {
            Note("partner asked");
            return new PartnerReport(Known: true, [.. PartnerKnows]);
        });

    /// <inheritdoc/>
    [Activity]
    public Task<BookingCancellation> CancelBookingAsync(DeliveryOrderKey key) =>
        CancellationRefusal is { } refusal
            ? Do("CancelBooking", () => new BookingCancellation(Cancelled: false, refusal))
            : Once(
                "CancelBooking",
                $"cancel {key.DeliveryOrderId}",
                "booking cancelled",
                new BookingCancellation(Cancelled: true, Reason: null)
            );

    /// <inheritdoc/>
    [Activity]
    public Task OpenOperatorTaskAsync(OperatorTask task) =>
        Once("OpenOperatorTask", $"open {task.Key} {task.Occasion}", $"task {task.Kind.WireName()}: {task.Detail}");

    /// <inheritdoc/>
    [Activity]
    public Task CloseOperatorTaskAsync(OperatorTaskClosing closing) =>
        Once("CloseOperatorTask", $"close {closing.Key}", $"task closed: {closing.Resolution}");

    /// <summary>The voucher module's activity, as orders call it: by name.</summary>
    [Activity(VoucherMessageNames.Redeem)]
    public Task<VoucherRedemption> RedeemVoucherAsync(VoucherUse use) =>
        Vouchers.TryGetValue(use.Code, out var cents)
            ? Once(
                VoucherMessageNames.Redeem,
                $"redeem {use.OrderId}/{use.Attempt}",
                "voucher redeemed",
                new VoucherRedemption(Redeemed: true, cents, Refusal: null)
            )
            : Do(VoucherMessageNames.Redeem, () => new VoucherRedemption(Redeemed: false, 0, "there is no such voucher"));

    /// <summary>The voucher module's activity, as orders call it: by name.</summary>
    [Activity(VoucherMessageNames.GiveBack)]
    public Task<VoucherRedemption> GiveVoucherBackAsync(VoucherUse use) =>
        Once(
            VoucherMessageNames.GiveBack,
            $"give back {use.OrderId}/{use.Attempt}",
            "voucher given back",
            new VoucherRedemption(Redeemed: false, 0, "given back")
        );

    private static DeliveryStanding Unmoved(Guid deliveryOrderId) =>
        new(
            Made: false,
            DeliveryState.Created,
            PickedUp: false,
            Failure: null,
            PartnerDeliveryNumber: null,
            Actor.System,
            LastReason: null
        );

    private List<string> Missing(Guid orderId) =>
        AnOrder.LinesOf(orderId).Select(line => line.Sku).Where(Short.Contains).Distinct().ToList();

    private static string By(Actor actor, string? reason) =>
        actor == Actor.System ? Because(reason) : $" by {actor.Kind.WireName()}{Because(reason)}";

    private static string Because(string? reason) => reason is null ? string.Empty : $" ({reason})";

    // A settled charge takes the order to FULFILLMENT in its own transaction, with all that follows from it.
    private ChargeResult Charged(Guid orderId, int attempt, ChargeOutcome outcome, string? reason)
    {
        var id = $"pay-{orderId}";
        if (outcome != ChargeOutcome.Settled)
        {
            return new ChargeResult(outcome, id, outcome == ChargeOutcome.Declined ? reason : null);
        }

        var lines = AnOrder.LinesOf(orderId);
        var digital = lines.Count(line => line.Kind == LineKind.Digital);
        Once($"paid {orderId}/{attempt}", true, ["order FULFILLMENT"]);
        Rows.TryAdd(new OrderAttempt(orderId, attempt), OrderStatus.Fulfillment);
        if (digital > 0)
        {
            Once($"grant {orderId}/{attempt}", true, [$"granted {digital}"]);
        }

        var delivery = lines.Count > digital ? Created(orderId, attempt, 1, supersedes: null) : null;
        return new ChargeResult(outcome, id, Reason: null, delivery);
    }

    private DeliveryOrderCreated Created(Guid orderId, int orderAttempt, int attempt, Guid? supersedes)
    {
        var key = $"delivery {orderId}/{orderAttempt}/{attempt}";
        var created = (DeliveryOrderCreated)done.GetOrAdd(key, _ => new DeliveryOrderCreated(Guid.CreateVersion7(), GraphVersion));
        lock (Deliveries)
        {
            if (!Deliveries.Exists(delivery => delivery.Id == created.DeliveryOrderId))
            {
                Deliveries.Add((created.DeliveryOrderId, attempt, supersedes));
            }
        }

        Once($"journal {key}", true, [$"delivery {attempt} created"]);
        return created;
    }

    private Task<OrderStanding> EndAsync(string activity, Guid orderId, int attempt, OrderStanding end, IReadOnlyList<string> entries) =>
        Do(activity, () =>
        {
            var row = Rows.AddOrUpdate(new OrderAttempt(orderId, attempt), end.Status, (_, before) =>
                before.IsOver() ? before : end.Status
            );
            return row == end.Status ? Once($"end {orderId}/{attempt}", end, entries) : new OrderStanding(row);
        });

    private OrderStanding Standing(OrderAttempt attempt)
    {
        var last = Enumerable
            .Range(1, Deliveries.Count)
            .Select(number => done.GetValueOrDefault($"delivery {attempt}/{number}"))
            .OfType<DeliveryOrderCreated>()
            .LastOrDefault()
            ?.DeliveryOrderId;
        var end = done.GetValueOrDefault($"end {attempt}") as OrderStanding;
        return new(
            Rows.GetValueOrDefault(attempt, OrderStatus.PaymentProcessing),
            done.ContainsKey($"charge {attempt}"),
            last,
            last is { } delivery && !IsOver(delivery),
            end?.FailureType,
            end?.Reason
        );
    }

    private bool IsOver(Guid delivery) =>
        DeliveryRows.TryGetValue(delivery, out var row) && DeliveryGraph.OfVersion(GraphVersion).IsTerminal(row.State);

    private Task<bool> Once(string activity, string key, string entry) => Once(activity, key, entry, true);

    private T Once<T>(string key, T result, IReadOnlyList<string> entries)
        where T : notnull
    {
        if (done.TryAdd(key, result))
        {
            foreach (var entry in entries)
            {
                Note(entry);
            }
        }

        return (T)done[key];
    }

    private Task<T> Once<T>(string activity, string key, string entry, T result)
        where T : notnull => Do(activity, () =>
        {
            if (done.TryAdd(key, result))
            {
                Note(entry);
            }

            return (T)done[key];
        });

    private Task<T> Do<T>(string activity, Func<T> effect)
    {
        if (troubles.TryGetValue(activity, out var left) && left > 0)
        {
            troubles[activity] = left == int.MaxValue ? left : left - 1;
            throw new IOException($"{activity} is away");
        }

        if (troubles.ContainsKey($"{activity}!"))
        {
            throw new ApplicationFailureException($"{activity} has a bug", nonRetryable: true);
        }

        var result = effect();
        return troubles.ContainsKey($"{activity}+")
            ? throw new ApplicationFailureException($"{activity}'s answer is lost", nonRetryable: true)
            : Task.FromResult(result);
    }

    private void Note(string entry)
    {
        lock (journal)
        {
            journal.Add(entry);
        }

        Interlocked.Exchange(ref news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
