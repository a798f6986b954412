using System.Text.Json.Serialization;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// What an OrderWorkflow is started with: what decides its course. The rest (lines, address, means of payment) stands in the order's rows,
/// where the steps read it.
/// </summary>
/// <param name="OrderId">UUIDv7; the workflow id is <see cref="WorkflowIds.Order"/> of it.</param>
/// <param name="CustomerId">Who ordered.</param>
/// <param name="Attempt">1, and one more with each retry of a FAILED order. With the order id it is the idempotency key of every
/// step.</param>
/// <param name="TotalCents">The sum of all lines in EUR cents, before any discount.</param>
/// <param name="VoucherCode">A voucher to redeem, if any.</param>
/// <param name="Options">Deadlines; missing ones take their defaults.</param>
/// <param name="Lines">How many lines it has, for the summaries.</param>
public sealed record OrderInput(
    Guid OrderId,
    Guid CustomerId,
    int Attempt,
    long TotalCents,
    string? VoucherCode,
    OrderOptions Options,
    int Lines = 0
);

/// <summary>One line of an order.</summary>
/// <param name="Sku">The article.</param>
/// <param name="Name">Its name when ordered.</param>
/// <param name="Quantity">1 to 99.</param>
/// <param name="UnitPriceCents">The catalogue's price in EUR cents when ordered.</param>
/// <param name="Kind">Whether it travels.</param>
public sealed record OrderLine(string Sku, string Name, int Quantity, long UnitPriceCents, LineKind Kind)
{
    /// <summary>Quantity times unit price, in cents.</summary>
    [JsonIgnore]
    public long TotalCents => Quantity * UnitPriceCents;
}

/// <summary>Whether a line travels.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LineKind>))]
public enum LineKind
{
    /// <summary>Goes through a delivery order.</summary>
    [JsonStringEnumMemberName("PHYSICAL")]
    Physical,

    /// <summary>Granted at once (an e-book); never gets a delivery order.</summary>
    [JsonStringEnumMemberName("DIGITAL")]
    Digital,
}
