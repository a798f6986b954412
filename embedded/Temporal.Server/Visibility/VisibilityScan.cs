using Google.Protobuf;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Visibility;

/// <summary>Lists and counts by looking at every row: what the in-memory store does.</summary>
public static class VisibilityScan
{
    /// <summary>See <see cref="IExecutionStore.ListAsync"/>.</summary>
    /// <exception cref="RpcException">InvalidArgument: the query is wrong; the message says where.</exception>
    public static VisibilityPage List(
        IEnumerable<VisibilityRow> rows,
        string query,
        IReadOnlyDictionary<string, IndexedValueType> customAttributes,
        int pageSize,
        ByteString pageToken
    )
    {
        var filter = ForList(query, customAttributes);
        var after = VisibilityPageToken.Read(pageToken);
        var matching = rows.Where(row => FilterEvaluator.Matches(filter, row))
            .Select(row => (Place: VisibilityPageToken.Of(row), Row: row))
            .Where(line => after is null || line.Place.CompareTo(after) > 0)
            .OrderBy(line => line.Place)
            .Take(pageSize + 1)
            .ToList();
        return new VisibilityPage(
            [.. matching.Take(pageSize).Select(line => line.Row)],
            matching.Count > pageSize ? matching[pageSize - 1].Place.Write() : ByteString.Empty
        );
    }

    /// <summary>See <see cref="IExecutionStore.CountAsync"/>.</summary>
    /// <exception cref="RpcException">InvalidArgument: the query is wrong; the message says where.</exception>
    public static VisibilityCount Count(
        IEnumerable<VisibilityRow> rows,
        string query,
        IReadOnlyDictionary<string, IndexedValueType> customAttributes
    )
    {
        var filter = FilterParser.Parse(query, customAttributes);
        var matching = rows.Where(row => FilterEvaluator.Matches(filter, row));
        return filter.GroupByStatus
            ? Grouped(matching.CountBy(row => row.Record.Status).Select(group => (group.Key, (long)group.Value)))
            : new VisibilityCount(matching.LongCount(), []);
    }

    internal static ListFilter ForList(string query, IReadOnlyDictionary<string, IndexedValueType> customAttributes) =>
        FilterParser.Parse(query, customAttributes) is { GroupByStatus: false } filter
            ? filter
            : throw RpcException.InvalidArgument("invalid query: operation is not supported: 'GROUP BY' clause is for counts only");

    internal static VisibilityCount Grouped(IEnumerable<(WorkflowExecutionStatus Status, long Count)> groups)
    {
        var ordered = groups.OrderBy(group => group.Status).ToList();
        return new VisibilityCount(
            ordered.Sum(group => group.Count),
            [.. ordered.Select(group => (StatusPayload(group.Status), group.Count))]
        );
    }

    private static Payload StatusPayload(WorkflowExecutionStatus status) =>
        new()
        {
            Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain"), ["type"] = ByteString.CopyFromUtf8("Keyword") },
            Data = ByteString.CopyFromUtf8($"\"{status}\""),
        };
}
