namespace Temporal.Server.History;

/// <summary>Limits that are the same on every server; those that can be set are <see cref="WorkflowLimits" />.</summary>
internal static class Limits
{
    /// <summary>Longest time for a workflow task.</summary>
    public static readonly TimeSpan LongestWorkflowTaskTimeout = TimeSpan.FromSeconds(120);

    /// <summary>How long a workflow task that lives in memory only may wait for a worker.</summary>
    public static readonly TimeSpan SpeculativeTaskStart = TimeSpan.FromSeconds(5);

    /// <summary>How long a worker's poll waits.</summary>
    public static readonly TimeSpan TaskPoll = TimeSpan.FromSeconds(60);

    /// <summary>Search attributes of a run.</summary>
    public const int SearchAttributes = 100;

    /// <summary>Bytes of a search attribute's value.</summary>
    public const int SearchAttributeBytes = 2 * 1024;

    /// <summary>Bytes of all search attributes of a run.</summary>
    public const int SearchAttributesBytes = 40 * 1024;

    /// <summary>Bytes that are kept of a failure that exceeds the limit for payloads.</summary>
    public const int OutlinedFailureBytes = 512 * 1024;

    /// <summary>Calls that may wait for their turn at one run.</summary>
    public const int CallsWaitingForRun = 2000;

    /// <summary>Events in a page of history.</summary>
    public const int HistoryPageEvents = 256;

    /// <summary>Bytes in a page of history, so that a reply stays below gRPC's usual limit.</summary>
    public const int HistoryPageBytes = 2 * 1024 * 1024;
}
