namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>Why a delivery failed: a reason, and free text.</summary>
public sealed record DeliveryFailure(DeliveryFailureReason Reason, string? Note)
{
    /// <summary>What silence means as a failure; null when it means none (it confirms).</summary>
    public static DeliveryFailure? OfSilence(string silence) => silence switch
    {
        DeliveryEvents.PickupOverdue => new(DeliveryFailureReason.PickupOverdue, null),
        DeliveryEvents.DeliveryOverdue => new(DeliveryFailureReason.DeliveryOverdue, null),
        _ => null,
    };

    /// <summary>What the partner's event says as a failure; null when it tells of none. A reason that we do not know becomes OTHER and a note.</summary>
    public static DeliveryFailure? Of(PartnerEvent partnerEvent)
    {
        ArgumentNullException.ThrowIfNull(partnerEvent);
        return partnerEvent.Type switch
        {
            DeliveryEvents.Rejected => new(DeliveryFailureReason.PartnerRejected, partnerEvent.Reason ?? partnerEvent.Note),
            DeliveryEvents.Failed => WireNames.TryParse<DeliveryFailureReason>(partnerEvent.Reason, out var reason)
                ? new(reason, partnerEvent.Note)
                : new(DeliveryFailureReason.Other, string.Join(": ", new[] { partnerEvent.Reason, partnerEvent.Note }.OfType<string>())),
            _ => null,
        };
    }
}
