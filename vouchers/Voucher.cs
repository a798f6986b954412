namespace TemporalDelivery.Vouchers;

/// <summary>A voucher as it stands.</summary>
/// <param name="VoucherId">UUIDv7.</param>
/// <param name="OrderId">The order that earned it.</param>
/// <param name="CustomerId">Its owner.</param>
/// <param name="Code">What its owner types: see <see cref="VoucherCode"/>.</param>
/// <param name="AmountCents">What it takes off an order, in EUR cents.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Version">One more with each change.</param>
/// <param name="CreatedAt">When it was issued (UTC).</param>
public sealed record Voucher(
    Guid VoucherId,
    Guid OrderId,
    Guid CustomerId,
    string Code,
    long AmountCents,
    VoucherState State,
    int Version,
    DateTime CreatedAt
);
