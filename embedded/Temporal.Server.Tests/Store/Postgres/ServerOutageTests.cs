using System.Collections.Concurrent;
using Temporal.Server.Rpc;
using Temporal.Server.Tests.Engine;
using Temporal.Server.Tests.Timers;
using Temporalio.Api.Enums.V1;

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
        var seen = new SeenErrors();
        // w0 waits for the signal that is sent during the outage.
        await using var workers = new WorkersInTrouble(server, seen.TryAsync, (workflowId, history) =>
            workflowId != "w0" || history.Any(e => e.EventType == EventType.WorkflowExecutionSignaled)
        );
        workers.Start(Workers);
        var starts = Enumerable.Range(0, Workflows).Select(i => workers.StartAsync($"w{i}")).ToArray();
        await workers.AdvanceAsync(Workflows);

        proxy.TakeDatabaseAway();
        while (!seen.Unavailable.IsCompleted)
        {
            Cancellation.ThrowIfCancellationRequested();
            patience.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var signal = workers.InsistAsync(() => server.SignalAsync("w0", requestId: "once"));
        proxy.IsRefusing = false;

        await signal;
        await Task.WhenAll(starts);
        await database.UntilAsync($"select count(*) = {Workflows} from temporal.runs where status = 2");
        await workers.StopAsync();
        Assert.Empty(seen.Strange);
        for (var i = 0; i < Workflows; i++)
        {
            var events = await server.HistoryAsync($"w{i}");
            Assert.Equal(Enumerable.Range(1, events.Count), events.Select(e => (int)e.EventId));
            Occurrences.AssertOnce(
                events,
                $"w{i}",
                EventType.ActivityTaskScheduled,
                EventType.ActivityTaskCompleted,
                EventType.TimerFired,
                EventType.WorkflowExecutionCompleted
            );
        }

        Assert.Single(await server.HistoryAsync("w0"), e => e.EventType == EventType.WorkflowExecutionSignaled);
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
