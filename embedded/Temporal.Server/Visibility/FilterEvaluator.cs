using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Visibility;

/// <summary>Decides in memory whether a run matches a filter.</summary>
internal static class FilterEvaluator
{
    public static bool Matches(ListFilter filter, VisibilityRow row) =>
        (filter.NamesDivision || !row.Record.SearchAttributes.IndexedFields.ContainsKey(SearchAttributeCatalogue.NamespaceDivision))
        && (filter.Expression is null || Holds(filter.Expression, row));

    private static bool Holds(FilterExpression expression, VisibilityRow row) =>
        expression switch
        {
            AndExpression and => Holds(and.Left, row) && Holds(and.Right, row),
            OrExpression or => Holds(or.Left, row) || Holds(or.Right, row),
            NullTest test => Value(test.Column, row) is null != test.Negated,
            ComparisonTest test => Value(test.Column, row) is { } value && Compares(value, test.Operator, test.Value),
            MembershipTest test => Value(test.Column, row) is { } value
                && test.Values.Any(item => Compares(value, ComparisonOperator.Equal, item)) != test.Negated,
            RangeTest test => Value(test.Column, row) is { } value
                && (Order(value, test.Low) >= 0 && Order(value, test.High) <= 0) != test.Negated,
            PrefixTest test => Value(test.Column, row) is string value
                && value.StartsWith(test.Prefix, StringComparison.Ordinal) != test.Negated,
            _ => throw new InvalidOperationException(
                $"A filter has an expression {expression.GetType().Name} that the evaluator does not know."
            ),
        };

    private static bool Compares(object value, ComparisonOperator op, object wanted) =>
        value is string[] several
            ? (wanted is string[] words ? words.Any(several.Contains) : several.Contains((string)wanted))
                == (op == ComparisonOperator.Equal)
            : op.Holds(Order(value, wanted));

    private static int Order(object left, object right) =>
        (left, right) switch
        {
            (string a, string b) => string.CompareOrdinal(a, b),
            (long a, long b) => a.CompareTo(b),
            (double a, double b) => a.CompareTo(b),
            (bool a, bool b) => a.CompareTo(b),
            (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
            _ => throw new InvalidOperationException($"{left.GetType().Name} does not compare with {right.GetType().Name}."),
        };

    private static object? Value(SearchAttributeColumn column, VisibilityRow row) =>
        column.IsSystem ? SystemValue(column.Name, row)
        : row.Record.SearchAttributes.IndexedFields.TryGetValue(column.Name, out var payload)
        && IndexedValue.TypeOf(payload) is var type
        && (type == column.Type || type == IndexedValueType.Unspecified)
            ? IndexedValue.Read(payload, column.Type)
        : null;

    private static object? SystemValue(string name, VisibilityRow row) =>
        name switch
        {
            "WorkflowId" => row.Run.WorkflowId,
            "RunId" => row.Run.RunId,
            "WorkflowType" => row.Record.WorkflowType,
            "StartTime" => row.Record.StartTime,
            "ExecutionTime" => row.Record.ExecutionTime,
            "CloseTime" => row.Record.CloseTime,
            "ExecutionStatus" => (long)row.Record.Status,
            "TaskQueue" => row.Record.TaskQueue,
            "HistoryLength" => row.Record.HistoryLength,
            "ExecutionDuration" => row.Record.CloseTime is { } close
                ? (close - row.Record.ExecutionTime).Ticks * TimeSpan.NanosecondsPerTick
                : null,
            "StateTransitionCount" => row.Record.StateTransitionCount,
            "HistorySizeBytes" => row.Record.HistorySizeBytes,
            "ParentWorkflowId" => row.Record.ParentWorkflowId,
            "ParentRunId" => row.Record.ParentRunId,
            "RootWorkflowId" => row.Record.RootWorkflowId,
            "RootRunId" => row.Record.RootRunId,
            _ => throw new InvalidOperationException($"{name} is not a system search attribute."),
        };
}
