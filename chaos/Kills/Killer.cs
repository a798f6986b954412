using System.Collections.Concurrent;
using TemporalDelivery.Chaos.Audit;
using TemporalDelivery.Chaos.Plan;
using TemporalDelivery.Tests.Processes;

namespace TemporalDelivery.Chaos.Kills;

/// <summary>Kills processes with SIGKILL as planned, and starts them again.</summary>
internal sealed class Killer(Shop shop, Clock clock)
{
    private readonly ConcurrentQueue<Difference> deaths = new();

    /// <summary>Kills as planned: each process in turn, so that several may be dead at once.</summary>
    public Task RunAsync(IReadOnlyList<PlannedKill> kills, CancellationToken cancellationToken) =>
        Task.WhenAll(kills.GroupBy(kill => kill.Victim).Select(ofOne => KillInTurnAsync(ofOne, cancellationToken)));

    private async Task KillInTurnAsync(IEnumerable<PlannedKill> kills, CancellationToken cancellationToken)
    {
        foreach (var kill in kills)
        {
            await clock.UntilAsync(kill.At, cancellationToken);
            clock.Say($"kill {kill.Victim}, down for {kill.Down.TotalSeconds:F1} s");
            if (kill.Victim == Victim.Postgres)
            {
                await shop.Postgres.KillAsync(cancellationToken);
                await Task.Delay(kill.Down, cancellationToken);
                await shop.Postgres.StartAsync(cancellationToken);
                continue;
            }

            var process = Process(kill.Victim);
            if (process.IsRunning)
            {
                await process.KillAsync(cancellationToken);
                await Task.Delay(kill.Down, cancellationToken);
            }
            else
            {
                deaths.Enqueue(Death(process));
            }

            await process.StartAsync(cancellationToken);
        }
    }

    /// <summary>Which processes have ended by themselves, then or now; none may.</summary>
    public IReadOnlyList<Difference> Deaths() =>
        [
            .. deaths,
            .. Enum.GetValues<Victim>()
                .Where(victim => victim != Victim.Postgres)
                .Select(Process)
                .Where(process => !process.IsRunning)
                .Select(Death),
        ];

    private static Difference Death(ProcessUnderTest process) => new("processes", process.Name, "running", "ended by itself");

    private ProcessUnderTest Process(Victim victim) =>
        victim switch
        {
            Victim.Worker => shop.Worker,
            Victim.Api => shop.Api,
            Victim.Temporal => shop.Temporal,
            Victim.Partner => shop.Partner,
            _ => shop.Payments,
        };
}
