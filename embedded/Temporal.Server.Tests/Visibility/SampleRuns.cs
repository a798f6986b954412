using Google.Protobuf;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Tests.Visibility;

/// <summary>Four runs that between them have every kind of attribute, and the server's own workflow that lists hide.</summary>
internal static class SampleRuns
{
    public const string NamespaceId = "0192e000-0000-7000-8000-000000000001";

    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly IReadOnlyDictionary<string, IndexedValueType> Custom = new Dictionary<string, IndexedValueType>
    {
        ["City"] = IndexedValueType.Keyword,
        ["Tags"] = IndexedValueType.KeywordList,
        ["Note"] = IndexedValueType.Text,
        ["Amount"] = IndexedValueType.Int,
        ["Weight"] = IndexedValueType.Double,
        ["Urgent"] = IndexedValueType.Bool,
        ["Due"] = IndexedValueType.Datetime,
        ["odd name"] = IndexedValueType.Keyword,
    };

    public static IReadOnlyList<VisibilityRow> All { get; } =
    [
        Run(
            "a",
            "Order",
            WorkflowExecutionStatus.Running,
            start: 0,
            close: null,
            ("City", "Keyword", "\"Köln\""),
            ("Tags", "KeywordList", "[\"red\",\"blue\"]"),
            ("Amount", "Int", "5"),
            ("Urgent", "Bool", "true")
        ),
        Run(
            "b",
            "Order",
            WorkflowExecutionStatus.Completed,
            start: 1,
            close: 91,
            ("City", "Keyword", "\"Bonn\""),
            ("Tags", "KeywordList", "[\"red\"]"),
            ("Amount", "Int", "-7"),
            ("Weight", "Double", "2.5"),
            ("Note", "Text", "\"Fragile, handle with CARE\"")
        ),
        Run(
            "c",
            "Delivery",
            WorkflowExecutionStatus.Failed,
            start: 2,
            close: 12,
            ("Urgent", "Bool", "false"),
            ("Due", "Datetime", "\"2026-05-02T08:00:00+02:00\""),
            ("odd name", "Keyword", "\"it's \\\"odd\\\"\"")
        ),
        Run("d", "Delivery", WorkflowExecutionStatus.Running, start: 3, close: null, parent: "a"),
        Run(
            "hidden",
            "scheduler",
            WorkflowExecutionStatus.Running,
            start: 4,
            close: null,
            ("TemporalNamespaceDivision", "Keyword", "\"TemporalScheduler\"")
        ),
    ];

    public static string RunId(string workflowId) =>
        $"0192e000-0000-7000-8000-{Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(workflowId)).PadLeft(12, '0')}";

    private static VisibilityRow Run(
        string id,
        string type,
        WorkflowExecutionStatus status,
        int start,
        int? close,
        params (string Name, string Type, string Json)[] attributes
    ) => Run(id, type, status, start, close, null, attributes);

    private static VisibilityRow Run(
        string id,
        string type,
        WorkflowExecutionStatus status,
        int start,
        int? close,
        string? parent,
        params (string Name, string Type, string Json)[] attributes
    )
    {
        var indexed = new SearchAttributes();
        foreach (var (name, valueType, json) in attributes)
        {
            indexed.IndexedFields[name] = new Payload
            {
                Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain"), ["type"] = ByteString.CopyFromUtf8(valueType) },
                Data = ByteString.CopyFromUtf8(json),
            };
        }

        return new VisibilityRow(
            new RunKey(NamespaceId, id, RunId(id)),
            new VisibilityRecord
            {
                WorkflowType = type,
                Status = status,
                TaskQueue = "queue-" + id,
                StartTime = Noon.AddMinutes(start),
                ExecutionTime = Noon.AddMinutes(start),
                CloseTime = close is { } minutes ? Noon.AddMinutes(minutes) : null,
                HistoryLength = 10 + start,
                HistorySizeBytes = 1000,
                StateTransitionCount = 3,
                FirstRunId = RunId(id),
                StartRequestId = "request-" + id,
                ParentWorkflowId = parent,
                ParentRunId = parent is null ? null : RunId(parent),
                RootWorkflowId = parent ?? id,
                RootRunId = RunId(parent ?? id),
                SearchAttributes = indexed,
                Memo = new Memo(),
            }
        );
    }
}
