using System.Text.Json.Serialization;

namespace TemporalDelivery.Activities.Partner;

/// <summary>How a booking stands with the partner.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BookingState>))]
public enum BookingState
{
    /// <summary>A courier will come.</summary>
    [JsonStringEnumMemberName("BOOKED")]
    Booked,

    /// <summary>The partner did not take it.</summary>
    [JsonStringEnumMemberName("REFUSED")]
    Refused,

    /// <summary>It was called off before the pickup.</summary>
    [JsonStringEnumMemberName("CANCELLED")]
    Cancelled,

    /// <summary>The parcel travels.</summary>
    [JsonStringEnumMemberName("PICKED_UP")]
    PickedUp,

    /// <summary>The customer has it.</summary>
    [JsonStringEnumMemberName("DELIVERED")]
    Delivered,

    /// <summary>It could not be delivered.</summary>
    [JsonStringEnumMemberName("FAILED")]
    Failed,
}
