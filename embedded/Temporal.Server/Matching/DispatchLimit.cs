namespace Temporal.Server.Matching;

/// <summary>
/// The most tasks a second that a queue hands out; a second's worth may go at once. Not thread-safe: its queue's lock guards it.
/// </summary>
internal sealed class DispatchLimit
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    private readonly TimeProvider clock;
    private double tokens;
    private long filled;

    /// <summary>Begins with a second's worth.</summary>
    public DispatchLimit(double perSecond, TimeProvider clock)
    {
        this.clock = clock;
        PerSecond = perSecond;
        tokens = Burst;
        filled = clock.GetTimestamp();
    }

    /// <summary>The limit; 0 hands out nothing.</summary>
    public double PerSecond { get; private set; }

    /// <summary>How long until the next task may go; zero for now.</summary>
    public TimeSpan Wait
    {
        get
        {
            Fill();
            return tokens >= 1 ? TimeSpan.Zero
                : PerSecond > 0 ? TimeSpan.FromSeconds(Math.Min((1 - tokens) / PerSecond, Never.TotalSeconds))
                : Never;
        }
    }

    /// <summary>Whether the task after the next one must wait.</summary>
    public bool IsExhaustedByNext
    {
        get
        {
            Fill();
            return tokens < 2;
        }
    }

    private double Burst => PerSecond > 0 ? Math.Max(1, PerSecond) : 0;

    /// <summary>A task goes.</summary>
    public void Take() => tokens--;

    /// <summary>Changes the limit from now on.</summary>
    public void Change(double perSecond)
    {
        Fill();
        PerSecond = perSecond;
        tokens = Math.Min(tokens, Burst);
    }

    private void Fill()
    {
        var now = clock.GetTimestamp();
        tokens = Math.Min(Burst, tokens + (clock.GetElapsedTime(filled, now).TotalSeconds * PerSecond));
        filled = now;
    }
}
