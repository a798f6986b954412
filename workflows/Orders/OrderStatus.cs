using System.Text.Json.Serialization;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>Where an order stands. Stored and shown by its wire name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderStatus>))]
public enum OrderStatus
{
    /// <summary>Accepted and stored; its workflow is not yet at work.</summary>
    [JsonStringEnumMemberName("PENDING")]
    Pending,

    /// <summary>The rules of POST are repeated for what changed since.</summary>
    [JsonStringEnumMemberName("VALIDATING")]
    Validating,

    /// <summary>Stock is being reserved for all lines.</summary>
    [JsonStringEnumMemberName("INVENTORY_CHECK")]
    InventoryCheck,

    /// <summary>A voucher is being redeemed and the payment charged.</summary>
    [JsonStringEnumMemberName("PAYMENT_PROCESSING")]
    PaymentProcessing,

    /// <summary>Paid: e-books are granted, physical lines are on their way.</summary>
    [JsonStringEnumMemberName("FULFILLMENT")]
    Fulfillment,

    /// <summary>The customer has everything. Final.</summary>
    [JsonStringEnumMemberName("COMPLETED")]
    Completed,

    /// <summary>A business rule refused it and every effect was undone. Its owner may retry it.</summary>
    [JsonStringEnumMemberName("FAILED")]
    Failed,

    /// <summary>Cancelled by its owner or an operator and every effect undone. Final.</summary>
    [JsonStringEnumMemberName("CANCELLED")]
    Cancelled,
}

/// <summary>What follows from where an order stands.</summary>
public static class OrderStatuses
{
    /// <summary>Whether its attempt has come to an end: COMPLETED, FAILED or CANCELLED, which are declared last.</summary>
    public static bool IsOver(this OrderStatus status) => status >= OrderStatus.Completed;
}
