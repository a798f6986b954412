using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Visibility;

/// <summary>Which operator goes with which type of attribute.</summary>
internal static class FilterOperators
{
    public static ComparisonOperator? Comparison(string symbol) =>
        symbol switch
        {
            "=" => ComparisonOperator.Equal,
            "!=" => ComparisonOperator.NotEqual,
            "<" => ComparisonOperator.Less,
            "<=" => ComparisonOperator.LessOrEqual,
            ">" => ComparisonOperator.Greater,
            ">=" => ComparisonOperator.GreaterOrEqual,
            _ => null,
        };

    public static void Require(SearchAttributeColumn column, ComparisonOperator op, int position)
    {
        if (op is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
        {
            RequireOrdered(column, op.Symbol(), position);
        }
    }

    public static void RequireOrdered(SearchAttributeColumn column, string op, int position)
    {
        if (
            column.Type is IndexedValueType.KeywordList or IndexedValueType.Text or IndexedValueType.Bool
            || column.Name == "ExecutionStatus"
        )
        {
            throw Unsupported(column, op, position);
        }
    }

    public static void RequirePrefix(SearchAttributeColumn column, int position)
    {
        if (column.Type != IndexedValueType.Keyword || column.Name == "ExecutionStatus")
        {
            throw Unsupported(column, "STARTS_WITH", position);
        }
    }

    public static void RequireMembership(SearchAttributeColumn column, int position)
    {
        if (column.Type == IndexedValueType.Text)
        {
            throw Unsupported(column, "IN", position);
        }
    }

    private static Rpc.RpcException Unsupported(SearchAttributeColumn column, string op, int position) =>
        FilterTokenizer.Error(position, $"operator {op} is not supported for {column.Name} of type {column.Type}");
}
