namespace TemporalDelivery.Worker.Hosting;

/// <summary>Whether the host is at work: PostgreSQL and Temporal have answered since it started.</summary>
sealed class Readiness
{
    volatile bool _ready;

    /// <summary>Whether both have answered.</summary>
    public bool IsReady => _ready;

    /// <summary>Both have answered.</summary>
    public void Reached() => _ready = true;
}
