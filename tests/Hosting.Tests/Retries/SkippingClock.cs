namespace TemporalDelivery.Hosting.Tests.Retries;

/// <summary>A clock that lets every timer fire at once and notes how long each would have waited.</summary>
internal sealed class SkippingClock : TimeProvider
{
    public List<TimeSpan> Pauses { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Pauses.Add(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
