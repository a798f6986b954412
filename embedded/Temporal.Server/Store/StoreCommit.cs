namespace Temporal.Server.Store;

/// <summary>
/// One atomic change: all of it is durable, or none. Usually one run; two when a run starts its successor
/// (continue-as-new, retry) or replaces a running one (terminate-existing).
/// </summary>
public sealed record StoreCommit
{
    /// <summary>The runs written, each at most once.</summary>
    public required IReadOnlyList<RunWrite> Runs { get; init; }

    /// <summary>Workflow ids that now mean another run.</summary>
    public IReadOnlyList<CurrentRunWrite> CurrentRuns { get; init; } = [];
}
