using System.Runtime.InteropServices;
using Google.Protobuf;
using NpgsqlTypes;
using Temporal.Server.Visibility;

namespace Temporal.Server.Store.Postgres;

/// <summary>A column of <c>temporal.runs</c>: the one place that says how a write becomes a row.</summary>
internal abstract class RunColumn(string name, NpgsqlDbType type)
{
    /// <summary>All columns, the key first.</summary>
    public static readonly IReadOnlyList<RunColumn> All =
    [
        Of("run_id", NpgsqlDbType.Uuid, write => Guid.Parse(write.Run.RunId)),
        Of("namespace_id", NpgsqlDbType.Uuid, write => Guid.Parse(write.Run.NamespaceId)),
        Of("workflow_id", NpgsqlDbType.Text, write => write.Run.WorkflowId),
        Of("version", NpgsqlDbType.Bigint, write => write.Version),
        Of("side_record", NpgsqlDbType.Bytea, write => Bytes(write.SideRecord)),
        Of("outstanding", NpgsqlDbType.Bytea, write => write.Outstanding is { } bytes ? Bytes(bytes) : null),
        Of("next_wake", NpgsqlDbType.TimestampTz, write => write.NextWake?.UtcDateTime),
        Of("live", NpgsqlDbType.Boolean, write =>
            write.Visibility.CloseTime is null || write.Outstanding is not null || write.NextWake is not null
        ),
        Of("workflow_type", NpgsqlDbType.Text, write => write.Visibility.WorkflowType),
        Of("status", NpgsqlDbType.Smallint, write => (short)write.Visibility.Status),
        Of("task_queue", NpgsqlDbType.Text, write => write.Visibility.TaskQueue),
        Of("start_time", NpgsqlDbType.TimestampTz, write => write.Visibility.StartTime.UtcDateTime),
        Of("execution_time", NpgsqlDbType.TimestampTz, write => write.Visibility.ExecutionTime.UtcDateTime),
        Of("close_time", NpgsqlDbType.TimestampTz, write => write.Visibility.CloseTime?.UtcDateTime),
        Of("history_length", NpgsqlDbType.Bigint, write => write.Visibility.HistoryLength),
        Of("history_size", NpgsqlDbType.Bigint, write => write.Visibility.HistorySizeBytes),
        Of("state_transition_count", NpgsqlDbType.Bigint, write => write.Visibility.StateTransitionCount),
        Of("first_run_id", NpgsqlDbType.Text, write => write.Visibility.FirstRunId),
        Of("start_request_id", NpgsqlDbType.Text, write => write.Visibility.StartRequestId),
        Of("parent_workflow_id", NpgsqlDbType.Text, write => write.Visibility.ParentWorkflowId),
        Of("parent_run_id", NpgsqlDbType.Text, write => write.Visibility.ParentRunId),
        Of("root_workflow_id", NpgsqlDbType.Text, write => write.Visibility.RootWorkflowId),
        Of("root_run_id", NpgsqlDbType.Text, write => write.Visibility.RootRunId),
        Of("search_attributes", NpgsqlDbType.Bytea, write => write.Visibility.SearchAttributes.ToByteArray()),
        Of("memo", NpgsqlDbType.Bytea, write => write.Visibility.Memo.ToByteArray()),
        Of("attributes", NpgsqlDbType.Jsonb, write => IndexedAttributes.ToJson(write.Visibility.SearchAttributes)),
        Of("hidden", NpgsqlDbType.Boolean, write =>
            write.Visibility.SearchAttributes.IndexedFields.ContainsKey(SearchAttributeCatalogue.NamespaceDivision)
        ),
    ];

    /// <summary>The columns' names, separated by commas.</summary>
    public static readonly string Names = string.Join(", ", All.Select(column => column.Name));

    /// <summary>The assignments of an upsert that replace every column but the key.</summary>
    public static readonly string Replacements = string.Join(", ", All.Skip(1).Select(column => $"{column.Name} = excluded.{column.Name}"));

    /// <summary>The column's name.</summary>
    public string Name => name;

    /// <summary>The parameter type of many values of the column.</summary>
    public NpgsqlDbType ArrayType => NpgsqlDbType.Array | type;

    /// <summary>The values of many writes, in their order.</summary>
    public abstract Array Values(IReadOnlyList<RunWrite> writes);

    /// <summary>The bytes, not copied when they are a whole array.</summary>
    public static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();

    private static Column<T> Of<T>(string name, NpgsqlDbType type, Func<RunWrite, T> value) => new(name, type, value);

    private sealed class Column<T>(string name, NpgsqlDbType type, Func<RunWrite, T> value) : RunColumn(name, type)
    {
        public override Array Values(IReadOnlyList<RunWrite> writes)
        {
            var values = new T[writes.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = value(writes[i]);
            }

            return values;
        }
    }
}
