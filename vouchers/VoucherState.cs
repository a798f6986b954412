using System.Text.Json.Serialization;

namespace TemporalDelivery.Vouchers;

/// <summary>DISABLED → READY → USED; a use that is given back makes it READY again, an operator can make it DISABLED.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VoucherState>))]
public enum VoucherState
{
    /// <summary>Not yet, or no more, to be redeemed.</summary>
    [JsonStringEnumMemberName("DISABLED")]
    Disabled,

    /// <summary>To be redeemed by its customer.</summary>
    [JsonStringEnumMemberName("READY")]
    Ready,

    /// <summary>Redeemed by an order.</summary>
    [JsonStringEnumMemberName("USED")]
    Used,
}
