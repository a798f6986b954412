using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Visibility;

/// <summary>A filter as the condition of an SQL statement on table <c>runs</c>. Values are only ever parameters ($1, $2, …).</summary>
internal sealed class FilterSql(NpgsqlParameterCollection parameters)
{
    private readonly StringBuilder sql = new();

    public static string Condition(ListFilter filter, NpgsqlParameterCollection parameters)
    {
        var writer = new FilterSql(parameters);
        writer.sql.Append(filter.NamesDivision ? "TRUE" : "NOT hidden");
        if (filter.Expression is not null)
        {
            writer.sql.Append(" AND ");
            writer.Write(filter.Expression);
        }

        return writer.sql.ToString();
    }

    private void Write(FilterExpression expression)
    {
        switch (expression)
        {
            case AndExpression and:
                Both(and.Left, "AND", and.Right);
                break;
            case OrExpression or:
                Both(or.Left, "OR", or.Right);
                break;
            case NullTest test:
                sql.Append(CultureInfo.InvariantCulture, $"{Scalar(test.Column)} IS {(test.Negated ? "NOT NULL" : "NULL")}");
                break;
            case ComparisonTest test:
                Comparison(test);
                break;
            case MembershipTest test:
                Membership(test);
                break;
            case RangeTest test:
                sql.Append(
                    CultureInfo.InvariantCulture,
                    $"{Scalar(test.Column)} {(test.Negated ? "NOT " : "")}BETWEEN {Parameter(test.Low, test.Column)} AND {Parameter(test.High, test.Column)}"
                );
                break;
            case PrefixTest test:
                sql.Append(
                    CultureInfo.InvariantCulture,
                    $"{(test.Negated ? "NOT " : "")}starts_with({Scalar(test.Column)}, {Parameter(test.Prefix, test.Column)})"
                );
                break;
            default:
                throw new InvalidOperationException($"A filter has an expression {expression.GetType().Name} that has no SQL.");
        }
    }

    private void Both(FilterExpression left, string op, FilterExpression right)
    {
        sql.Append('(');
        Write(left);
        sql.Append(' ').Append(op).Append(' ');
        Write(right);
        sql.Append(')');
    }

    private void Comparison(ComparisonTest test)
    {
        if (test.Column is { IsSystem: false, Type: IndexedValueType.KeywordList or IndexedValueType.Text })
        {
            Contains(
                test.Column,
                test.Value is string[] words ? words : new[] { test.Value },
                negated: test.Operator == ComparisonOperator.NotEqual
            );
        }
        else if (test is { Column.IsSystem: false, Operator: ComparisonOperator.Equal })
        {
            Contains(test.Column, [test.Value], negated: false);
        }
        else
        {
            sql.Append(
                CultureInfo.InvariantCulture,
                $"{Scalar(test.Column)} {test.Operator.Symbol()} {Parameter(test.Value, test.Column)}"
            );
        }
    }

    private void Membership(MembershipTest test)
    {
        if (!test.Column.IsSystem)
        {
            Contains(test.Column, test.Values, test.Negated);
            return;
        }

        sql.Append(CultureInfo.InvariantCulture, $"{Scalar(test.Column)} {(test.Negated ? "NOT " : "")}IN (")
            .AppendJoin(", ", test.Values.Select(value => Parameter(value, test.Column)))
            .Append(')');
    }

    /// <summary>Containment is what the GIN index answers; any of the values will do.</summary>
    private void Contains(SearchAttributeColumn column, IReadOnlyList<object> values, bool negated)
    {
        sql.Append('(');
        if (negated)
        {
            sql.Append(CultureInfo.InvariantCulture, $"{Scalar(column)} IS NOT NULL AND NOT (");
        }

        sql.Append(values.Count == 0 ? "FALSE" : "");
        sql.AppendJoin(
            " OR ",
            values.Select(value => $"attributes @> {Add(IndexedAttributes.Containing(column, value), NpgsqlDbType.Jsonb)}")
        );
        sql.Append(negated ? "))" : ")");
    }

    private string Scalar(SearchAttributeColumn column)
    {
        if (!column.IsSystem)
        {
            var value = $"(attributes ->> {Add(IndexedAttributes.Key(column.Name, column.Type), NpgsqlDbType.Text)})";
            return column.Type switch
            {
                IndexedValueType.Int or IndexedValueType.Datetime => $"{value}::bigint",
                IndexedValueType.Double => $"{value}::double precision",
                IndexedValueType.Bool => $"{value}::boolean",
                _ => $"{value} COLLATE \"C\"",
            };
        }

        return column.Name switch
        {
            "WorkflowId" => "workflow_id",
            "RunId" => "run_id::text COLLATE \"C\"",
            "WorkflowType" => "workflow_type",
            "StartTime" => "start_time",
            "ExecutionTime" => "execution_time",
            "CloseTime" => "close_time",
            "ExecutionStatus" => "status",
            "TaskQueue" => "task_queue",
            "HistoryLength" => "history_length",
            "ExecutionDuration" => "(extract(epoch FROM close_time - execution_time) * 1000000000)::bigint",
            "StateTransitionCount" => "state_transition_count",
            "HistorySizeBytes" => "history_size",
            "ParentWorkflowId" => "parent_workflow_id",
            "ParentRunId" => "parent_run_id",
            "RootWorkflowId" => "root_workflow_id",
            "RootRunId" => "root_run_id",
            _ => throw new InvalidOperationException($"{column.Name} is not a system search attribute."),
        };
    }

    private string Parameter(object value, SearchAttributeColumn column) =>
        value switch
        {
            string text => Add(text.Replace('\0', '\uFFFD'), NpgsqlDbType.Text),
            long number => Add(number, NpgsqlDbType.Bigint),
            double number => Add(number, NpgsqlDbType.Double),
            bool truth => Add(truth, NpgsqlDbType.Boolean),
            DateTimeOffset time when column.IsSystem => Add(time.UtcDateTime, NpgsqlDbType.TimestampTz),
            DateTimeOffset time => Add(time.UtcTicks, NpgsqlDbType.Bigint),
            _ => throw new InvalidOperationException($"{value.GetType().Name} has no SQL."),
        };

    private string Add(object value, NpgsqlDbType type)
    {
        parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        return $"${parameters.Count}";
    }
}
