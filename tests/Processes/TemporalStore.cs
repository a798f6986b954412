namespace TemporalDelivery.Tests.Processes;

/// <summary>Where Temporal keeps its workflows.</summary>
public enum TemporalStore
{
    /// <summary>In the shop's own PostgreSQL, so that it survives being killed.</summary>
    Postgres,

    /// <summary>Nowhere, so that the transactions in the shop's PostgreSQL are the shop's alone.</summary>
    Memory,
}
