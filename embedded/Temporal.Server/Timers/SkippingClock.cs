namespace Temporal.Server.Timers;

/// <summary>
/// A clock that can be moved forward. It skips only while unlocked. The lock count is a plain integer that may go negative, as in
/// Temporal's test server: a sleep that unlocks inside an activity makes up for the activity's own claim on real time.
/// </summary>
public sealed class SkippingClock : ServerClock
{
    /// <summary>
    /// Where skipping ends: what is due later is never due, and the time that goes on by itself has room in the calendar.
    /// </summary>
    public static readonly DateTimeOffset Horizon = new(9900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private TimeSpan offset;
    private int locks = 1;

    /// <summary>A clock that goes with the machine's, or with another one, while it does not skip.</summary>
    public SkippingClock(TimeProvider? time = null) => this.time = time ?? TimeProvider.System;

    /// <summary>Raised when a lock was released or the time was moved.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public override DateTimeOffset UtcNow
    {
        get
        {
            lock (gate)
            {
                return ToMicroseconds(time.GetUtcNow() + offset);
            }
        }
    }

    /// <summary>Claims real time.</summary>
    public void AcquireLock()
    {
        lock (gate)
        {
            locks++;
        }
    }

    /// <summary>Gives a claim up.</summary>
    public void ReleaseLock()
    {
        lock (gate)
        {
            locks--;
        }

        Changed?.Invoke();
    }

    /// <summary>
    /// Skips to a time, unless somebody claims real time, something is runnable or the time is beyond the <see cref="Horizon"/>. Whoever
    /// has read the clock under a claim, or with work counted, does not see it skip before that has ended.
    /// </summary>
    public bool TrySkipTo(DateTimeOffset due, WorkTracker work)
    {
        lock (gate)
        {
            if (locks + work.Count > 0 || due >= Horizon)
            {
                return false;
            }

            MoveTo(due);
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>
    /// Moves the clock forward to a time, whoever claims real time; does nothing when that has passed, or is beyond the
    /// <see cref="Horizon"/>.
    /// </summary>
    public void AdvanceTo(DateTimeOffset wanted)
    {
        lock (gate)
        {
            if (wanted < Horizon)
            {
                MoveTo(wanted);
            }
        }

        Changed?.Invoke();
    }

    private void MoveTo(DateTimeOffset wanted)
    {
        var needed = wanted - time.GetUtcNow();
        offset = needed > offset ? needed : offset;
    }
}
