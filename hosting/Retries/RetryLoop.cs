using Microsoft.Extensions.Logging;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Hosting.Retries;

/// <summary>
/// Does work that outlives what it depends on: a failure is written to the log, and the work is done again after a pause that grows with
/// the failures in a row. A <see cref="ConfigurationException"/> is never retried.
/// </summary>
/// <param name="work">What is done, for the log, e.g. "Publishing events".</param>
/// <param name="logger">Where failures are written.</param>
/// <param name="backoff">The pauses; null for <see cref="Backoff.Standard"/>.</param>
/// <param name="clock">By whose time the pauses go; null for the system's.</param>
public sealed class RetryLoop(string work, ILogger logger, Backoff? backoff = null, TimeProvider? clock = null)
{
    private readonly Backoff backoff = backoff ?? Backoff.Standard;
    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    private int failures;

    /// <summary>Does round after round until stopped, and then returns.</summary>
    /// <param name="round">Does the work there is and, when there is no more, waits for some.</param>
    /// <param name="stoppingToken">Ends the loop within a round, a pause or between them.</param>
    public async Task RunAsync(Func<CancellationToken, Task> round, CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await UntilDoneAsync(round, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <summary>Does the work until it is done once.</summary>
    /// <exception cref="OperationCanceledException">Stopped before that.</exception>
    public async Task UntilDoneAsync(Func<CancellationToken, Task> attempt, CancellationToken stoppingToken)
    {
        while (true)
        {
            stoppingToken.ThrowIfCancellationRequested();
            try
            {
                await attempt(stoppingToken);
                Succeeded();
                return;
            }
            catch (Exception failure)
                when (failure is not (ConfigurationException or OperationCanceledException)
                    || (failure is OperationCanceledException && !stoppingToken.IsCancellationRequested)
                )
            {
                failures++;
                var pause = backoff.After(failures);
                logger.LogWarning(
                    "{Work} failed ({Reason}); trying again in {Pause} s",
                    work,
                    FirstLine(failure.Message),
                    pause.TotalSeconds
                );
                await Task.Delay(pause, clock, stoppingToken);
            }
        }
    }

    /// <summary>The work in hand is going well: the next failure counts as the first. For work that only ever ends by a failure.</summary>
    public void Succeeded() => failures = 0;

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();
}
