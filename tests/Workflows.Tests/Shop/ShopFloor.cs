using System.Collections.Concurrent;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Outbox;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace TemporalDelivery.Workflows.Tests.Shop;

/// <summary>
/// The activities in memory, as their interfaces promise: keyed, so a repeated call leaves what the first left. What happened is in <see
/// cref="Journal"/>, in order; how the world behaves is said by the properties.
/// </summary>
internal sealed class ShopFloor
    : IOrderCheckActivities,
        IOrderTransitionActivities,
        IDigitalGrantActivities,
        IInventoryActivities,
        IPaymentActivities,
        IDeliveryActivities,
        IPartnerActivities,
        IOutboxActivities,
        IOperatorTaskActivities
{
    private readonly ConcurrentDictionary<string, object> done = new();
    private readonly List<string> journal = [];
    private readonly ConcurrentDictionary<string, int> troubles = new();
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>SKUs of which there are none.</summary>
    public HashSet<string> Short { get; } = [];

    /// <summary>What VALIDATING finds.</summary>
    public List<OrderFault> Faults { get; } = [];

    /// <summary>What the provider answers to a charge.</summary>
    public ChargeOutcome Charge { get; set; } = ChargeOutcome.Settled;

    /// <summary>What the provider answers when asked later.</summary>
    public ChargeOutcome ChargeLater { get; set; } = ChargeOutcome.Pending;

    /// <summary>Why the partner refuses bookings.</summary>
    public string? BookingRefusal { get; set; }

    /// <summary>Why the partner refuses to give up a booking.</summary>
    public string? CancellationRefusal { get; set; }

    /// <summary>What the partner tells when asked.</summary>
    public List<PartnerEvent> PartnerKnows { get; } = [];

    /// <summary>Vouchers that may be redeemed, by code, with their worth.</summary>
    public ConcurrentDictionary<string, long> Vouchers { get; } = new();

    /// <summary>The delivery orders that were created, in order.</summary>
    public List<(Guid Id, NewDeliveryOrder Order)> Deliveries { get; } = [];

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
    public Task<OrderVerdict> CheckOrderAsync(OrderCheck check) => Do("CheckOrder", () => new OrderVerdict([.. Faults]));

    /// <inheritdoc/>
    [Activity]
    public Task RecordOrderTransitionAsync(OrderTransition transition) =>
        Once(
            "RecordOrderTransition",
            $"{transition.WorkflowRunId}/{transition.Sequence}",
            $"order {transition.To.WireName()}{By(transition.Actor, transition.Reason)}"
        );

    /// <inheritdoc/>
    [Activity]
    public Task GrantDigitalItemsAsync(DigitalGrant grant) =>
        Once("GrantDigitalItems", $"grant {grant.OrderId}/{grant.Attempt}", $"granted {grant.Lines.Count}");

    /// <inheritdoc/>
    [Activity]
    public Task RevokeDigitalItemsAsync(OrderAttempt attempt) => Once("RevokeDigitalItems", $"revoke {attempt}", "revoked");

    /// <inheritdoc/>
    [Activity]
    public Task<ReservationResult> ReserveStockAsync(StockReservation reservation)
    {
        var missing = reservation.Lines.Select(line => line.Sku).Where(Short.Contains).ToList();
        return missing.Count > 0
            ? Do("ReserveStock", () => ReservationResult.OutOfStock(missing))
            : Once("ReserveStock", $"reserve {reservation.OrderId}/{reservation.Attempt}", "reserved", ReservationResult.Reserved);
    }

    /// <inheritdoc/>
    [Activity]
    public Task ReleaseStockAsync(OrderAttempt attempt) => Once("ReleaseStock", $"release {attempt}", "released");

    /// <inheritdoc/>
    [Activity]
    public Task CommitStockAsync(OrderAttempt attempt) => Once("CommitStock", $"commit {attempt}", "sold");

    /// <inheritdoc/>
    [Activity]
    public Task<ChargeResult> ChargePaymentAsync(ChargeRequest request) =>
        Charge == ChargeOutcome.Declined
            ? Do("ChargePayment", () => new ChargeResult(ChargeOutcome.Declined, "pay-1", "no money"))
            : Once(
                "ChargePayment",
                $"charge {request.OrderId}/{request.Attempt}",
                $"charged {request.AmountCents}",
                new ChargeResult(Charge, $"pay-{request.OrderId}")
            );

    /// <inheritdoc/>
    [Activity]
    public Task<ChargeResult> CheckPaymentAsync(OrderAttempt attempt) =>
        Once(
            "CheckPayment",
            $"check {attempt}",
            "asked for the payment",
            new ChargeResult(ChargeLater, $"pay-{attempt.OrderId}", ChargeLater == ChargeOutcome.Declined ? "no money" : null)
        );

    /// <inheritdoc/>
    [Activity]
    public Task RecordPaymentOutcomeAsync(PaymentOutcome outcome) =>
        Once("RecordPaymentOutcome", $"outcome {outcome.OrderId}/{outcome.Attempt}", $"payment {outcome.Outcome.WireName()}");

    /// <inheritdoc/>
    [Activity]
    public Task RefundPaymentAsync(RefundRequest request) =>
        Once("RefundPayment", $"refund {request.OrderId}/{request.Attempt}", "refunded");

    /// <inheritdoc/>
    [Activity]
    public Task<DeliveryOrderCreated> CreateDeliveryOrderAsync(NewDeliveryOrder order)
    {
        var key = $"delivery {order.OrderId}/{order.OrderAttempt}/{order.Attempt}";
        var created = (DeliveryOrderCreated)done.GetOrAdd(key, _ => new DeliveryOrderCreated(Guid.CreateVersion7()));
        lock (Deliveries)
        {
            if (!Deliveries.Exists(delivery => delivery.Id == created.DeliveryOrderId))
            {
                Deliveries.Add((created.DeliveryOrderId, order));
            }
        }

        return Once("CreateDeliveryOrder", $"journal {key}", $"delivery {order.Attempt} created", created);
    }

    /// <inheritdoc/>
    [Activity]
    public Task RecordDeliveryTransitionAsync(DeliveryTransition transition) =>
        Once(
            "RecordDeliveryTransition",
            $"{transition.WorkflowRunId}/{transition.Sequence}",
            $"delivery {transition.To.WireName()}{(transition.Failure is { } failure ? $" {failure.Reason.WireName()}" : null)}{By(transition.Actor, null)}"
        );

    /// <inheritdoc/>
    [Activity]
    public Task RecordStaleEventAsync(StalePartnerEvent stale) =>
        Once("RecordStaleEvent", $"stale {stale.DeliveryOrderId}/{stale.Event.EventId}", $"stale {stale.Event.Type}");

    /// <inheritdoc/>
    [Activity]
    public Task<BookingResult> BookDeliveryAsync(DeliveryBooking booking) =>
        Once(
            "BookDelivery",
            $"book {booking.DeliveryOrderId}",
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
    public Task PublishDeliveryConfirmedAsync(DeliveryConfirmed confirmed) =>
        Once("PublishDeliveryConfirmed", $"confirmed {confirmed.DeliveryOrderId}", "published delivery.confirmed");

    /// <inheritdoc/>
    [Activity]
    public Task PublishOrderCompletedAsync(OrderCompleted completed) =>
        Once("PublishOrderCompleted", $"completed {completed.OrderId}", "published order.completed");

    /// <inheritdoc/>
    [Activity]
    public Task OpenOperatorTaskAsync(OperatorTask task) =>
        Once("OpenOperatorTask", $"open {task.Key}", $"task {task.Kind.WireName()}: {task.Detail}");

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

    private static string By(Actor actor, string? reason) =>
        actor == Actor.System ? Because(reason) : $" by {actor.Kind.WireName()}{Because(reason)}";

    private static string Because(string? reason) => reason is null ? string.Empty : $" ({reason})";

    private Task<bool> Once(string activity, string key, string entry) => Once(activity, key, entry, true);

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

        return troubles.ContainsKey($"{activity}!")
            ? throw new ApplicationFailureException($"{activity} has a bug", nonRetryable: true)
            : Task.FromResult(effect());
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
