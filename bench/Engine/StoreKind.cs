namespace TemporalDelivery.Bench.Engine;

/// <summary>Where the measured server keeps its runs.</summary>
internal enum StoreKind
{
    /// <summary>In its own memory.</summary>
    Memory,

    /// <summary>In PostgreSQL, as its disk is.</summary>
    Postgres,

    /// <summary>In PostgreSQL with every commit two milliseconds slower, as on a real disk.</summary>
    PostgresSlowCommits,
}
