namespace Temporal.Server.Visibility;

/// <summary>A parsed list or count query.</summary>
/// <param name="Expression">What must hold; null when everything matches.</param>
/// <param name="GroupByStatus">The query ends with <c>GROUP BY ExecutionStatus</c>; only counts may.</param>
internal sealed record ListFilter(FilterExpression? Expression, bool GroupByStatus)
{
    /// <summary>The query speaks of the namespace division, so the server's own workflows are not hidden from it.</summary>
    public bool NamesDivision => Expression is not null && Names(Expression, SearchAttributeCatalogue.NamespaceDivision);

    private static bool Names(FilterExpression expression, string column) =>
        expression switch
        {
            AndExpression and => Names(and.Left, column) || Names(and.Right, column),
            OrExpression or => Names(or.Left, column) || Names(or.Right, column),
            ComparisonTest test => test.Column.Name == column,
            MembershipTest test => test.Column.Name == column,
            RangeTest test => test.Column.Name == column,
            PrefixTest test => test.Column.Name == column,
            NullTest test => test.Column.Name == column,
            _ => false,
        };
}
