namespace TemporalDelivery.Bench.Engine;

/// <summary>A throughput with what it took.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Store">On which store.</param>
/// <param name="Count">Workflows completed (calls, for the ceiling).</param>
/// <param name="Seconds">In this time.</param>
/// <param name="Latency">From start to complete of each, milliseconds.</param>
/// <param name="Events">History events of one workflow.</param>
/// <param name="Calls">Calls that one workflow needs at least; see <see cref="Ceiling"/>.</param>
/// <param name="Cpu">CPU time used meanwhile.</param>
internal sealed record Measurement(
    string Name,
    StoreKind Store,
    int Count,
    double Seconds,
    Percentiles Latency,
    long Events,
    int Calls,
    CpuTimes Cpu
)
{
    /// <summary>Workflows (calls) per second.</summary>
    public double PerSecond => Count / Seconds;

    /// <summary>History events per second.</summary>
    public double EventsPerSecond => PerSecond * Events;

    /// <summary>
    /// Share of the ceiling by the clock: as many bare calls, made at the ceiling's rate, would take this share of the time.
    /// </summary>
    public double ShareOf(Measurement ceiling) => PerSecond * Calls / ceiling.PerSecond;

    /// <summary>The same in CPU time of all processes but the database, which other load on the machine hardly changes.</summary>
    public double CpuShareOf(Measurement ceiling) =>
        ceiling.Cpu.Total.TotalSeconds / ceiling.Count * Calls / ((Cpu.Total - Cpu.Database).TotalSeconds / Count);
}
