using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Catalogue;

/// <summary>What the shop's staff does to an article.</summary>
/// <param name="Sku">Which.</param>
/// <param name="Actor">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Request">An id of the request: what it asks for is done once. Null when it has none.</param>
public abstract record ProductChange(Sku Sku, Actor Actor, string Reason, string? Request)
{
    /// <summary>The article is to be so from now on; it is made when there is none.</summary>
    /// <param name="Sku">Which.</param>
    /// <param name="Actor">Who.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Request">An id of the request, or null.</param>
    /// <param name="Name">What it is called.</param>
    /// <param name="Kind">Its kind, which never changes; null: the one that it has.</param>
    /// <param name="PriceCents">Its price.</param>
    /// <param name="OnSale">Whether it may be ordered.</param>
    /// <param name="MustExist">True: it is not made. False: it is not changed. Null: whichever it takes.</param>
    /// <param name="MayChange">Whether its version is one that the caller has seen; null when that does not matter.</param>
    public sealed record Put(
        Sku Sku,
        Actor Actor,
        string Reason,
        string? Request,
        string Name,
        LineKind? Kind,
        long PriceCents,
        bool OnSale,
        bool? MustExist,
        Func<int, bool>? MayChange
    ) : ProductChange(Sku, Actor, Reason, Request);

    /// <summary>So many more are on the shelf, or less.</summary>
    /// <param name="Sku">Which.</param>
    /// <param name="Actor">Who.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Request">An id of the request, or null.</param>
    /// <param name="Units">How many more; not 0.</param>
    public sealed record Stock(Sku Sku, Actor Actor, string Reason, string? Request, int Units)
        : ProductChange(Sku, Actor, Reason, Request);
}

/// <summary>Whether a change of an article was made.</summary>
public enum ProductVerdict
{
    /// <summary>The article was made, now or before.</summary>
    Created,

    /// <summary>The article is as it was wanted, now or since before.</summary>
    Changed,

    /// <summary>There is no such article.</summary>
    Unknown,

    /// <summary>The article is not as the caller believes: it has changed, it exists, or it does not.</summary>
    Outdated,

    /// <summary>A new article needs a kind.</summary>
    KindMissing,

    /// <summary>The article is of another kind.</summary>
    OtherKind,

    /// <summary>More would be written off than is free.</summary>
    TooFew,

    /// <summary>More would be on the shelf than can be counted.</summary>
    TooMany,
}

/// <summary>What became of a change.</summary>
/// <param name="Verdict">Whether it was made.</param>
/// <param name="Product">How the article stands now; null when there is none.</param>
public sealed record ProductOutcome(ProductVerdict Verdict, StoredProduct? Product);
