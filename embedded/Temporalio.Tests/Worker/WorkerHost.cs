using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Testing;
using Temporalio.Worker;

[assembly: AssemblyFixture(typeof(Temporalio.Tests.Worker.WorkerHost))]

namespace Temporalio.Tests.Worker;

/// <summary>One server for all tests; each test has its own task queue and worker.</summary>
public sealed class WorkerHost : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private WorkflowEnvironment? environment;

    public ITemporalClient Client => environment!.Client;

    public async ValueTask InitializeAsync() => environment = await WorkflowEnvironment.StartLocalAsync();

    public async ValueTask DisposeAsync()
    {
        if (environment != null)
        {
            await environment.DisposeAsync();
        }
    }

    /// <summary>Runs a worker with one workflow type while a test's story is told.</summary>
    public async Task RunAsync<TWorkflow>(
        Func<string, Task> story, Action<TemporalWorkerOptions>? configure = null)
    {
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}").AddWorkflow<TWorkflow>();
        configure?.Invoke(options);
        await RunAsync(options, story);
    }

    public async Task RunAsync(TemporalWorkerOptions options, Func<string, Task> story)
    {
        using var worker = new TemporalWorker(Client, options);
        await worker.ExecuteAsync(() => story(options.TaskQueue!)).WaitAsync(Limit);
    }

    public static WorkflowOptions On(string taskQueue) => new($"wf-{Guid.NewGuid()}", taskQueue);

    /// <summary>Waits until a run's history satisfies a condition.</summary>
    public static async Task<WorkflowHistory> HistoryWhenAsync(
        WorkflowHandle handle, Func<WorkflowHistory, bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var history = await handle.FetchHistoryAsync();
            if (condition(history))
            {
                return history;
            }
            await Task.Yield();
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    public static bool Has(WorkflowHistory history, EventType type, int times = 1) =>
        history.Events.Count(e => e.EventType == type) >= times;

    /// <summary>The run's history replays with the same code.</summary>
    public static async Task AssertReplaysAsync<TWorkflow>(WorkflowHandle handle) =>
        await new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<TWorkflow>())
            .ReplayWorkflowAsync(await handle.FetchHistoryAsync());

    public static HistoryEvent First(WorkflowHistory history, EventType type) =>
        history.Events.First(e => e.EventType == type);
}
