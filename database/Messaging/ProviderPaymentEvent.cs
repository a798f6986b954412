using System.ComponentModel.DataAnnotations;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Messaging;

/// <summary>What the payment provider says became of a pending charge.</summary>
/// <param name="EventId">The provider's id of the event: what is sent again bears it again.</param>
/// <param name="Type">payment.settled or payment.succeeded, payment.declined or payment.failed.</param>
/// <param name="PaymentId">The provider's id of the charge.</param>
/// <param name="OrderId">The order that it pays.</param>
/// <param name="Attempt">The order's attempt that it pays.</param>
/// <param name="Reason">Why it was declined; cut when it is too long.</param>
/// <param name="OccurredAt">When, by the provider's clock.</param>
public sealed record ProviderPaymentEvent(
    [property: Required, Length(1, ReceivedEvent.MaxIdLength)] string? EventId,
    [property: Required, MinLength(1)] string? Type,
    string? PaymentId,
    Guid? OrderId,
    int? Attempt,
    string? Reason,
    DateTimeOffset? OccurredAt
) : IForeignEvent
{
    private static readonly Dictionary<string, ChargeOutcome> Outcomes = new(StringComparer.Ordinal)
    {
        ["payment.settled"] = ChargeOutcome.Settled,
        ["payment.succeeded"] = ChargeOutcome.Settled,
        ["payment.declined"] = ChargeOutcome.Declined,
        ["payment.failed"] = ChargeOutcome.Declined,
    };

    static IReadOnlyCollection<string> IForeignEvent.Types => Outcomes.Keys;

    Guid? IForeignEvent.AggregateId => OrderId;

    /// <summary>What a type means; null for one that we do not know.</summary>
    public static ChargeOutcome? OutcomeOf(string type) => Outcomes.TryGetValue(type, out var outcome) ? outcome : null;

    IEnumerable<EventFault> IForeignEvent.Faults()
    {
        if (!ReceivedEvent.IsId(PaymentId))
        {
            yield return new("paymentId", "PAYMENT_MISSING", "paymentId is required.");
        }

        if (OrderId is null)
        {
            yield return new("orderId", "ORDER_MISSING", "orderId is required.");
        }

        if (Attempt is null or < 1)
        {
            yield return new("attempt", "ATTEMPT_MISSING", "attempt is a number from 1.");
        }
    }
}
