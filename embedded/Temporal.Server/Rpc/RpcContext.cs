namespace Temporal.Server.Rpc;

/// <summary>What a call carries besides its request.</summary>
/// <param name="Deadline">How long the caller waits from now on; <see cref="Timeout.InfiniteTimeSpan"/> when it did not say.</param>
/// <param name="Metadata">Request headers, lower-case names.</param>
/// <param name="CancellationToken">Ends with the caller's abort, the deadline, or the server's forced stop.</param>
public sealed record RpcContext(TimeSpan Deadline, IReadOnlyDictionary<string, string> Metadata, CancellationToken CancellationToken);
