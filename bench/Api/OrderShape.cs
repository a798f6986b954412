namespace TemporalDelivery.Bench.Api;

/// <summary>What is ordered.</summary>
internal sealed record OrderShape(string Name, string Sku)
{
    /// <summary>Nothing to deliver: the pipeline alone.</summary>
    public static readonly OrderShape Digital = new("e-book", "EBOOK-SQL");

    /// <summary>With a delivery: partner, webhooks, the customer's confirmation.</summary>
    public static readonly OrderShape Physical = new("physical", "BOOK-DDIA");

    /// <summary>The shape with this name, a hyphen more or less.</summary>
    public static bool TryFind(string name, ref OrderShape shape)
    {
        if (
            Array.Find([Digital, Physical], each =>
                each.Name.Replace("-", "", StringComparison.Ordinal) == name.Replace("-", "", StringComparison.Ordinal)
            )
            is not { } found
        )
        {
            return false;
        }

        shape = found;
        return true;
    }
}
