using TemporalDelivery.Database.Payments;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Payments;

/// <inheritdoc cref="IPaymentActivities"/>
/// <remarks>
/// The payment is stored as PENDING before the provider is asked, and the provider is asked under one key for each order and attempt:
/// whatever is lost on the way, asking again finds the same charge.
/// </remarks>
public sealed class PaymentActivities(PaymentStore payments, IPaymentProvider provider) : IPaymentActivities
{
    private static CancellationToken Cancellation => ActivityExecutionContext.Current.CancellationToken;

    /// <inheritdoc/>
    [Activity]
    public async Task<ChargeResult> ChargePaymentAsync(ChargeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var attempt = new OrderAttempt(request.OrderId, request.Attempt);
        return await ChargeAsync(attempt, await FindOrBeginAsync(attempt, request));
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<ChargeResult> CheckPaymentAsync(OrderAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var payment = await payments.FindAsync(attempt, Cancellation)
            ?? throw new ApplicationFailureException(
                $"Order attempt {attempt} has no payment to check.",
                errorType: "NO_PAYMENT",
                nonRetryable: true
            );
        return payment is { Status: "PENDING", AmountCents: > 0 } && await provider.FindAsync(attempt, Cancellation) is { } charge
            ? await StoreAsync(attempt, charge)
            : await ChargeAsync(attempt, payment);
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<ChargeResult> RecordPaymentOutcomeAsync(PaymentOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var attempt = new OrderAttempt(outcome.Charge.OrderId, outcome.Charge.Attempt);
        await FindOrBeginAsync(attempt, outcome.Charge);
        return Result(await payments.StoreAsync(attempt, outcome.Outcome, outcome.PaymentId, outcome.Reason, Cancellation));
    }

    /// <inheritdoc/>
    [Activity]
    public async Task RefundPaymentAsync(RefundRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var attempt = new OrderAttempt(request.OrderId, request.Attempt);
        while (!await TryGiveBackAsync(attempt, request.Reason))
        {
            // A charge that was on its way was stored after the provider had been asked for it.
        }
    }

    /// <inheritdoc/>
    [Activity]
    public async Task RecordRefundAsync(RefundRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var attempt = new OrderAttempt(request.OrderId, request.Attempt);
        StoredPayment payment;
        do
        {
            payment = await payments.BeginGivingBackAsync(attempt, Cancellation);
        } while (
            payment.Status is "PENDING" or "SETTLED"
            && !await payments.GiveBackAsync(attempt, payment.ProviderPaymentId, request.Reason, Cancellation)
        );
    }

    private async Task<bool> TryGiveBackAsync(OrderAttempt attempt, string reason)
    {
        var payment = await payments.BeginGivingBackAsync(attempt, Cancellation);
        if (payment.Status is not ("PENDING" or "SETTLED"))
        {
            return true;
        }

        // The provider's word decides: what is stored may be older, or the answer to the charge was lost.
        var charge = payment.AmountCents > 0 ? await provider.FindAsync(attempt, Cancellation) : null;
        if (charge is { Refunded: false, Outcome: not ChargeOutcome.Declined })
        {
            await StoreAsync(attempt, charge);
            await provider.RefundAsync(charge.PaymentId, RefundKey(attempt), Cancellation);
        }
        else if (charge is { Refunded: false } declined && payment.Status == "PENDING")
        {
            await StoreAsync(attempt, declined);
            return true;
        }
        else if (charge is null or { Refunded: false } && payment is { Status: "SETTLED", AmountCents: > 0 })
        {
            throw new ApplicationFailureException(
                $"The provider settled payment {payment.ProviderPaymentId} and now says that it is {charge?.Outcome.WireName() ?? "unknown"}.",
                errorType: "PROVIDER_CONTRADICTION",
                nonRetryable: true
            );
        }

        return await payments.GiveBackAsync(attempt, charge?.PaymentId ?? payment.ProviderPaymentId, reason, Cancellation);
    }

    private async Task<StoredPayment> FindOrBeginAsync(OrderAttempt attempt, ChargeRequest request) =>
        await payments.FindAsync(attempt, Cancellation) ?? await payments.BeginAsync(request, Cancellation);

    private async Task<ChargeResult> ChargeAsync(OrderAttempt attempt, StoredPayment payment)
    {
        if (payment is { Status: "VOIDED", AmountCents: > 0 } && await provider.FindAsync(attempt, Cancellation) is { } late)
        {
            // An earlier try of this charge may have reached the provider after the undo had asked for it.
            await SendBackAsync(attempt, late);
        }

        if (payment.Status != "PENDING")
        {
            return Result(payment);
        }

        if (payment.AmountCents == 0)
        {
            return Result(await payments.StoreAsync(attempt, ChargeOutcome.Settled, null, null, Cancellation));
        }

        var charge = await provider.ChargeAsync(attempt, payment.AmountCents, payment.PaymentToken, attempt.ToString(), Cancellation);

        // A repeated charge gets the first answer again, which may be older than what is stored.
        return payment.ProviderPaymentId is not null && charge.Outcome == ChargeOutcome.Pending
            ? Result(payment)
            : await StoreAsync(attempt, charge);
    }

    private async Task<ChargeResult> StoreAsync(OrderAttempt attempt, ProviderCharge charge)
    {
        var payment = await payments.StoreAsync(attempt, charge.Outcome, charge.PaymentId, charge.Reason, Cancellation);
        if (payment.Status is not ("SETTLED" or "PENDING"))
        {
            // The order was undone, or an operator said that nothing was charged, while the charge was on its way.
            await SendBackAsync(attempt, charge);
        }

        return Result(payment);
    }

    private async Task SendBackAsync(OrderAttempt attempt, ProviderCharge charge)
    {
        if (charge is { Refunded: false, Outcome: not ChargeOutcome.Declined })
        {
            await provider.RefundAsync(charge.PaymentId, RefundKey(attempt), Cancellation);
        }
        else if (!charge.Refunded)
        {
            return;
        }

        // What an earlier try has refunded may not have been stored by it.
        await payments.GiveBackAsync(attempt, charge.PaymentId, "it came when the order was undone", Cancellation);
    }

    // Providers whose keys are an account's, whatever the call, refuse a charge's key for its refund.
    private static string RefundKey(OrderAttempt attempt) => $"{attempt}/refund";

    private static ChargeResult Result(StoredPayment payment) =>
        payment.Status switch
        {
            "SETTLED" => new ChargeResult(ChargeOutcome.Settled, payment.ProviderPaymentId, Reason: null, payment.Delivery),
            "PENDING" => new ChargeResult(ChargeOutcome.Pending, payment.ProviderPaymentId),
            _ => new ChargeResult(ChargeOutcome.Declined, payment.ProviderPaymentId, payment.Reason ?? $"The payment is {payment.Status}."),
        };
}
