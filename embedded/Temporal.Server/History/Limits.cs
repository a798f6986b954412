namespace Temporal.Server.History;

/// <summary>Temporal's default limits.</summary>
internal static class Limits
{
    /// <summary>Default time for a workflow task.</summary>
    public static readonly TimeSpan WorkflowTaskTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest time for a workflow task.</summary>
    public static readonly TimeSpan LongestWorkflowTaskTimeout = TimeSpan.FromSeconds(120);

    /// <summary>How long a workflow task that lives in memory only may wait for a worker.</summary>
    public static readonly TimeSpan SpeculativeTaskStart = TimeSpan.FromSeconds(5);

    /// <summary>For how long workflow tasks may be prolonged by empty completions.</summary>
    public static readonly TimeSpan WorkflowTaskHeartbeats = TimeSpan.FromMinutes(30);

    /// <summary>How long a long poll for history or an update waits before it answers that nothing happened.</summary>
    public static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(20);

    /// <summary>How long a worker's poll waits.</summary>
    public static readonly TimeSpan TaskPoll = TimeSpan.FromSeconds(60);

    /// <summary>Events from which on the worker is told to continue as new.</summary>
    public const int SuggestContinueAsNewEvents = 4096;

    /// <summary>History bytes from which on the worker is told to continue as new.</summary>
    public const long SuggestContinueAsNewBytes = 4 * 1024 * 1024;

    /// <summary>Events that a history may have.</summary>
    public const int HistoryEvents = 51_200;

    /// <summary>Bytes that a history may have.</summary>
    public const long HistoryBytes = 50L * 1024 * 1024;

    /// <summary>Open activities, children, signals or cancel requests of a run, each.</summary>
    public const int Pending = 2000;

    /// <summary>Signals that a run may receive.</summary>
    public const int Signals = 10_000;

    /// <summary>Updates in progress.</summary>
    public const int UpdatesInFlight = 10;

    /// <summary>Updates of a run altogether.</summary>
    public const int Updates = 2000;

    /// <summary>Updates of a run from which on the worker is told to continue as new.</summary>
    public const int SuggestContinueAsNewUpdates = 1800;

    /// <summary>Bytes of the requests of the updates in progress.</summary>
    public const int UpdateBytesInFlight = 20 * 1024 * 1024;

    /// <summary>Events that may wait for a workflow task.</summary>
    public const int BufferedEvents = 100;

    /// <summary>Bytes of the events that may wait for a workflow task.</summary>
    public const int BufferedEventBytes = 2 * 1024 * 1024;

    /// <summary>Bytes of an id or name in UTF-8.</summary>
    public const int IdLength = 1000;

    /// <summary>Characters of a priority's fairness key.</summary>
    public const int FairnessKeyLength = 64;

    /// <summary>Bytes of one command's or request's payloads.</summary>
    public const int BlobBytes = 2 * 1024 * 1024;

    /// <summary>Bytes of a memo.</summary>
    public const int MemoBytes = 2 * 1024 * 1024;

    /// <summary>Search attributes of a run.</summary>
    public const int SearchAttributes = 100;

    /// <summary>Bytes of a search attribute's value.</summary>
    public const int SearchAttributeBytes = 2 * 1024;

    /// <summary>Bytes of all search attributes of a run.</summary>
    public const int SearchAttributesBytes = 40 * 1024;

    /// <summary>Bytes of an activity's failure as it is kept for the next attempt; of a longer one only the outline is kept.</summary>
    public const int RetriedFailureBytes = 4 * 1024;

    /// <summary>Bytes that are kept of a failure that exceeds the limit for payloads.</summary>
    public const int OutlinedFailureBytes = 512 * 1024;

    /// <summary>Calls that may wait for their turn at one run.</summary>
    public const int CallsWaitingForRun = 2000;

    /// <summary>Events in a page of history.</summary>
    public const int HistoryPageEvents = 256;

    /// <summary>Bytes in a page of history, so that a reply stays below gRPC's usual limit.</summary>
    public const int HistoryPageBytes = 2 * 1024 * 1024;
}
