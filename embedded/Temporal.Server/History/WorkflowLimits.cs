namespace Temporal.Server;

/// <summary>
/// What one workflow run may have, send and become. The values are the real server's defaults, the names in parentheses its settings for
/// the same (temporalio/temporal, common/dynamicconfig/constants.go).
/// </summary>
public sealed record WorkflowLimits
{
    /// <summary>Time that a workflow task has when the start does not say (<c>history.defaultWorkflowTaskTimeout</c>).</summary>
    public TimeSpan WorkflowTaskTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long workflow tasks may be prolonged by empty completions (<c>history.workflowTaskHeartbeatTimeout</c>).</summary>
    public TimeSpan WorkflowTaskHeartbeats { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How long a long poll for history or an update waits before it answers that nothing happened
    /// (<c>history.longPollExpirationInterval</c>).
    /// </summary>
    public TimeSpan LongPoll { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a query is tried to be answered, however long its caller would wait (fixed in the real server).</summary>
    public TimeSpan QueryWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the store may take for a commit before its caller hears that it may or may not have been made (this server's own).
    /// </summary>
    public TimeSpan Commit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Events from which on the worker is told to continue as new (<c>limit.historyCount.suggestContinueAsNew</c>).</summary>
    public int SuggestContinueAsNewEvents { get; init; } = 4096;

    /// <summary>
    /// History bytes from which on the worker is told to continue as new (<c>limit.historySize.suggestContinueAsNew</c>).
    /// </summary>
    public int SuggestContinueAsNewBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Part of <see cref="Updates" /> from which on the worker is told to continue as new
    /// (<c>history.maxTotalUpdates.suggestContinueAsNewThreshold</c>).
    /// </summary>
    public double SuggestContinueAsNewUpdates { get; init; } = 0.9;

    /// <summary>Events that a history may have (<c>limit.historyCount.error</c>).</summary>
    public int HistoryEvents { get; init; } = 51_200;

    /// <summary>Bytes that a history may have (<c>limit.historySize.error</c>).</summary>
    public int HistoryBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>Open activities (<c>limit.numPendingActivities.error</c>).</summary>
    public int PendingActivities { get; init; } = 2000;

    /// <summary>Open children (<c>limit.numPendingChildExecutions.error</c>).</summary>
    public int PendingChildren { get; init; } = 2000;

    /// <summary>Signals on their way to other workflows (<c>limit.numPendingSignals.error</c>).</summary>
    public int PendingSignals { get; init; } = 2000;

    /// <summary>Cancel requests on their way to other workflows (<c>limit.numPendingCancelRequests.error</c>).</summary>
    public int PendingCancels { get; init; } = 2000;

    /// <summary>Signals that a run may receive (<c>history.maximumSignalsPerExecution</c>).</summary>
    public int Signals { get; init; } = 10_000;

    /// <summary>Updates in progress (<c>history.maxInFlightUpdates</c>).</summary>
    public int UpdatesInFlight { get; init; } = 10;

    /// <summary>Bytes of the requests of the updates in progress (<c>history.maxInFlightUpdatePayloads</c>).</summary>
    public int UpdateBytesInFlight { get; init; } = 20 * 1024 * 1024;

    /// <summary>Updates of a run altogether (<c>history.maxTotalUpdates</c>).</summary>
    public int Updates { get; init; } = 2000;

    /// <summary>Events that may wait for a workflow task (<c>history.maximumBufferedEventsBatch</c>).</summary>
    public int BufferedEvents { get; init; } = 100;

    /// <summary>Bytes of the events that may wait for a workflow task (<c>history.maximumBufferedEventsSizeInBytes</c>).</summary>
    public int BufferedEventBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>
    /// Bytes of an id or name in UTF-8 (<c>limit.maxIDLength</c>). At most the default, which is what the store's keys are made for.
    /// </summary>
    public int IdLength { get; init; } = 1000;

    /// <summary>Bytes of one command's or request's payloads (<c>limit.blobSize.error</c>).</summary>
    public int BlobBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Bytes of a memo (<c>limit.memoSize.error</c>).</summary>
    public int MemoBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>
    /// Bytes of an activity's failure as it is kept for the next attempt; of a longer one only the outline is kept
    /// (<c>limit.mutableStateActivityFailureSize.error</c>).
    /// </summary>
    public int RetriedFailureBytes { get; init; } = 4 * 1024;
}
