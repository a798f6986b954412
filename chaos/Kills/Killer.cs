using System.Collections.Concurrent;
using TemporalDelivery.Chaos.Audit;
using TemporalDelivery.Chaos.Plan;
using TemporalDelivery.Tests.Broker;
using TemporalDelivery.Tests.Processes;

namespace TemporalDelivery.Chaos.Kills;

/// <summary>Kills processes with SIGKILL as planned, and starts them again.</summary>
/// <param name="shop">Whose processes they are.</param>
/// <param name="broker">The broker beside it; null where there is none to kill.</param>
/// <param name="clock">What the plan goes by.</param>
internal sealed class Killer(Shop shop, BrokerServer? broker, Clock clock)
{
    private readonly ConcurrentQueue<Difference> deaths = new();

    /// <summary>Kills as planned: each process in turn, so that several may be dead at once.</summary>
    public Task RunAsync(IReadOnlyList<PlannedKill> kills, CancellationToken cancellationToken) =>
        Task.WhenAll(kills.GroupBy(kill => kill.Victim).Select(ofOne => KillInTurnAsync(ofOne, cancellationToken)));

    private async Task KillInTurnAsync(IEnumerable<PlannedKill> kills, CancellationToken cancellationToken)
    {
        foreach (var kill in kills.Where(kill => kill.Victim != Victim.Broker || broker is not null))
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

            if (kill.Victim == Victim.Broker)
            {
                await KillBrokerAsync(broker!, kill.Down, cancellationToken);
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

    private async Task KillBrokerAsync(BrokerServer victim, TimeSpan down, CancellationToken cancellationToken)
    {
        if (victim.IsRunning)
        {
            await victim.KillAsync(cancellationToken);
            await Task.Delay(down, cancellationToken);
        }
        else
        {
            deaths.Enqueue(DeathOfBroker);
        }

        await victim.RestartAsync(cancellationToken);
    }

    /// <summary>Which processes have ended by themselves, then or now; none may.</summary>
    public IReadOnlyList<Difference> Deaths() =>
        [
            .. deaths,
            .. Enum.GetValues<Victim>()
                .Where(victim => victim is not (Victim.Postgres or Victim.Broker))
                .Select(Process)
                .Where(process => !process.IsRunning)
                .Select(Death),
            .. broker is { IsRunning: false } ? [DeathOfBroker] : Array.Empty<Difference>(),
        ];

    private static Difference Death(ProcessUnderTest process) => DeathOf(process.Name);

    private static Difference DeathOfBroker => DeathOf("broker");

    private static Difference DeathOf(string name) => new("processes", name, "running", "ended by itself");

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
