using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Api.Webhooks;

/// <summary>What the delivery partner says happened.</summary>
/// <param name="EventId">The partner's id of the event: what is sent again bears it again.</param>
/// <param name="Type">An event that the delivery graph lets the partner cause; any other is kept and has no effect.</param>
/// <param name="DeliveryOrderId">Which delivery order.</param>
/// <param name="PartnerDeliveryNumber">The partner's own number; comes with the pickup.</param>
/// <param name="Reason">Why it failed or was rejected.</param>
/// <param name="Note">Free text; cut when it is too long.</param>
/// <param name="OccurredAt">When, by the partner's clock.</param>
/// <param name="Pin">With DELIVERED: the recipient's PIN, a text of six digits, as proof. The right one confirms the receipt at once;
/// anything else proves nothing.</param>
public sealed record PartnerEventRequest(
    [property: Required, Length(1, ReceivedEvent.MaxIdLength)] string? EventId,
    [property: Required, MinLength(1)] string? Type,
    Guid? DeliveryOrderId,
    string? PartnerDeliveryNumber,
    string? Reason,
    string? Note,
    DateTimeOffset? OccurredAt,
    JsonElement? Pin = null
) : IForeignEvent
{
    static IReadOnlyCollection<string> IForeignEvent.Types { get; } =
        DeliveryGraph.OfVersion(DeliveryGraph.CurrentVersion).EventsBy(ActorKind.Partner);

    Guid? IForeignEvent.AggregateId => DeliveryOrderId;

    IEnumerable<EventFault> IForeignEvent.Faults()
    {
        if (DeliveryOrderId is null)
        {
            yield return new("deliveryOrderId", "DELIVERY_MISSING", "deliveryOrderId is required.");
        }

        if (OccurredAt is null)
        {
            yield return new("occurredAt", "TIME_MISSING", "occurredAt is required.");
        }
    }
}
