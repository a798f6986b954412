using Microsoft.Extensions.Logging;

namespace TemporalDelivery.Worker.Relays;

/// <summary>A loop that does a round of work, waits to be woken, and outlives what it depends on.</summary>
static class Rounds
{
    static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Runs rounds until stopped. A round that fails is repeated after a pause that doubles from 0.1 s to 5 s.</summary>
    /// <param name="what">What the rounds do, for the log.</param>
    /// <param name="round">Does the work and, when there is no more, waits to be woken.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <param name="stoppingToken">Ends the loop between or within rounds.</param>
    public static async Task RunAsync(string what, Func<CancellationToken, Task> round, ILogger logger, CancellationToken stoppingToken)
    {
        var pause = ShortestPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await round(stoppingToken);
                pause = ShortestPause;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                logger.LogWarning("{What} failed ({Reason}); trying again in {Pause} s", what, failure.Message.Split('\n')[0].Trim(), pause.TotalSeconds);
                await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
