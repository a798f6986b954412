using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

/// <summary>Signals that gather at a run while it is being written.</summary>
public sealed class SignalStormTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task Signals_that_gather_while_a_commit_is_on_its_way_share_the_next_one_in_their_order(int cachedRuns)
    {
        const int Signals = 20;
        var store = new CountingStore(new HeldStore(new InMemoryStore()));
        await using var server = await EngineHost.StartAsync(store, cachedRuns);
        await server.StartAsync("w");
        store.Held.Hold();
        var before = store.Commits;
        var first = server.SignalAsync("w", "0");
        await UntilAsync(() => store.Held.Waiting > 0);
        var rest = Enumerable.Range(1, Signals - 1).Select(i => server.SignalAsync("w", $"{i}")).ToList();
        store.Held.LetGo();
        await first;
        await Task.WhenAll(rest);
        var names = (await server.HistoryAsync("w"))
            .Where(e => e.EventType == EventType.WorkflowExecutionSignaled)
            .Select(e => e.WorkflowExecutionSignaledEventAttributes.SignalName);
        Assert.Equal(Enumerable.Range(0, Signals).Select(i => $"{i}"), names);
        Assert.InRange(store.Commits - before, 1, 2);
    }

    [Fact]
    public async Task A_signal_sent_twice_in_a_storm_is_recorded_once()
    {
        var store = new CountingStore(new HeldStore(new InMemoryStore()));
        await using var server = await EngineHost.StartAsync(store, cachedRuns: 10);
        await server.StartAsync("w");
        store.Held.Hold();
        var signals = Enumerable.Range(0, 5).Select(_ => server.SignalAsync("w", requestId: "same")).ToList();
        store.Held.LetGo();
        await Task.WhenAll(signals);
        Assert.Single(await server.HistoryAsync("w"), e => e.EventType == EventType.WorkflowExecutionSignaled);
    }

    [Fact]
    public async Task A_signal_that_is_refused_fails_its_caller_and_not_those_it_came_with()
    {
        var store = new CountingStore(new HeldStore(new InMemoryStore()));
        await using var server = await EngineHost.StartAsync(store, cachedRuns: 10);
        await server.StartAsync("w");
        await server.SignalAsync("w", requestId: "taken before the end");
        await server.StepAsync(Complete());
        store.Held.Hold();
        var known = server.SignalAsync("w", requestId: "taken before the end");
        var late = server.SignalAsync("w", requestId: "too late");
        store.Held.LetGo();
        await known;
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => late)).StatusCode);
    }

    [Fact]
    public async Task A_signal_whose_caller_gives_up_before_its_turn_is_not_recorded()
    {
        var store = new CountingStore(new HeldStore(new InMemoryStore()));
        await using var server = await EngineHost.StartAsync(store, cachedRuns: 10);
        await server.StartAsync("w");
        store.Held.Hold();
        var first = server.SignalAsync("w", "first");
        await UntilAsync(() => store.Held.Waiting > 0);
        using var patience = new CancellationTokenSource();
        var second = server.CallAsync<Temporalio.Api.WorkflowService.V1.SignalWorkflowExecutionResponse>(
            new Temporalio.Api.WorkflowService.V1.SignalWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new() { WorkflowId = "w" },
                SignalName = "second",
            },
            cancellation: patience.Token
        );
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        store.Held.LetGo();
        await first;
        var signal = Assert.Single(await server.HistoryAsync("w"), e => e.EventType == EventType.WorkflowExecutionSignaled);
        Assert.Equal("first", signal.WorkflowExecutionSignaledEventAttributes.SignalName);
    }

    [Fact]
    public async Task A_commit_that_fails_fails_every_signal_in_it()
    {
        var store = new CountingStore(new HeldStore(new InMemoryStore()));
        await using var server = await EngineHost.StartAsync(store, cachedRuns: 10);
        await server.StartAsync("w");
        store.Held.Hold();
        var first = server.SignalAsync("w", "first");
        await UntilAsync(() => store.Held.Waiting > 0);
        var rest = Enumerable.Range(0, 5).Select(i => server.SignalAsync("w", $"{i}")).ToList();
        store.FailFrom(store.Commits + 1);
        store.Held.LetGo();
        await first;
        foreach (var signal in rest)
        {
            await Assert.ThrowsAsync<IOException>(() => signal);
        }

        Assert.Single(await server.HistoryAsync("w"), e => e.EventType == EventType.WorkflowExecutionSignaled);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }

    // Counts commits that have come out of the store beneath, and can refuse later ones.
    private sealed class CountingStore(HeldStore held) : ForwardingStore(held)
    {
        private int commits;
        private int failFrom = int.MaxValue;

        public HeldStore Held => held;

        public int Commits => Volatile.Read(ref commits);

        public void FailFrom(int commit) => failFrom = commit;

        public override async Task CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
        {
            if (Volatile.Read(ref commits) >= failFrom)
            {
                throw new IOException("refused");
            }

            await base.CommitAsync(commit, cancellationToken);
            Interlocked.Increment(ref commits);
        }
    }
}
