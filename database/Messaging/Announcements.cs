using Microsoft.Extensions.Logging;
using Npgsql;

namespace TemporalDelivery.Database.Messaging;

/// <summary>
/// Tells what was committed: this process's loops at once, other processes by NOTIFY in a transaction of its own. A NOTIFY in the
/// transaction that it tells of would hold a lock of the whole database during the commit, and one for each commit would double the
/// transactions; so the first goes out at once, and what follows goes out together. What is lost is found by the sweep of whoever waits.
/// </summary>
public sealed class Announcements(NpgsqlDataSource source, WakeSignals wake, ILogger<Announcements> logger) : IAsyncDisposable
{
    /// <summary>
    /// Two NOTIFYs of a process are this far apart. Whoever must be quick looks by itself for as long after a wake-up.
    /// </summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();

    // Behind the gate. No more than there are channels.
    private readonly HashSet<string> untold = new(StringComparer.Ordinal);
    private Task telling = Task.CompletedTask;
    private bool isTelling;

    /// <summary>Something was committed that concerns who waits on the channel (see <see cref="Channels"/>). Never waits or fails.</summary>
    public void Announce(string channel)
    {
        wake.Signal(channel);
        lock (gate)
        {
            untold.Add(channel);
            if (!isTelling)
            {
                isTelling = true;
                telling = Task.Run(TellAsync);
            }
        }
    }

    /// <summary>Waits until everything is told.</summary>
    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (gate)
        {
            last = telling;
        }

        await last;
    }

    private async Task TellAsync()
    {
        while (Next() is { } channels)
        {
            using var deadline = new CancellationTokenSource(Timeout);
            try
            {
                await using var command = source.CreateCommand("select pg_notify(channel, '') from unnest($1) as channel");
                command.Parameters.AddWithValue(channels);
                await command.ExecuteNonQueryAsync(deadline.Token);
            }
            catch (Exception failure)
            {
                // Whatever it is, the next announcement is told.
                logger.LogWarning(
                    "Other processes find by themselves what {Channels} would have told: {Reason}",
                    channels,
                    failure.Message
                );
            }

            await Task.Delay(Spacing);
        }
    }

    private string[]? Next()
    {
        lock (gate)
        {
            if (untold.Count == 0)
            {
                isTelling = false;
                return null;
            }

            string[] channels = [.. untold];
            untold.Clear();
            return channels;
        }
    }
}
