namespace TemporalDelivery.Vouchers;

/// <summary>Input of <see cref="VoucherWorkflow"/>: somebody earned a voucher.</summary>
/// <param name="OrderId">The order that earned it: there is one voucher per order.</param>
/// <param name="CustomerId">The customer who gets it.</param>
/// <param name="AmountCents">What it is worth, in EUR cents.</param>
public sealed record IssueVoucher(Guid OrderId, Guid CustomerId, long AmountCents);

/// <summary>What <see cref="VoucherWorkflow"/> returns.</summary>
public sealed record IssuedVoucher(Guid VoucherId, string Code);

/// <summary>A use of a voucher by an order attempt: the idempotency key of redeeming it and of giving it back.</summary>
/// <param name="Code">As the customer typed it.</param>
/// <param name="OrderId">The order that uses it.</param>
/// <param name="Attempt">The order's attempt.</param>
/// <param name="CustomerId">The customer who uses it; must be its owner.</param>
public sealed record VoucherUse(string Code, Guid OrderId, int Attempt, Guid CustomerId);

/// <summary>Whether a voucher is redeemed.</summary>
/// <param name="Redeemed">It is used by this order attempt now.</param>
/// <param name="AmountCents">What it takes off, in EUR cents; 0 when not redeemed.</param>
/// <param name="Refusal">Why it is not, for the customer.</param>
public sealed record VoucherRedemption(bool Redeemed, long AmountCents, string? Refusal);
