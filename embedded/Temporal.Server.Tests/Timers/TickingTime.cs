namespace Temporal.Server.Tests.Timers;

/// <summary>
/// A time that goes on by a microsecond with each look and not by itself: what is looked at later is later, and nothing becomes due however
/// long the machine takes. Begins now, so that a server after another one is not before it.
/// </summary>
internal sealed class TickingTime : TimeProvider
{
    private long ticks = DateTimeOffset.UtcNow.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Add(ref ticks, TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
