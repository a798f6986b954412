using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Store;

/// <summary>One run as lists, counts and filters see it. Written with every commit of the run, so lists are never behind.</summary>
public sealed record VisibilityRecord
{
    /// <summary>Workflow type name.</summary>
    public required string WorkflowType { get; init; }

    /// <summary>Running, or how it ended.</summary>
    public required WorkflowExecutionStatus Status { get; init; }

    /// <summary>The (normal) task queue.</summary>
    public required string TaskQueue { get; init; }

    /// <summary>When the run was created.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>When its first workflow task is (was) due: the start plus any delay.</summary>
    public required DateTimeOffset ExecutionTime { get; init; }

    /// <summary>When it closed; null while open.</summary>
    public DateTimeOffset? CloseTime { get; init; }

    /// <summary>Number of events.</summary>
    public required long HistoryLength { get; init; }

    /// <summary>Serialised size of the events.</summary>
    public required long HistorySizeBytes { get; init; }

    /// <summary>Number of commits of the run, itself counted.</summary>
    public required long StateTransitionCount { get; init; }

    /// <summary>First run id of the chain.</summary>
    public required string FirstRunId { get; init; }

    /// <summary>The request id that started the run; read back as <see cref="CurrentRun.StartRequestId"/>.</summary>
    public required string StartRequestId { get; init; }

    /// <summary>Parent's workflow id, when it is a child.</summary>
    public string? ParentWorkflowId { get; init; }

    /// <summary>Parent's run id, when it is a child.</summary>
    public string? ParentRunId { get; init; }

    /// <summary>Workflow id of the topmost ancestor (its own when it has no parent).</summary>
    public required string RootWorkflowId { get; init; }

    /// <summary>Run id of the topmost ancestor (its own when it has no parent).</summary>
    public required string RootRunId { get; init; }

    /// <summary>Search attributes as payloads, each with <c>type</c> in its metadata. Shared with the engine: do not modify.</summary>
    public required SearchAttributes SearchAttributes { get; init; }

    /// <summary>The memo. Shared with the engine: do not modify.</summary>
    public required Memo Memo { get; init; }
}

/// <summary>One line of a list.</summary>
/// <param name="Run">The run.</param>
/// <param name="Record">Its line.</param>
public sealed record VisibilityRow(RunKey Run, VisibilityRecord Record);

/// <summary>One page of a list.</summary>
/// <param name="Rows">The lines, open runs first, then by close time, newest first.</param>
/// <param name="NextPageToken">Where to go on; empty after the last page.</param>
public sealed record VisibilityPage(IReadOnlyList<VisibilityRow> Rows, ByteString NextPageToken);

/// <summary>A count, by group when the query groups.</summary>
/// <param name="Total">All that match.</param>
/// <param name="Groups">Group value (encoded as a search attribute payload) and count; empty without GROUP BY.</param>
public sealed record VisibilityCount(long Total, IReadOnlyList<(Payload Value, long Count)> Groups);
