using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Payments;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Worker.Relays;

/// <summary>
/// The payment provider's events: signals to the workflows of their orders. Money that was settled when no workflow waits for it any more,
/// or a second time, is asked for and refunded; where that cannot be done it becomes an operator's task. Nothing is taken from the event
/// alone: the row says whether the money is expected, the provider whether it is there.
/// </summary>
internal sealed class PaymentEvents(ITemporalClient temporal, LatePayments payments, IServiceScopeFactory scopes) : IEventHandler
{
    private const int MaxReason = 1_000;

    // The pauses add up to two minutes, in which a provider that was restarted answers again.
    private const int TriesBeforeTask = 10;

    private static readonly TimeSpan TellingTime = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public EventSender Sender => EventSender.Payments;

    public async Task<(InboxOutcome Outcome, string? Detail)> HandOnAsync(StoredEvent stored, CancellationToken cancellationToken)
    {
        var told = JsonSerializer.Deserialize<Told>(stored.Body, Json) ?? throw new JsonException("the body is null");
        var paymentEvent = told.Read();
        var attempt = new OrderAttempt(stored.AggregateId, told.Attempt);
        var standing = await payments.FindAsync(attempt, cancellationToken)
            ?? throw new InvalidOperationException($"There is no order {stored.AggregateId}.");
        var isCurrent = standing.OrderAttempt == attempt.Attempt && !standing.IsOver;
        if (isCurrent && standing is { Undoing: false, Status: "PENDING" } && IsTheCharge(standing, paymentEvent))
        {
            // A run that was lost is an operator's task: resumed, it takes the money; undone, it gives the money back.
            return await SignalAsync(attempt, paymentEvent, cancellationToken)
                ? (InboxOutcome.Delivered, null)
                : throw new NotYetException("no workflow of the order is running");
        }

        if (paymentEvent.Outcome == ChargeOutcome.Declined)
        {
            return (InboxOutcome.Late, $"declined; the payment is {standing.Status ?? "unknown"}");
        }

        if (standing.Status is "SETTLED" or "REFUNDED" && standing.ProviderPaymentId == paymentEvent.PaymentId)
        {
            return (InboxOutcome.Delivered, "known before");
        }

        if (isCurrent && standing is { Undoing: true, Status: "PENDING" })
        {
            throw new NotYetException("the order is being undone, its payment included");
        }

        return await GiveBackAsync(stored, attempt, paymentEvent, cancellationToken);
    }

    private async Task<bool> SignalAsync(OrderAttempt attempt, PaymentEvent paymentEvent, CancellationToken cancellationToken)
    {
        try
        {
            await temporal
                .GetWorkflowHandle<OrderWorkflow>(WorkflowIds.Order(attempt.OrderId))
                .SignalAsync(
                    workflow => workflow.PaymentEventAsync(paymentEvent),
                    new WorkflowSignalOptions { Rpc = new RpcOptions { CancellationToken = cancellationToken } }
                );
            return true;
        }
        catch (RpcException failure) when (failure.IsMissingWorkflow())
        {
            return false;
        }
    }

    private async Task<(InboxOutcome Outcome, string? Detail)> GiveBackAsync(
        StoredEvent stored,
        OrderAttempt attempt,
        PaymentEvent settled,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var provider = scope.ServiceProvider.GetRequiredService<IPaymentProvider>();
            switch (await provider.FindAsync(settled.PaymentId, cancellationToken))
            {
                case { Refunded: true }:
                    // Perhaps by this relay, and the answer was lost.
                    await payments.RefundedAsync(attempt, settled.PaymentId, cancellationToken);
                    return (InboxOutcome.Late, "settled, and refunded since");
                case null or { Outcome: ChargeOutcome.Declined }:
                    return (InboxOutcome.Late, "settled, but by the provider's own word the money is not with us");
                case { Outcome: ChargeOutcome.Pending }:
                    throw new NotYetException("settled, but by the provider's own word still pending");
                default:
                    await provider.RefundAsync(settled.PaymentId, LateRefund.Key(attempt, settled.PaymentId), cancellationToken);
                    await payments.RefundedAsync(attempt, settled.PaymentId, cancellationToken);
                    return (InboxOutcome.Late, "settled when nobody waited for it any more: refunded");
            }
        }
        catch (ApplicationFailureException failure) when (failure.NonRetryable)
        {
            return await LeaveToOperatorAsync(attempt, settled, failure.Message, cancellationToken);
        }
        catch (Exception failure) when (stored.Tries >= TriesBeforeTask)
        {
            // It may be this event's time that has run out; an operator is told all the same.
            using var telling = new CancellationTokenSource(TellingTime);
            await LeaveToOperatorAsync(attempt, settled, failure.Message, telling.Token);
            throw;
        }
    }

    private async Task<(InboxOutcome Outcome, string? Detail)> LeaveToOperatorAsync(
        OrderAttempt attempt,
        PaymentEvent settled,
        string reason,
        CancellationToken cancellationToken
    )
    {
        reason = ForeignText.Cut(reason, MaxReason);
        var detail = $"payment {settled.PaymentId} of attempt {attempt.Attempt} was settled, and the order has no use for it: {reason}";
        await payments.OpenTaskAsync(attempt, settled.PaymentId, detail, cancellationToken);
        return (InboxOutcome.Late, detail);
    }

    private static bool IsTheCharge(PaymentStanding standing, PaymentEvent paymentEvent) =>
        standing.ProviderPaymentId is null || standing.ProviderPaymentId == paymentEvent.PaymentId;

    /// <summary>An event in the provider's words.</summary>
    private sealed record Told(string EventId, string Type, string PaymentId, int Attempt, string? Reason)
    {
        public PaymentEvent Read()
        {
            var outcome = ProviderPaymentEvent.OutcomeOf(Type) ?? throw new JsonException($"the type '{Type}' is unknown");
            return new(EventId, PaymentId, outcome, ForeignText.Cut(Reason, MaxReason));
        }
    }
}

/// <summary>Registers <see cref="PaymentEvents"/> and the relay that brings them.</summary>
internal static class PaymentEventsSetup
{
    public static void AddPaymentEvents(this HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PaymentEvents>();
        builder.Services.AddHostedService<InboxRelay<PaymentEvents>>();
    }
}
