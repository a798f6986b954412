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

    /// <summary>Events that may wait for a workflow task.</summary>
    public const int BufferedEvents = 100;

    /// <summary>Characters of an id or name.</summary>
    public const int IdLength = 1000;

    /// <summary>Characters of a priority's fairness key.</summary>
    public const int FairnessKeyLength = 64;

    /// <summary>Bytes of one command's or request's payloads.</summary>
    public const int BlobBytes = 2 * 1024 * 1024;

    /// <summary>Events in a page of history.</summary>
    public const int HistoryPageEvents = 256;

    /// <summary>Bytes in a page of history, so that a reply stays below gRPC's usual limit.</summary>
    public const int HistoryPageBytes = 2 * 1024 * 1024;
}
