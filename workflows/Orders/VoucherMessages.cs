namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// The voucher module's messages, as orders send them. The two share no types: these names are the module's, and these records have the
/// JSON shape of its own.
/// </summary>
public static class VoucherMessageNames
{
    /// <summary>Activity: <see cref="VoucherUse"/> → <see cref="VoucherRedemption"/>.</summary>
    public const string Redeem = "RedeemVoucher";

    /// <summary>Activity: <see cref="VoucherUse"/> → <see cref="VoucherRedemption"/>.</summary>
    public const string GiveBack = "GiveVoucherBack";
}

/// <summary>A use of a voucher by an order attempt: the key of redeeming it and of giving it back.</summary>
/// <param name="Code">As the customer typed it.</param>
/// <param name="OrderId">The order that uses it.</param>
/// <param name="Attempt">The order's attempt.</param>
/// <param name="CustomerId">Who uses it.</param>
public sealed record VoucherUse(string Code, Guid OrderId, int Attempt, Guid CustomerId);

/// <summary>Whether a voucher was redeemed.</summary>
/// <param name="Redeemed">It is used by this order attempt now.</param>
/// <param name="AmountCents">What it takes off; 0 when refused.</param>
/// <param name="Refusal">Why not.</param>
public sealed record VoucherRedemption(bool Redeemed, long AmountCents, string? Refusal);
