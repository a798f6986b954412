using System.Runtime.CompilerServices;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Testing;
using Temporalio.Worker;

namespace Temporalio.Tests.Conformance;

/// <summary>
/// C# workers make the same histories as TypeScript workers: each file of embedded/conformance/histories is what a run of
/// its scenario has to be, event by event.
/// </summary>
public sealed class HistoryConformanceTests(HistoryConformanceTests.Runs runs) : IClassFixture<HistoryConformanceTests.Runs>
{
    public static TheoryData<string> Scenarios =>
        [.. Directory.GetFiles(Folder(), "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_scenario_makes_the_same_events_as_in_any_other_sdk_and_replays(string name)
    {
        var expected = File.ReadLines(Path.Combine(Folder(), $"{name}.txt")).Where(line => line.Length > 0 && line[0] != '#');
        var (lines, histories) = await runs.OfAsync(name);
        Assert.Equal(string.Join('\n', expected), string.Join('\n', lines));
        var options = Runs.AddWorkflows(new WorkflowReplayerOptions(), (all, type) => all.AddWorkflow(type));
        foreach (var history in histories)
        {
            await new WorkflowReplayer(options).ReplayWorkflowAsync(history);
        }
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "conformance", "histories"));

    /// <summary>All scenarios, some at a time, on one worker.</summary>
    public sealed class Runs : IAsyncLifetime
    {
        private readonly string queue = $"conformance-{Guid.NewGuid()}";
        private readonly NormalisedHistory normalised = new(File.ReadAllText(Path.Combine(Folder(), "attributes.json")));
        private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Dictionary<string, Task<(List<string> Lines, List<WorkflowHistory> Histories)>> runs = [];
        private readonly SemaphoreSlim atOnce = new(8);
        private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(10));
        private WorkflowEnvironment? environment;
        private Task worker = Task.CompletedTask;

        private ITemporalClient Client => environment!.Client;

        public async ValueTask InitializeAsync()
        {
            environment = await WorkflowEnvironment.StartLocalAsync(
                new() { SearchAttributes = [SearchAttributeKey.CreateKeyword("CustomCity")] });
            worker = WithWorkerAsync(queue, () => done.Task);
            var scenarios = new HistoryScenarios(Client, queue, WithWorkerAsync, limit.Token);

            // The first one alone: a cold process must not run into the time-outs of the others.
            await RunAsync(scenarios, "activity");
            foreach (var row in Scenarios)
            {
                runs.Add(row.Data, RunAsync(scenarios, row.Data));
            }
        }

        public async ValueTask DisposeAsync()
        {
            done.SetResult();
            await worker;
            await environment!.DisposeAsync();
            limit.Dispose();
            atOnce.Dispose();
        }

        internal static T AddWorkflows<T>(T options, Func<T, Type, T> add) =>
            new[] { typeof(ActivityWorkflows), typeof(MessageWorkflows), typeof(RelationWorkflows) }
                .SelectMany(holder => holder.GetNestedTypes())
                .Aggregate(options, add);

        internal Task<(List<string> Lines, List<WorkflowHistory> Histories)> OfAsync(string name) => runs[name];

        private async Task<(List<string> Lines, List<WorkflowHistory> Histories)> RunAsync(HistoryScenarios scenarios, string name)
        {
            var id = $"{name}-{Guid.NewGuid()}";
            var lines = new List<string>();
            var histories = new List<WorkflowHistory>();
            await atOnce.WaitAsync(limit.Token);
            try
            {
                foreach (var handle in await scenarios.RunAsync(name, id))
                {
                    var history = await handle.FetchHistoryAsync();
                    lines.Add($"run of {handle.Id.Replace(id, "<workflow>", StringComparison.Ordinal)}");
                    lines.AddRange(normalised.Lines(history.Events, id));
                    histories.Add(history);
                }
                return (lines, histories);
            }
            finally
            {
                atOnce.Release();
            }
        }

        private async Task WithWorkerAsync(string taskQueue, Func<Task> story)
        {
            var options = AddWorkflows(new TemporalWorkerOptions(taskQueue), (all, type) => all.AddWorkflow(type));
            options.MaxHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(200);
            options.AddAllActivities(new HistoryActivities(Client));
            using var running = new TemporalWorker(Client, options);
            await running.ExecuteAsync(story);
        }
    }
}
