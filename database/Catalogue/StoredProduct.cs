namespace TemporalDelivery.Database.Catalogue;

/// <summary>An article and its stock.</summary>
/// <param name="Sku">Its number.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Kind">The wire name of its kind.</param>
/// <param name="PriceCents">What orders pay from now on.</param>
/// <param name="OnSale">Whether it may be ordered.</param>
/// <param name="Version">Changes with any of these.</param>
/// <param name="OnHand">How much is on the shelf.</param>
/// <param name="Reserved">How much of that is promised.</param>
/// <param name="InTransit">How much is with the partner.</param>
/// <param name="StockVersion">Changes with any of the last three.</param>
public sealed record StoredProduct(
    string Sku,
    string Name,
    string Kind,
    long PriceCents,
    bool OnSale,
    int Version,
    int OnHand,
    int Reserved,
    int InTransit,
    int StockVersion
)
{
    /// <summary>How much can be promised, and written off.</summary>
    public int Free => OnHand - Reserved;

    /// <summary>Whether an order for one would be taken now.</summary>
    public bool IsAvailable => OnSale && Free > 0;
}
