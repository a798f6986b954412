using Google.Protobuf;
using Temporal.Server.Store;
using Temporal.Server.Visibility;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Worker.V1;

namespace Temporal.Server.Workers;

/// <summary>Workers as lines of a list, so that Temporal's list filter applies to them.</summary>
internal static class WorkerList
{
    /// <summary>What a filter may name; TaskQueue and StartTime besides.</summary>
    public static IReadOnlyDictionary<string, IndexedValueType> Attributes { get; } =
        new Dictionary<string, IndexedValueType>
        {
            ["WorkerInstanceKey"] = IndexedValueType.Keyword,
            ["WorkerIdentity"] = IndexedValueType.Keyword,
            ["HostName"] = IndexedValueType.Keyword,
            ["DeploymentName"] = IndexedValueType.Keyword,
            ["BuildId"] = IndexedValueType.Keyword,
            ["SdkName"] = IndexedValueType.Keyword,
            ["SdkVersion"] = IndexedValueType.Keyword,
            ["LastHeartbeatTime"] = IndexedValueType.Datetime,
            ["Status"] = IndexedValueType.Keyword,
        };

    /// <summary>A worker's line.</summary>
    public static VisibilityRow Row(string namespaceId, WorkerHeartbeat heartbeat)
    {
        var start = heartbeat.StartTime?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch;
        var attributes = new SearchAttributes
        {
            IndexedFields =
            {
                ["WorkerInstanceKey"] = Text(heartbeat.WorkerInstanceKey),
                ["WorkerIdentity"] = Text(heartbeat.WorkerIdentity),
                ["HostName"] = Text(heartbeat.HostInfo?.HostName ?? ""),
                ["DeploymentName"] = Text(heartbeat.DeploymentVersion?.DeploymentName ?? ""),
                ["BuildId"] = Text(heartbeat.DeploymentVersion?.BuildId ?? ""),
                ["SdkName"] = Text(heartbeat.SdkName),
                ["SdkVersion"] = Text(heartbeat.SdkVersion),
                ["Status"] = Text(heartbeat.Status.ToString()),
            },
        };
        if (heartbeat.HeartbeatTime?.ToDateTimeOffset() is { } heard)
        {
            attributes.IndexedFields["LastHeartbeatTime"] = Value(
                heard.ToString("o", System.Globalization.CultureInfo.InvariantCulture),
                IndexedValueType.Datetime
            );
        }

        return new VisibilityRow(
            new RunKey(namespaceId, heartbeat.WorkerInstanceKey, heartbeat.WorkerInstanceKey),
            new VisibilityRecord
            {
                WorkflowType = "",
                Status = WorkflowExecutionStatus.Running,
                TaskQueue = heartbeat.TaskQueue,
                StartTime = start,
                ExecutionTime = start,
                HistoryLength = 0,
                HistorySizeBytes = 0,
                StateTransitionCount = 0,
                FirstRunId = "",
                StartRequestId = "",
                RootWorkflowId = "",
                RootRunId = "",
                SearchAttributes = attributes,
                Memo = new Memo(),
            }
        );
    }

    private static Payload Text(string text) => Value(text, IndexedValueType.Keyword);

    private static Payload Value(string text, IndexedValueType type) =>
        new()
        {
            Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain"), ["type"] = ByteString.CopyFromUtf8(type.ToString()) },
            Data = ByteString.CopyFromUtf8(System.Text.Json.JsonSerializer.Serialize(text)),
        };
}
