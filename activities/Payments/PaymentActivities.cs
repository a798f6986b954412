using TemporalDelivery.Database.Payments;
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
        var payment = await payments.FindAsync(attempt, Cancellation) ?? await payments.BeginAsync(request, Cancellation);
        return await ChargeAsync(attempt, payment);
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
        if (payment.Status != "PENDING" || payment.ProviderPaymentId is not { } paymentId)
        {
            return await ChargeAsync(attempt, payment);
        }

        var answer = await provider.FindAsync(paymentId, Cancellation);
        return await StoreAsync(attempt, answer);
    }

    /// <inheritdoc/>
    [Activity]
    public async Task<ChargeResult> RecordPaymentOutcomeAsync(PaymentOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var attempt = new OrderAttempt(outcome.OrderId, outcome.Attempt);
        return Result(await payments.StoreAsync(attempt, outcome.Outcome, outcome.PaymentId, outcome.Reason, Cancellation));
    }

    /// <inheritdoc/>
    [Activity]
    public async Task RefundPaymentAsync(RefundRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var attempt = new OrderAttempt(request.OrderId, request.Attempt);
        var payment = await payments.BeginGivingBackAsync(attempt, Cancellation);
        if (payment is { Status: "PENDING", AmountCents: > 0, ProviderPaymentId: null })
        {
            // The answer to the charge was lost and only the charge itself, repeated under its key, tells which payment to give back.
            await ChargeAsync(attempt, payment);
            payment = await payments.BeginGivingBackAsync(attempt, Cancellation);
        }

        if (payment.Status is not ("PENDING" or "SETTLED"))
        {
            return;
        }

        if (payment.ProviderPaymentId is { } paymentId)
        {
            await provider.RefundAsync(paymentId, attempt.ToString(), Cancellation);
        }

        await payments.GiveBackAsync(attempt, request.Reason, Cancellation);
    }

    private async Task<ChargeResult> ChargeAsync(OrderAttempt attempt, StoredPayment payment)
    {
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

    private async Task<ChargeResult> StoreAsync(OrderAttempt attempt, ProviderCharge charge) =>
        Result(await payments.StoreAsync(attempt, charge.Outcome, charge.PaymentId, charge.Reason, Cancellation));

    private static ChargeResult Result(StoredPayment payment) =>
        payment.Status switch
        {
            "SETTLED" => new ChargeResult(ChargeOutcome.Settled, payment.ProviderPaymentId, Reason: null, payment.Delivery),
            "PENDING" => new ChargeResult(ChargeOutcome.Pending, payment.ProviderPaymentId),
            _ => new ChargeResult(ChargeOutcome.Declined, payment.ProviderPaymentId, payment.Reason ?? $"The payment is {payment.Status}."),
        };
}
