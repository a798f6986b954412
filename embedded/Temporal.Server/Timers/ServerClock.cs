namespace Temporal.Server.Timers;

/// <summary>The time that histories are written in and timers wait for. Microseconds, as the stores keep them.</summary>
public abstract class ServerClock
{
    /// <summary>Now, UTC, whole microseconds.</summary>
    public abstract DateTimeOffset UtcNow { get; }

    /// <summary>Cuts a time down to what every store can hold.</summary>
    protected static DateTimeOffset ToMicroseconds(DateTimeOffset time) =>
        new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}

/// <summary>The machine's clock.</summary>
public sealed class RealClock : ServerClock
{
    /// <inheritdoc/>
    public override DateTimeOffset UtcNow => ToMicroseconds(DateTimeOffset.UtcNow);
}
