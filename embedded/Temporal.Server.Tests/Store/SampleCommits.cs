using Google.Protobuf;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Tests.Store;

/// <summary>Commits of made-up runs, with every field of a write set.</summary>
internal static class SampleCommits
{
    public const string NamespaceId = "0192e000-0000-7000-8000-000000000001";

    public static readonly DateTimeOffset Noon = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_560);

    public static RunKey NewRun(string workflowId) => new(NamespaceId, workflowId, Guid.NewGuid().ToString());

    /// <summary>Creates a run and makes it the current one.</summary>
    public static StoreCommit Start(RunKey run, string? expectedRunId = null) =>
        new()
        {
            Runs = [Write(run, 1, Batch(1, 2))],
            CurrentRuns = [new CurrentRunWrite(run.NamespaceId, run.WorkflowId, run.RunId, expectedRunId)],
        };

    /// <summary>Appends one event to a run that <see cref="Start"/> created.</summary>
    public static StoreCommit Step(RunKey run, long version) => new() { Runs = [Write(run, version, Batch(version + 1, 1))] };

    /// <summary>Closes a run, with nothing left to do.</summary>
    public static StoreCommit Close(RunKey run, long version)
    {
        var write = Write(run, version, Batch(version + 1, 1));
        return new()
        {
            Runs =
            [
                write with
                {
                    NextWake = null,
                    Outstanding = null,
                    Visibility = write.Visibility with { Status = WorkflowExecutionStatus.Completed, CloseTime = Noon.AddHours(version) },
                },
            ],
        };
    }

    public static RunWrite Write(RunKey run, long version, params EventBatch[] events) =>
        new()
        {
            Run = run,
            Version = version,
            Events = events,
            SideRecord = Bytes($"side {version}"),
            Outstanding = Bytes($"outstanding {version}"),
            NextWake = Noon.AddSeconds(version),
            Visibility = new VisibilityRecord
            {
                WorkflowType = "Order",
                Status = WorkflowExecutionStatus.Running,
                TaskQueue = "orders",
                StartTime = Noon,
                ExecutionTime = Noon.AddSeconds(1),
                HistoryLength = version + 1,
                HistorySizeBytes = 100 * version,
                StateTransitionCount = version,
                FirstRunId = run.RunId,
                StartRequestId = "request " + run.RunId,
                ParentWorkflowId = "parent",
                ParentRunId = "0192e000-0000-7000-8000-00000000000f",
                RootWorkflowId = "root",
                RootRunId = "0192e000-0000-7000-8000-00000000000e",
                SearchAttributes = new SearchAttributes { IndexedFields = { ["City"] = Keyword("Köln \0 '\"") } },
                Memo = new Memo { Fields = { ["note"] = Keyword($"version {version}") } },
            },
        };

    public static EventBatch Batch(long firstEventId, int count) => new(firstEventId, count, Bytes($"events {firstEventId}+{count}"));

    public static ReadOnlyMemory<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static Payload Keyword(string text) =>
        new()
        {
            Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain"), ["type"] = ByteString.CopyFromUtf8("Keyword") },
            Data = ByteString.CopyFromUtf8(System.Text.Json.JsonSerializer.Serialize(text)),
        };
}
