using System.Globalization;

namespace TemporalDelivery.Simulators.Hosting;

/// <summary>Which part of a list is asked for: what was made from one time on and before another, behind the cursor.</summary>
internal sealed record ListRequest(DateTimeOffset From, DateTimeOffset To, string? Cursor, int Limit)
{
    private const int StandardLimit = 100;
    private const int MaxLimit = 500;

    /// <summary>The fault of a cursor that was not given out.</summary>
    public static Dictionary<string, string[]> UnknownCursor => new() { ["cursor"] = ["Must be one that a page before it named."] };

    /// <summary>Reads <c>from</c>, <c>to</c>, <c>cursor</c> and <c>limit</c> of a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="faults">What is wrong with it; the answer is of no use then.</param>
    public static ListRequest Read(IQueryCollection query, IDictionary<string, string[]> faults)
    {
        var from = Time("from");
        var to = Time("to");
        if (faults.Count == 0 && from > to)
        {
            faults["to"] = ["Must not be before from."];
        }

        var limit = StandardLimit;
        if (
            query.TryGetValue("limit", out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit)
        )
        {
            faults["limit"] = [$"Must be a whole number from 1 to {MaxLimit}."];
        }

        return new ListRequest(from, to, query.TryGetValue("cursor", out var cursor) ? cursor.ToString() : null, limit);

        DateTimeOffset Time(string name)
        {
            if (DateTimeOffset.TryParse(query[name], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return time;
            }

            faults[name] = ["Must be a time like 2026-11-21T10:00:00Z."];
            return default;
        }
    }

    /// <summary>The page's ids, and the next page's cursor; null when the cursor is none that was given out.</summary>
    /// <param name="ids">All ids, in the order in which they were made.</param>
    /// <param name="madeAt">When the one of an id was made.</param>
    public (IReadOnlyList<string> Ids, string? Next)? Select(List<string> ids, Func<string, DateTimeOffset> madeAt)
    {
        var start = Cursor is null ? 0 : ids.IndexOf(Cursor) + 1;
        if (Cursor is not null && start == 0)
        {
            return null;
        }

        var found = ids.Skip(start).Where(id => madeAt(id) >= From && madeAt(id) < To).Take(Limit + 1).ToList();
        return found.Count <= Limit ? (found, null) : (found[..Limit], found[Limit - 1]);
    }
}
