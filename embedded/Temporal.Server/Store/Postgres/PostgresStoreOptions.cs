namespace Temporal.Server.Store.Postgres;

/// <summary>How the PostgreSQL store is set up.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>Npgsql connection string or postgresql:// URL.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>How long a call waits for a database that is away before it fails with UNAVAILABLE.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What <see cref="Patience"/> is measured by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// How long to wait for the last owner's session to end. A dead process' ends at once, a dead machine's within seconds.
    /// </summary>
    public TimeSpan OwnerPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Commits that share a transaction at most.</summary>
    public int BatchCommits { get; init; } = 256;

    /// <summary>Commits that may wait; a caller waits for room beyond that.</summary>
    public int QueuedCommits { get; init; } = 10_000;

    /// <summary>
    /// Batches in flight at most, each on a connection of its own: one, and more while a batch is full or takes unusually long.
    /// </summary>
    public int Committers { get; init; } = 2;
}
