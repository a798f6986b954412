using System.Collections.Concurrent;

namespace TemporalDelivery.Database;

/// <summary>
/// Wakes the loops of this process, by channel (see <see cref="Messaging.Channels"/>). Whoever writes signals in its own process after the
/// commit, which costs the database nothing; a process that must hear of other processes' writes listens for NOTIFY and signals for them.
/// </summary>
public sealed class WakeSignals
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> signals = new(StringComparer.Ordinal);

    /// <summary>
    /// Wakes whoever waits on the channel, or the next to wait. Signals are not counted: many before a wait wake it once.
    /// </summary>
    public void Signal(string channel)
    {
        var signal = Of(channel);
        if (signal.CurrentCount > 0)
        {
            return;
        }

        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another signalled between the look and the release.
        }
    }

    /// <summary>Waits for a signal, for <paramref name="patience"/> at the most; true when it came.</summary>
    public Task<bool> WaitAsync(string channel, TimeSpan patience, CancellationToken cancellationToken) =>
        Of(channel).WaitAsync(patience, cancellationToken);

    private SemaphoreSlim Of(string channel) => signals.GetOrAdd(channel, _ => new SemaphoreSlim(0, 1));
}
