namespace TemporalDelivery.Database;

/// <summary>One page of a list.</summary>
/// <param name="Items">In the list's order.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
/// <typeparam name="TItem">What is listed.</typeparam>
/// <typeparam name="TCursor">The place in the list's order, a value type.</typeparam>
public sealed record Page<TItem, TCursor>(IReadOnlyList<TItem> Items, TCursor? Next)
    where TCursor : struct
{
    /// <summary>A page from one row more than it may hold: the extra row says that there is a next page.</summary>
    internal static Page<TItem, TCursor> From(IReadOnlyList<TItem> rows, int limit, Func<TItem, TCursor> cursor) =>
        rows.Count <= limit ? new(rows, null) : new([.. rows.Take(limit)], cursor(rows[limit - 1]));
}
