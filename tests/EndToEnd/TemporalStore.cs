namespace TemporalDelivery.EndToEnd;

/// <summary>Where Temporal keeps its workflows.</summary>
internal enum TemporalStore
{
    /// <summary>In the shop's own PostgreSQL, so that it survives being killed.</summary>
    Postgres,

    /// <summary>Nowhere, so that the transactions in the shop's PostgreSQL are the shop's alone.</summary>
    Memory,
}
