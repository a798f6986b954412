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
        return await ChargeAsync(attempt, await payments.BeginAsync(request, Cancellation));
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
    public Task RecordPaymentOutcomeAsync(PaymentOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return payments.StoreAsync(
            new OrderAttempt(outcome.OrderId, outcome.Attempt),
            outcome.Outcome,
            outcome.PaymentId,
            outcome.Reason,
            Cancellation
        );
    }

    /// <inheritdoc/>
    [Activity]
    public async Task RefundPaymentAsync(RefundRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var attempt = new OrderAttempt(request.OrderId, request.Attempt);
        var payment = await payments.FindOrVoidAsync(attempt, Cancellation);
        if (payment is { Status: "PENDING", AmountCents: > 0, ProviderPaymentId: null })
        {
            // The answer to the charge was lost and only the charge itself, repeated under its key, tells which payment to give back.
            await ChargeAsync(attempt, payment);
            payment = await payments.FindOrVoidAsync(attempt, Cancellation);
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
            return Stored(payment);
        }

        if (payment.AmountCents == 0)
        {
            await payments.StoreAsync(attempt, ChargeOutcome.Settled, null, null, Cancellation);
            return new ChargeResult(ChargeOutcome.Settled, null);
        }

        var charge = await provider.ChargeAsync(attempt, payment.AmountCents, payment.PaymentToken, attempt.ToString(), Cancellation);

        // A repeated charge gets the first answer again, which may be older than what is stored.
        return payment.ProviderPaymentId is not null && charge.Outcome == ChargeOutcome.Pending
            ? new ChargeResult(ChargeOutcome.Pending, charge.PaymentId)
            : await StoreAsync(attempt, charge);
    }

    private async Task<ChargeResult> StoreAsync(OrderAttempt attempt, ProviderCharge charge)
    {
        await payments.StoreAsync(attempt, charge.Outcome, charge.PaymentId, charge.Reason, Cancellation);
        return new ChargeResult(charge.Outcome, charge.PaymentId, charge.Reason);
    }

    private static ChargeResult Stored(StoredPayment payment) =>
        payment.Status switch
        {
            "SETTLED" => new ChargeResult(ChargeOutcome.Settled, payment.ProviderPaymentId),
            _ => new ChargeResult(ChargeOutcome.Declined, payment.ProviderPaymentId, payment.Reason ?? $"The payment is {payment.Status}."),
        };
}
