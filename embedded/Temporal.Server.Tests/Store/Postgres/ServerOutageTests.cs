using System.Collections.Concurrent;
using Temporal.Server.Rpc;
using Temporal.Server.Tests.Engine;
using Temporal.Server.Tests.Timers;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>The whole engine, at work, while its database is away.</summary>
public sealed class ServerOutageTests
{
    private const int Workflows = 30;
    private const int Workers = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_outage_of_the_database_pauses_the_server_callers_see_it_as_unavailable_and_nothing_is_lost_or_doubled()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var proxy = new CuttingProxy(database.ConnectionString);
        var patience = new ManualClock();
        var store = database.Create(options => options with { ConnectionString = proxy.ConnectionString, Clock = patience });
        await using var server = await EngineHost.StartAsync(store, cachedRuns: 10, TimeProvider.System);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var seen = new SeenErrors();
        using var progress = new SemaphoreSlim(0);
        var workers = Enumerable.Range(0, Workers)
            .SelectMany(_ => (Task[])[DecideAsync(server, seen, progress, done.Token), ActAsync(server, seen, progress, done.Token)]).ToArray();
        var starts = Enumerable.Range(0, Workflows).Select(i => InsistAsync(() => StartAsync(server, $"w{i}"), seen)).ToArray();
        for (var step = 0; step < Workflows; step++)
        {
            await progress.WaitAsync(Cancellation);
        }

        proxy.TakeDatabaseAway();
        while (!seen.Unavailable.IsCompleted)
        {
            Cancellation.ThrowIfCancellationRequested();
            patience.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var signal = InsistAsync(() => server.SignalAsync("w0", requestId: "once"), seen);
        proxy.IsRefusing = false;

        await signal;
        await Task.WhenAll(starts);
        await database.UntilAsync($"select count(*) = {Workflows} from temporal.runs where status = 2");
        await done.CancelAsync();
        await Task.WhenAll(workers);
        Assert.Empty(seen.Strange);
        for (var i = 0; i < Workflows; i++)
        {
            var events = await server.HistoryAsync($"w{i}");
            Assert.Equal(Enumerable.Range(1, events.Count), events.Select(e => (int)e.EventId));
            foreach (var once in (EventType[])[EventType.ActivityTaskScheduled, EventType.ActivityTaskCompleted, EventType.TimerFired, EventType.WorkflowExecutionCompleted])
            {
                Assert.True(events.Count(e => e.EventType == once) == 1, $"{once} once in w{i}: {string.Join(' ', events.Select(e => e.EventType))}");
            }
        }

        Assert.Single(await server.HistoryAsync("w0"), e => e.EventType == EventType.WorkflowExecutionSignaled);
    }

    private static Task<StartWorkflowExecutionResponse> StartAsync(EngineHost server, string workflowId) => server.StartAsync(workflowId, r =>
    {
        r.RequestId = workflowId;
        r.WorkflowTaskTimeout = Seconds(2);
    });

    // w0 waits for the signal that is sent during the outage.
    private static IEnumerable<Command> Decide(string workflowId, IReadOnlyList<HistoryEvent> history)
    {
        bool Has(EventType type) => history.Any(e => e.EventType == type);
        return !Has(EventType.TimerStarted) ? [Activity(change: activity => activity.StartToCloseTimeout = Seconds(2)), Timer(seconds: 1)]
            : Has(EventType.ActivityTaskCompleted) && Has(EventType.TimerFired) && (workflowId != "w0" || Has(EventType.WorkflowExecutionSignaled)) ? [Complete()]
            : [];
    }

    private static async Task DecideAsync(EngineHost server, SeenErrors seen, SemaphoreSlim progress, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await seen.TryAsync(async () =>
            {
                var task = await server.PollWorkflowAsync(wait: TimeSpan.FromMilliseconds(200));
                if (!task.TaskToken.IsEmpty)
                {
                    await server.CompleteAsync(task, [.. Decide(task.WorkflowExecution.WorkflowId, task.History.Events)]);
                    progress.Release();
                }
            });
        }
    }

    private static async Task ActAsync(EngineHost server, SeenErrors seen, SemaphoreSlim progress, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await seen.TryAsync(async () =>
            {
                var task = await server.PollActivityAsync(TimeSpan.FromMilliseconds(200));
                if (!task.TaskToken.IsEmpty)
                {
                    await server.CallAsync<RespondActivityTaskCompletedResponse>(new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken });
                    progress.Release();
                }
            });
        }
    }

    // As SDKs do: again, with the same request id, until the server has answered.
    private static async Task InsistAsync(Func<Task> call, SeenErrors seen)
    {
        while (!await seen.TryAsync(call))
        {
            Cancellation.ThrowIfCancellationRequested();
        }
    }

    private sealed class SeenErrors
    {
        private readonly TaskCompletionSource unavailable = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Unavailable => unavailable.Task;

        public ConcurrentBag<Exception> Strange { get; } = [];

        // Nothing but UNAVAILABLE may be seen of the outage; an answer that comes too late finds its task gone.
        public async Task<bool> TryAsync(Func<Task> call)
        {
            try
            {
                await call();
                return true;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable)
            {
                unavailable.TrySetResult();
            }
            catch (RpcException error) when (error is { StatusCode: StatusCode.NotFound } or { Message: "UnhandledCommand" })
            {
                return false;
            }
            catch (Exception error) when (!Cancellation.IsCancellationRequested)
            {
                Strange.Add(error);
            }

            return false;
        }
    }
}
