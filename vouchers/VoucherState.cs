using System.Text.Json.Serialization;

namespace TemporalDelivery.Vouchers;

/// <summary>DISABLED → READY → USED; a use that is given back makes it READY again, an operator can make it DISABLED.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VoucherState>))]
public enum VoucherState
{
    /// <summary>Being issued, or taken out of use: it cannot be redeemed.</summary>
    [JsonStringEnumMemberName("DISABLED")]
    Disabled,

    /// <summary>Its owner can redeem it.</summary>
    [JsonStringEnumMemberName("READY")]
    Ready,

    /// <summary>An order has redeemed it.</summary>
    [JsonStringEnumMemberName("USED")]
    Used,
}
