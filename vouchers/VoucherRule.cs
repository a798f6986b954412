namespace TemporalDelivery.Vouchers;

/// <summary>Which orders earn a voucher, and what it is worth.</summary>
public static class VoucherRule
{
    /// <summary>A fulfilled order of more than this, before any discount, earns one: 10000 does not, 10001 does.</summary>
    public const long ThresholdCents = 10_000;

    /// <summary>What it is worth.</summary>
    public const long AmountCents = 500;
}
