namespace TemporalDelivery.Chaos.Audit;

/// <summary>What must be so once everything has come to rest.</summary>
/// <param name="Name">What a difference is called by.</param>
/// <param name="Says">The rule in words.</param>
/// <param name="Sql">
/// Selects what deviates from it: subject, what is expected, what is found. Besides the product's tables it may ask those of
/// <c>Books.sql</c>; <c>differences</c> holds what the rules before it have found.
/// </param>
internal sealed record Rule(string Name, string Says, string Sql)
{
    /// <summary>All of them, in the order in which they are asked.</summary>
    public static readonly IReadOnlyList<Rule> All =
    [
        .. OrderRules.All,
        .. MoneyRules.All,
        .. StockRules.All,
        .. DeliveryRules.All,
        .. VoucherRules.All,
        .. RecordRules.All,
        .. ReaderRules.All,
        .. ReceiverRules.All,
        .. TaskRules.All,
    ];
}
