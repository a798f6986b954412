using System.ComponentModel.DataAnnotations;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Orders;

/// <summary>An order as a customer asks for it. Prices are not the customer's to say.</summary>
/// <param name="CustomerId">Who orders.</param>
/// <param name="Lines">1 to 100 lines.</param>
/// <param name="PaymentToken">What the payment provider charges.</param>
/// <param name="DeliveryAddress">Where physical lines go; the customer's own address when absent.</param>
/// <param name="VoucherCode">A voucher to redeem.</param>
public sealed record OrderRequest(
    [property: Required] Guid? CustomerId,
    [property: Required, Length(1, OrderRules.MaxLines)] IReadOnlyList<OrderLineRequest?>? Lines,
    [property: NotBlank] string? PaymentToken,
    Address? DeliveryAddress = null,
    [property: RegularExpression(TemporalDelivery.Vouchers.VoucherCode.Typed), MaxLength(TemporalDelivery.Vouchers.VoucherCode.MaxTyped)]
        string? VoucherCode = null
);

/// <summary>One line of it.</summary>
/// <param name="Sku">The article.</param>
/// <param name="Quantity">1 to 99.</param>
public sealed record OrderLineRequest(
    [property: NotBlank] string? Sku,
    [property: Required, Range(1, OrderRules.MaxQuantity)] int? Quantity
);
