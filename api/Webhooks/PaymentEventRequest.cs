using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Webhooks;

/// <summary>What the payment provider says became of a pending charge.</summary>
/// <param name="EventId">The provider's id of the event: what is sent again bears it again.</param>
/// <param name="Type">payment.settled or payment.declined; any other is kept and has no effect.</param>
/// <param name="PaymentId">The provider's id of the charge.</param>
/// <param name="OrderId">The order that it pays.</param>
/// <param name="Attempt">The order's attempt that it pays.</param>
/// <param name="Reason">Why it was declined; cut when it is too long.</param>
/// <param name="OccurredAt">When, by the provider's clock.</param>
public sealed record PaymentEventRequest(
    string? EventId,
    string? Type,
    string? PaymentId,
    Guid? OrderId,
    int? Attempt,
    string? Reason,
    DateTimeOffset? OccurredAt
) : IForeignEvent
{
    static IReadOnlyList<string> IForeignEvent.Types { get; } = ["payment.settled", "payment.declined"];

    Guid? IForeignEvent.AggregateId => OrderId;

    IEnumerable<Fault> IForeignEvent.Faults()
    {
        if (!ForeignEvent.IsId(PaymentId))
        {
            yield return new("#/paymentId", "PAYMENT_MISSING", "paymentId is required.");
        }

        if (OrderId is null)
        {
            yield return new("#/orderId", "ORDER_MISSING", "orderId is required.");
        }

        if (Attempt is null or < 1)
        {
            yield return new("#/attempt", "ATTEMPT_MISSING", "attempt is a number from 1.");
        }
    }
}
