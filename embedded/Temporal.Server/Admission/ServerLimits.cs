namespace Temporal.Server;

/// <summary>
/// What the server takes on before it says "not now". The names in parentheses are the real server's settings for the same.
/// </summary>
public sealed record ServerLimits
{
    /// <summary>
    /// Calls that wait for something (polls, history long polls, queries, updates) at one time, for each namespace and method
    /// (<c>frontend.namespaceCount</c>; the real server's default is 1200).
    /// </summary>
    public int WaitingCalls { get; init; } = 20_000;

    /// <summary>Other calls in progress at one time, over all namespaces. Each holds its request, of up to 4 MiB, in memory.</summary>
    public int CallsInProgress { get; init; } = 10_000;

    /// <summary>Tasks of one task queue that wait in memory; what does not fit is read from the store again when there is room.</summary>
    public int QueuedTasks { get; init; } = 100_000;

    /// <summary>When workers are advised to poll more or less.</summary>
    public MatchingSettings Matching { get; init; } = new();

    /// <summary>What one workflow run may have, send and become.</summary>
    public WorkflowLimits Workflows { get; init; } = new();

    /// <summary>
    /// Age at which a gRPC connection is asked to go; its calls in progress end in peace (<c>frontend.keepAliveMaxConnectionAge</c>).
    /// </summary>
    public TimeSpan ConnectionAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Silence after which a gRPC connection is asked for a sign of life (<c>frontend.keepAliveTime</c>).</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the sign of life may take (<c>frontend.keepAliveTimeout</c>).</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
