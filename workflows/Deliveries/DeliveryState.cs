using System.Text.Json.Serialization;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>Where a delivery order stands. The moves between the states are <c>delivery-graph.v*.yaml</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryState>))]
public enum DeliveryState
{
    /// <summary>Recorded and booked with the partner, who has not yet picked up.</summary>
    [JsonStringEnumMemberName("CREATED")]
    Created,

    /// <summary>The partner has it.</summary>
    [JsonStringEnumMemberName("PICKED_UP")]
    PickedUp,

    /// <summary>The partner says that it was handed over.</summary>
    [JsonStringEnumMemberName("DELIVERED")]
    Delivered,

    /// <summary>The customer, an operator with proof, or silence confirmed it. Final.</summary>
    [JsonStringEnumMemberName("DELIVERY_CONFIRMED")]
    DeliveryConfirmed,

    /// <summary>It failed, with a <see cref="DeliveryFailureReason"/>.</summary>
    [JsonStringEnumMemberName("DELIVERY_FAILED")]
    DeliveryFailed,

    /// <summary>An operator decides: redeliver, cancel, or confirm with proof.</summary>
    [JsonStringEnumMemberName("PENDING_BY_OPERATOR")]
    PendingByOperator,

    /// <summary>A new delivery order takes over. Final.</summary>
    [JsonStringEnumMemberName("SUPERSEDED")]
    Superseded,

    /// <summary>Given up; the order is cancelled. Final.</summary>
    [JsonStringEnumMemberName("CANCELLED")]
    Cancelled,
}

/// <summary>Why a delivery failed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryFailureReason>))]
public enum DeliveryFailureReason
{
    /// <summary>The address does not exist or is another's.</summary>
    [JsonStringEnumMemberName("WRONG_ADDRESS")]
    WrongAddress,

    /// <summary>Nobody was there.</summary>
    [JsonStringEnumMemberName("RECIPIENT_ABSENT")]
    RecipientAbsent,

    /// <summary>The recipient did not take it.</summary>
    [JsonStringEnumMemberName("RECIPIENT_REFUSED")]
    RecipientRefused,

    /// <summary>The goods are damaged.</summary>
    [JsonStringEnumMemberName("DAMAGED")]
    Damaged,

    /// <summary>The partner lost it.</summary>
    [JsonStringEnumMemberName("LOST")]
    Lost,

    /// <summary>The driver could not get there.</summary>
    [JsonStringEnumMemberName("ACCESS_DENIED")]
    AccessDenied,

    /// <summary>The partner refused the booking.</summary>
    [JsonStringEnumMemberName("PARTNER_REJECTED")]
    PartnerRejected,

    /// <summary>The partner did not pick up in time.</summary>
    [JsonStringEnumMemberName("PICKUP_OVERDUE")]
    PickupOverdue,

    /// <summary>The partner did not deliver in time.</summary>
    [JsonStringEnumMemberName("DELIVERY_OVERDUE")]
    DeliveryOverdue,

    /// <summary>The customer says that it never came.</summary>
    [JsonStringEnumMemberName("NOT_RECEIVED")]
    NotReceived,

    /// <summary>See the note.</summary>
    [JsonStringEnumMemberName("OTHER")]
    Other,
}
