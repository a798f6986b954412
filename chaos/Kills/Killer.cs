using TemporalDelivery.Chaos.Audit;
using TemporalDelivery.Chaos.Plan;
using TemporalDelivery.Tests.Processes;

namespace TemporalDelivery.Chaos.Kills;

/// <summary>Kills processes with SIGKILL as planned, and starts them again.</summary>
internal sealed class Killer(Shop shop, Clock clock)
{
    /// <summary>Processes that ended by themselves, which none may.</summary>
    public List<Difference> Deaths { get; } = [];

    public async Task RunAsync(IReadOnlyList<PlannedKill> kills, CancellationToken cancellationToken)
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
                Deaths.Add(Death(process));
            }

            await process.StartAsync(cancellationToken);
        }
    }

    /// <summary>Writes down which processes have ended by themselves since they were killed last.</summary>
    public void FindTheDead() =>
        Deaths.AddRange(
            Enum.GetValues<Victim>()
                .Where(victim => victim != Victim.Postgres)
                .Select(Process)
                .Where(process => !process.IsRunning)
                .Select(Death)
        );

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
