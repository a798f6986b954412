namespace Temporal.Server.Visibility;

/// <summary>
/// A list filter, understood: names are resolved, values have their column's type. There is no "not": the parser turns a negation
/// into the opposite tests (De Morgan), and every test is simply false of a run that lacks the attribute. That equals SQL's
/// three-valued logic, so the evaluator in memory and the SQL agree without thinking about "unknown".
/// </summary>
internal abstract record FilterExpression;

/// <summary>Both hold.</summary>
internal sealed record AndExpression(FilterExpression Left, FilterExpression Right) : FilterExpression;

/// <summary>At least one holds.</summary>
internal sealed record OrExpression(FilterExpression Left, FilterExpression Right) : FilterExpression;

/// <summary>A column against one value. On a list column = means "contains"; on a text column "has one of these words".</summary>
internal sealed record ComparisonTest(SearchAttributeColumn Column, ComparisonOperator Operator, object Value) : FilterExpression;

/// <summary>A column against several values, any of which will do (or none of which, negated).</summary>
internal sealed record MembershipTest(SearchAttributeColumn Column, IReadOnlyList<object> Values, bool Negated) : FilterExpression;

/// <summary>A column between two values, both included (or outside of them, negated).</summary>
internal sealed record RangeTest(SearchAttributeColumn Column, object Low, object High, bool Negated) : FilterExpression;

/// <summary>A keyword that begins with a text (or exists and does not, negated).</summary>
internal sealed record PrefixTest(SearchAttributeColumn Column, string Prefix, bool Negated) : FilterExpression;

/// <summary>The run lacks the attribute (or has it, negated).</summary>
internal sealed record NullTest(SearchAttributeColumn Column, bool Negated) : FilterExpression;

internal enum ComparisonOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal static class ComparisonOperators
{
    public static ComparisonOperator Opposite(this ComparisonOperator op) =>
        op switch
        {
            ComparisonOperator.Equal => ComparisonOperator.NotEqual,
            ComparisonOperator.NotEqual => ComparisonOperator.Equal,
            ComparisonOperator.Less => ComparisonOperator.GreaterOrEqual,
            ComparisonOperator.LessOrEqual => ComparisonOperator.Greater,
            ComparisonOperator.Greater => ComparisonOperator.LessOrEqual,
            _ => ComparisonOperator.Less,
        };

    public static string Symbol(this ComparisonOperator op) =>
        op switch
        {
            ComparisonOperator.Equal => "=",
            ComparisonOperator.NotEqual => "!=",
            ComparisonOperator.Less => "<",
            ComparisonOperator.LessOrEqual => "<=",
            ComparisonOperator.Greater => ">",
            _ => ">=",
        };

    public static bool Holds(this ComparisonOperator op, int order) =>
        op switch
        {
            ComparisonOperator.Equal => order == 0,
            ComparisonOperator.NotEqual => order != 0,
            ComparisonOperator.Less => order < 0,
            ComparisonOperator.LessOrEqual => order <= 0,
            ComparisonOperator.Greater => order > 0,
            _ => order >= 0,
        };
}
