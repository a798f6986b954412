using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Orders;

/// <summary>An order as it is accepted and as its workflow is started: <see cref="OrderInput"/> without the options.</summary>
/// <param name="OrderId">A UUIDv7, made by whoever accepts.</param>
/// <param name="CustomerId">Who ordered.</param>
/// <param name="Attempt">1, and one more with each retry.</param>
/// <param name="Lines">At the catalogue's prices.</param>
/// <param name="DeliveryAddress">Where physical lines go; null when none is physical.</param>
/// <param name="PaymentToken">What the payment provider charges.</param>
/// <param name="VoucherCode">A voucher to redeem, if any.</param>
public sealed record AcceptedOrder(
    Guid OrderId,
    Guid CustomerId,
    int Attempt,
    IReadOnlyList<OrderLine> Lines,
    Address? DeliveryAddress,
    string PaymentToken,
    string? VoucherCode
);
