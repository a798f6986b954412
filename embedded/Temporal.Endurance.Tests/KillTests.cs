using System.Globalization;
using Temporal.Endurance.Worker;
using TemporalDelivery.Tests.Postgres;
using Temporalio.Worker;

namespace Temporal.Endurance.Tests;

/// <summary>
/// Server, workers and database die by kill -9 in the middle of everything. <c>ENDURANCE_KILLS</c> sets how often (15),
/// <c>ENDURANCE_SEED</c> in which order.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Lanes = 24;

    [Fact]
    public async Task Killing_server_workers_and_database_again_and_again_loses_no_workflow_and_repeats_no_acknowledged_effect()
    {
        Assert.SkipWhen(PrivatePostgres.Unavailable is not null, PrivatePostgres.Unavailable ?? "");
        var kills = Setting("ENDURANCE_KILLS", 15);
        var seed = Setting("ENDURANCE_SEED", Random.Shared.Next());
        output.WriteLine($"{kills} kills, seed {seed}");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(3) + (kills * TimeSpan.FromSeconds(20)));
        await using var system = await EnduranceSystem.StartAsync(deadline.Token);
        await using var load = await Load.StartAsync(system.Address, Lanes, deadline.Token);

        try
        {
            var killed = await new Killer(system, load, new Random(seed)).KillAsync(kills, deadline.Token);
            output.WriteLine(string.Join(", ", killed.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} killed {pair.Value} times")));
            await load.FinishAsync(deadline.Token);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}: {error.Message}\n{load.Unfinished}\n{system.Logs}", error);
        }

        var histories = await load.ReadHistoriesAsync(deadline.Token);
        output.WriteLine($"{load.Completed} journeys, {histories.Count} runs, {histories.Sum(history => history.Events.Count)} events");
        Assert.All(histories, HistoryRules.Check);
        EffectRules.Check(histories, system.ReadLedgers());
        var replayer = new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<JourneyWorkflow>().AddWorkflow<ErrandWorkflow>());
        var replays = await replayer.ReplayWorkflowsAsync(histories, throwOnReplayFailure: false, deadline.Token);
        Assert.All(replays, replay => Assert.Null(replay.ReplayFailure));
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
