using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>How an order is paid: first by its voucher, then by a charge, which may stay pending for a while.</summary>
internal sealed class OrderPayment(OrderInput order, EffectRunner effects)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromSeconds(1);

    // The first event of each charge. It may arrive before the answer to the charge itself.
    private readonly Dictionary<string, PaymentEvent> events = new(StringComparer.Ordinal);

    /// <summary>What the voucher took off.</summary>
    public long DiscountCents { get; private set; }

    /// <summary>The provider's id of the charge.</summary>
    public string? PaymentId { get; private set; }

    /// <summary>Whether this run has asked the provider.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>Keeps the provider's event for the charge that it is about.</summary>
    public void Receive(PaymentEvent paymentEvent)
    {
        if (paymentEvent is { Outcome: not ChargeOutcome.Pending, PaymentId: { } paymentId })
        {
            events.TryAdd(paymentId, paymentEvent);
        }
    }

    /// <summary>Redeems the order's voucher.</summary>
    /// <exception cref="ApplicationFailureException">ORDER_INVALID: it cannot be redeemed.</exception>
    public async Task RedeemVoucherAsync()
    {
        var redemption = await effects.RunByNameAsync<VoucherRedemption>(
            VoucherMessageNames.Redeem,
            Use,
            "redeem the voucher",
            TaskQueues.Vouchers,
            new StepOutcome<VoucherRedemption>("REFUSED", release => Task.FromResult(new VoucherRedemption(false, 0, release.Reason)))
        );
        if (!redemption.Redeemed)
        {
            throw new ApplicationFailureException($"voucherCode: {redemption.Refusal}", OrderFailure.OrderInvalid, nonRetryable: true);
        }

        DiscountCents = Math.Min(redemption.AmountCents, order.TotalCents);
    }

    /// <summary>Undoes the redemption.</summary>
    public Task GiveVoucherBackAsync() =>
        effects.RunByNameAsync<VoucherRedemption>(
            VoucherMessageNames.GiveBack,
            Use,
            "give the voucher back",
            TaskQueues.Vouchers,
            new StepOutcome<VoucherRedemption>("DONE", release => Task.FromResult(new VoucherRedemption(false, 0, release.Reason)))
        );

    /// <summary>Charges what the voucher left over. A pending charge is waited for, unless the order is stopped.</summary>
    /// <param name="stopAsked">Whether somebody wants the order stopped.</param>
    /// <param name="isAheadAsync">Whether the order's row says that another run has brought it further: then it does not stop here.</param>
    /// <returns>Settled; or pending, when the order is stopped.</returns>
    /// <exception cref="ApplicationFailureException">PAYMENT_DECLINED, or PAYMENT_TIMED_OUT.</exception>
    public async Task<ChargeResult> ChargeAsync(Func<bool> stopAsked, Func<Task<bool>> isAheadAsync)
    {
        var request = Request;
        IsAsked = true;
        var charge = await effects.RunAsync(
            (IPaymentActivities payments) => payments.ChargePaymentAsync(request),
            "charge the payment",
            outcomes: Outcomes
        );
        PaymentId = charge.PaymentId;
        if (charge.Outcome == ChargeOutcome.Pending)
        {
            charge = await WaitForSettlementAsync(charge, stopAsked, isAheadAsync);
        }

        return charge.Outcome == ChargeOutcome.Declined
            ? throw new ApplicationFailureException(
                charge.Reason ?? "the payment was declined",
                OrderFailure.PaymentDeclined,
                nonRetryable: true
            )
            : charge;
    }

    /// <summary>Undoes the charge, whatever became of it.</summary>
    public Task RefundAsync()
    {
        var refund = new RefundRequest(order.OrderId, order.Attempt, "the order did not go through");
        return effects.RunAsync(
            (IPaymentActivities payments) => payments.RefundPaymentAsync(refund),
            "refund the payment",
            done: _ => effects.RunLocalAsync((IPaymentActivities payments) => payments.RecordRefundAsync(refund), "record the refund")
        );
    }

    private ChargeRequest Request => new(order.OrderId, order.Attempt, DiscountCents);

    private VoucherUse Use => new(order.VoucherCode!, order.OrderId, order.Attempt, order.CustomerId);

    /// <summary>
    /// What an operator may know of a charge that nobody else can tell; it is written down as the provider's word would be.
    /// </summary>
    private IReadOnlyList<StepOutcome<ChargeResult>> Outcomes =>
        [
            new(
                "SETTLED",
                release => RecordAsync(new(Request, release.Reference, ChargeOutcome.Settled, release.Reason)),
                NeedsReference: true
            ),
            new("DECLINED", release => RecordAsync(new(Request, release.Reference, ChargeOutcome.Declined, release.Reason))),
        ];

    private Task<ChargeResult> RecordAsync(PaymentOutcome outcome) =>
        effects.RunLocalAsync((IPaymentActivities payments) => payments.RecordPaymentOutcomeAsync(outcome), "record the payment's outcome");

    private async Task<ChargeResult> WaitForSettlementAsync(ChargeResult pending, Func<bool> stopAsked, Func<Task<bool>> isAheadAsync)
    {
        var paymentId = pending.PaymentId ?? string.Empty;
        var deadline = Workflow.UtcNow + order.Options.PaymentDeadline;
        for (var patience = Longest(order.Options.PaymentPoll, ShortestPoll); ; patience *= 2)
        {
            var left = deadline - Workflow.UtcNow;
            var isLast = left <= patience;
            await Workflow.WaitConditionWithOptionsAsync(
                new(
                    () => events.ContainsKey(paymentId) || stopAsked(),
                    isLast ? Longest(left, ShortestWait) : patience,
                    $"waiting for the payment until {WorkflowPage<OrderVersion>.Text(deadline)}",
                    CancellationToken.None
                )
            );
            if (events.TryGetValue(paymentId, out var settlement))
            {
                return await RecordAsync(new PaymentOutcome(Request, paymentId, settlement.Outcome, settlement.Reason));
            }

            if (stopAsked())
            {
                return await isAheadAsync() ? await AskAsync() : pending;
            }

            // The event may have been lost.
            var answer = await AskAsync();
            if (answer.Outcome != ChargeOutcome.Pending)
            {
                return answer;
            }

            if (isLast)
            {
                throw new ApplicationFailureException(
                    $"the payment was still pending after {order.Options.PaymentDeadline}",
                    OrderFailure.PaymentTimedOut,
                    nonRetryable: true
                );
            }
        }
    }

    private Task<ChargeResult> AskAsync()
    {
        var attempt = new OrderAttempt(order.OrderId, order.Attempt);
        return effects.RunAsync(
            (IPaymentActivities payments) => payments.CheckPaymentAsync(attempt),
            "ask for the payment",
            outcomes: Outcomes
        );
    }

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) =>
        TimeSpan.FromTicks(Math.Max(one.Ticks, other.Ticks));
}
