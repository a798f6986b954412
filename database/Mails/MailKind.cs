using System.Text.Json.Serialization;

namespace TemporalDelivery.Database.Mails;

/// <summary>What a mail tells.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MailKind>))]
public enum MailKind
{
    /// <summary>An order was accepted.</summary>
    [JsonStringEnumMemberName("ORDER_ACCEPTED")]
    OrderAccepted,

    /// <summary>The partner has picked up the parcel.</summary>
    [JsonStringEnumMemberName("ON_ITS_WAY")]
    OnItsWay,

    /// <summary>The parcel was delivered; with the PIN of its receipt, and until when silence confirms it.</summary>
    [JsonStringEnumMemberName("DELIVERED")]
    Delivered,

    /// <summary>The receipt of the parcel will soon be confirmed by silence.</summary>
    [JsonStringEnumMemberName("RECEIPT_REMINDER")]
    ReceiptReminder,

    /// <summary>A delivery failed: an operator looks at it.</summary>
    [JsonStringEnumMemberName("DELIVERY_FAILED")]
    DeliveryFailed,

    /// <summary>An order failed; with what becomes of the money, and what can be done.</summary>
    [JsonStringEnumMemberName("ORDER_FAILED")]
    OrderFailed,

    /// <summary>An order was cancelled; with what becomes of the money.</summary>
    [JsonStringEnumMemberName("ORDER_CANCELLED")]
    OrderCancelled,

    /// <summary>An order has earned a voucher.</summary>
    [JsonStringEnumMemberName("VOUCHER_EARNED")]
    VoucherEarned,
}
