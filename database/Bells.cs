using System.Collections.Concurrent;

namespace TemporalDelivery.Database;

/// <summary>
/// Wakes the loops of this process, by channel (see <see cref="Messaging.Channels"/>). Whoever writes rings in its own process after the commit,
/// which costs the database nothing; a process that must hear of other processes' writes listens for NOTIFY and rings for them.
/// </summary>
public sealed class Bells
{
    readonly ConcurrentDictionary<string, SemaphoreSlim> _bells = new(StringComparer.Ordinal);

    /// <summary>Wakes whoever waits on the channel, or the next to wait. Rings are not counted: many before a wait wake it once.</summary>
    public void Ring(string channel)
    {
        var bell = Bell(channel);
        if (bell.CurrentCount > 0)
            return;
        try
        {
            bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another rang between the look and the ring.
        }
    }

    /// <summary>Waits for a ring, for <paramref name="patience"/> at the most; true when it rang.</summary>
    public Task<bool> WaitAsync(string channel, TimeSpan patience, CancellationToken cancellationToken) =>
        Bell(channel).WaitAsync(patience, cancellationToken);

    SemaphoreSlim Bell(string channel) => _bells.GetOrAdd(channel, _ => new SemaphoreSlim(0, 1));
}
