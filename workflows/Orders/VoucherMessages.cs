namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// What orders say to the voucher module. The two share no types: these records have the JSON shape of the module's own, and are sent to its names.
/// </summary>
public static class VoucherMessageNames
{
    /// <summary>The workflow type that issues a voucher; takes <see cref="EarnedVoucher"/>.</summary>
    public const string Workflow = "VoucherWorkflow";

    /// <summary>Activity: <see cref="VoucherUse"/> → <see cref="VoucherRedemption"/>.</summary>
    public const string Redeem = "RedeemVoucher";

    /// <summary>Activity: <see cref="VoucherUse"/> → <see cref="VoucherRedemption"/>.</summary>
    public const string GiveBack = "GiveVoucherBack";
}

/// <summary>An order earned a voucher.</summary>
/// <param name="OrderId">Which order: one voucher per order.</param>
/// <param name="CustomerId">Whose voucher it will be.</param>
/// <param name="AmountCents">What it is worth.</param>
public sealed record EarnedVoucher(Guid OrderId, Guid CustomerId, long AmountCents);

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
