using TemporalDelivery.Api.Problems;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Api.Webhooks;

/// <summary>What the delivery partner says happened.</summary>
/// <param name="EventId">The partner's id of the event: what is sent again bears it again.</param>
/// <param name="Type">An event that the delivery graph lets the partner cause.</param>
/// <param name="DeliveryOrderId">Which delivery order.</param>
/// <param name="PartnerDeliveryNumber">The partner's own number; comes with the pickup.</param>
/// <param name="Reason">Why it failed or was rejected.</param>
/// <param name="Note">Free text.</param>
/// <param name="OccurredAt">When, by the partner's clock.</param>
public sealed record PartnerEventRequest(
    string? EventId,
    string? Type,
    Guid? DeliveryOrderId,
    string? PartnerDeliveryNumber,
    string? Reason,
    string? Note,
    DateTimeOffset? OccurredAt
)
{
    private const int MaxIdLength = 200;
    private static readonly IReadOnlyList<string> Types = DeliveryGraph.OfVersion(DeliveryGraph.CurrentVersion).EventsBy(ActorKind.Partner);

    /// <summary>What is missing or unknown.</summary>
    public IReadOnlyList<Fault> Faults()
    {
        var faults = new List<Fault>();
        if (string.IsNullOrWhiteSpace(EventId) || EventId.Length > MaxIdLength)
        {
            faults.Add(new("#/eventId", "EVENT_ID", $"eventId is a text of 1 to {MaxIdLength} characters."));
        }

        if (!Types.Contains(Type))
        {
            faults.Add(new("#/type", "UNKNOWN_TYPE", $"type is one of {string.Join(", ", Types)}."));
        }

        if (DeliveryOrderId is null)
        {
            faults.Add(new("#/deliveryOrderId", "DELIVERY_MISSING", "deliveryOrderId is required."));
        }

        if (OccurredAt is null)
        {
            faults.Add(new("#/occurredAt", "TIME_MISSING", "occurredAt is required."));
        }

        return faults;
    }
}
