namespace TemporalDelivery.Api.Relay;

/// <summary>How accepted orders get to their workflows. Configuration section <c>Relay</c>.</summary>
internal sealed record RelayOptions
{
    /// <summary>How many workflows are started at once.</summary>
    public int Parallel { get; init; } = 16;

    /// <summary>How often to look without having been woken.</summary>
    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(1);
}
