using System.Globalization;
using Google.Protobuf;
using Npgsql;
using Temporal.Server.Visibility;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Store.Postgres;

/// <summary>Lists and counts runs with the filter as SQL.</summary>
internal static class VisibilityQueries
{
    public static async Task<VisibilityPage> ListAsync(
        NpgsqlConnection connection,
        Guid namespaceId,
        ListFilter filter,
        int pageSize,
        VisibilityPageToken? after,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand { Connection = connection, Parameters = { new() { Value = namespaceId } } };
        var condition = FilterSql.Condition(filter, command.Parameters);
        var next = command.Parameters.Count + 1;
        if (after is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = after.CloseTime.UtcDateTime });
            command.Parameters.Add(new NpgsqlParameter { Value = after.StartTime.UtcDateTime });
            command.Parameters.Add(
                new NpgsqlParameter
                {
                    Value = Guid.TryParse(after.RunId, out var runId)
                        ? runId
                        : throw Rpc.RpcException.InvalidArgument("Invalid NextPageToken."),
                }
            );
        }

        // The order is that of the index runs_by_time, read backwards.
        var rest = after is null
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"and (coalesce(close_time, 'infinity'), start_time, run_id) < (${next}, ${next + 1}, ${next + 2})"
            );
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            select run_id, workflow_id, workflow_type, status, task_queue, start_time, execution_time, close_time, history_length, history_size,
                   state_transition_count, first_run_id, start_request_id, parent_workflow_id, parent_run_id, root_workflow_id, root_run_id,
                   search_attributes, memo
            from temporal.runs
            where namespace_id = $1 and {condition} {rest}
            order by coalesce(close_time, 'infinity') desc, start_time desc, run_id desc
            limit {pageSize + 1L}
            """
        );
        var rows = new List<VisibilityRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(ReadRow(reader, namespaceId));
        }

        return rows.Count > pageSize
            ? new VisibilityPage(rows[..pageSize], VisibilityPageToken.Of(rows[pageSize - 1]).Write())
            : new VisibilityPage(rows, ByteString.Empty);
    }

    public static async Task<VisibilityCount> CountAsync(
        NpgsqlConnection connection,
        Guid namespaceId,
        ListFilter filter,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand { Connection = connection, Parameters = { new() { Value = namespaceId } } };
        var condition = FilterSql.Condition(filter, command.Parameters);
        command.CommandText = filter.GroupByStatus
            ? $"select status, count(*) from temporal.runs where namespace_id = $1 and {condition} group by status"
            : $"select 0::smallint, count(*) from temporal.runs where namespace_id = $1 and {condition}";
        var groups = new List<(WorkflowExecutionStatus Status, long Count)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            groups.Add(((WorkflowExecutionStatus)reader.GetInt16(0), reader.GetInt64(1)));
        }

        return filter.GroupByStatus ? VisibilityScan.Grouped(groups) : new VisibilityCount(groups[0].Count, []);
    }

    private static VisibilityRow ReadRow(NpgsqlDataReader reader, Guid namespaceId) =>
        new(
            new RunKey(namespaceId.ToString(), reader.GetString(1), reader.GetGuid(0).ToString()),
            new VisibilityRecord
            {
                WorkflowType = reader.GetString(2),
                Status = (WorkflowExecutionStatus)reader.GetInt16(3),
                TaskQueue = reader.GetString(4),
                StartTime = reader.GetFieldValue<DateTimeOffset>(5),
                ExecutionTime = reader.GetFieldValue<DateTimeOffset>(6),
                CloseTime = reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
                HistoryLength = reader.GetInt64(8),
                HistorySizeBytes = reader.GetInt64(9),
                StateTransitionCount = reader.GetInt64(10),
                FirstRunId = reader.GetString(11),
                StartRequestId = reader.GetString(12),
                ParentWorkflowId = reader.IsDBNull(13) ? null : reader.GetString(13),
                ParentRunId = reader.IsDBNull(14) ? null : reader.GetString(14),
                RootWorkflowId = reader.GetString(15),
                RootRunId = reader.GetString(16),
                SearchAttributes = SearchAttributes.Parser.ParseFrom(reader.GetFieldValue<byte[]>(17)),
                Memo = Memo.Parser.ParseFrom(reader.GetFieldValue<byte[]>(18)),
            }
        );
}
