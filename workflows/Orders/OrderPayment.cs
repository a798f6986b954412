using TemporalDelivery.Workflows.Effects;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>How an order is paid: a voucher first, then the provider, who may take its time.</summary>
internal sealed class OrderPayment(OrderInput order, EffectRunner effects, UndoStack undo)
{
    private readonly OrderAttempt attempt = new(order.OrderId, order.Attempt);

    // The first word on each charge; it may arrive before the charge's own answer.
    private readonly Dictionary<string, PaymentEvent> heard = new(StringComparer.Ordinal);

    public long DiscountCents { get; private set; }

    public string? PaymentId { get; private set; }

    public void Hear(PaymentEvent paymentEvent)
    {
        if (paymentEvent is { Outcome: not ChargeOutcome.Pending, PaymentId: { } about })
        {
            heard.TryAdd(about, paymentEvent);
        }
    }

    public async Task RedeemVoucherAsync()
    {
        if (order.VoucherCode is not { } code)
        {
            return;
        }

        var use = new VoucherUse(code, order.OrderId, order.Attempt, order.CustomerId);
        undo.Push("give the voucher back", () =>
            effects.CauseByNameAsync<VoucherRedemption>(VoucherMessageNames.GiveBack, use, "give the voucher back", TaskQueues.Vouchers));
        var redemption = await effects.CauseByNameAsync<VoucherRedemption>(VoucherMessageNames.Redeem, use, "redeem the voucher", TaskQueues.Vouchers);
        if (!redemption.Redeemed)
        {
            undo.Drop();
            throw new ApplicationFailureException($"voucherCode: {redemption.Refusal}", OrderFailure.OrderInvalid, nonRetryable: true);
        }

        DiscountCents = Math.Min(redemption.AmountCents, order.TotalCents);
    }

    /// <summary>Charges what the voucher left; a pending charge is waited for, unless somebody stops the order.</summary>
    public async Task ChargeAsync(Func<bool> stopAsked)
    {
        var request = new ChargeRequest(order.OrderId, order.Attempt, order.CustomerId, order.TotalCents - DiscountCents, order.PaymentToken);
        var refund = new RefundRequest(order.OrderId, order.Attempt, "the order did not go through");
        undo.Push("refund the payment", () => effects.CauseAsync((IPaymentActivities payments) => payments.RefundPaymentAsync(refund), "refund the payment"));
        var charge = await effects.CauseAsync((IPaymentActivities payments) => payments.ChargePaymentAsync(request), "charge the payment");
        PaymentId = charge.PaymentId;
        if (charge.Outcome == ChargeOutcome.Pending)
        {
            charge = await WaitForSettlementAsync(charge, stopAsked);
        }

        if (charge.Outcome == ChargeOutcome.Declined)
        {
            undo.Drop();
            throw new ApplicationFailureException(charge.Reason ?? "the payment was declined", OrderFailure.PaymentDeclined, nonRetryable: true);
        }
    }

    private async Task<ChargeResult> WaitForSettlementAsync(ChargeResult pending, Func<bool> stopAsked)
    {
        var paymentId = pending.PaymentId ?? string.Empty;
        await Workflow.WaitConditionAsync(() => heard.ContainsKey(paymentId) || stopAsked(), order.Options.PaymentDeadline, CancellationToken.None);
        if (heard.TryGetValue(paymentId, out var word))
        {
            var outcome = new PaymentOutcome(order.OrderId, order.Attempt, paymentId, word.Outcome, word.Reason);
            await effects.CauseAsync((IPaymentActivities payments) => payments.RecordPaymentOutcomeAsync(outcome), "record the payment's outcome");
            return new ChargeResult(word.Outcome, paymentId, word.Reason);
        }

        if (stopAsked())
        {
            return pending;
        }

        // The event may have been lost: the provider has the last word before the order fails.
        var answer = await effects.CauseAsync((IPaymentActivities payments) => payments.CheckPaymentAsync(attempt), "ask for the payment");
        return answer.Outcome == ChargeOutcome.Pending
            ? throw new ApplicationFailureException(
                $"the payment was still pending after {order.Options.PaymentDeadline}", OrderFailure.PaymentTimedOut, nonRetryable: true)
            : answer;
    }
}
