namespace Temporal.Server.Matching;

/// <summary>
/// How often workers are advised to poll more: so many times a second for each that polls, so that their number does not shoot up. Not
/// thread-safe: its queue's lock guards it.
/// </summary>
internal sealed class AdviceAllowance
{
    private readonly double perSecond;
    private readonly TimeProvider clock;
    private double left;
    private long filled;

    /// <summary>Begins with a second's worth.</summary>
    /// <param name="perSecond">Pieces of advice a second for each worker.</param>
    /// <param name="clock">The time.</param>
    public AdviceAllowance(double perSecond, TimeProvider clock)
    {
        this.perSecond = perSecond;
        this.clock = clock;
        left = perSecond;
        filled = clock.GetTimestamp();
    }

    /// <summary>Takes one piece of advice if there is one left.</summary>
    /// <param name="pollers">Workers that poll.</param>
    public bool TryTake(int pollers)
    {
        var now = clock.GetTimestamp();
        left = Math.Min(perSecond, left + (clock.GetElapsedTime(filled, now).TotalSeconds * perSecond));
        filled = now;
        var cost = 1.0 / Math.Max(1, pollers);
        if (left < cost)
        {
            return false;
        }

        left -= cost;
        return true;
    }
}
