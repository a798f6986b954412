using Temporal.Server.History;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

/// <summary>What happens when the store is slower than its callers.</summary>
public sealed class BackpressureTests
{
    private const int AtOnce = 256;

    [Fact]
    public async Task Calls_that_find_too_many_waiting_for_their_run_are_refused_and_those_waiting_are_not()
    {
        var store = new HeldStore(new InMemoryStore());
        await using var server = await EngineHost.StartAsync(store, cachedRuns: 10);
        await server.StartAsync("w");
        await server.StartAsync("other");
        store.Hold();
        var signals = Enumerable.Range(0, Limits.CallsWaitingForRun + 1).Select(_ => server.SignalAsync("w")).ToList();
        var error = await Assert.ThrowsAsync<RpcException>(() => server.SignalAsync("w"));
        Assert.Equal((StatusCode.ResourceExhausted, "Workflow is busy."), (error.StatusCode, error.Message));
        var details = Assert.IsType<ResourceExhaustedFailure>(Assert.Single(error.Details));
        Assert.Equal((ResourceExhaustedCause.BusyWorkflow, ResourceExhaustedScope.Namespace), (details.Cause, details.Scope));
        var other = server.SignalAsync("other");
        store.LetGo();
        await other;
        await Task.WhenAll(signals);
        await server.SignalAsync("w");
    }

    [Fact]
    public async Task Timers_that_are_due_all_at_once_do_not_all_go_to_the_store_at_once()
    {
        const int Runs = 2 * AtOnce;
        var store = new HeldStore(new InMemoryStore());
        await using var server = await EngineHost.StartAsync(store);
        for (var i = 0; i < Runs; i++)
        {
            await server.StartAsync($"w{i}", r => r.WorkflowStartDelay = Seconds(60));
        }

        store.Hold();
        server.Advance(TimeSpan.FromSeconds(60));
        await UntilWaitingAsync(store);
        store.LetGo();
        for (var i = 0; i < Runs; i++)
        {
            Assert.False((await server.PollWorkflowAsync()).TaskToken.IsEmpty);
        }

        // The polls, one at a time, come on top.
        Assert.InRange(store.Most, AtOnce, AtOnce + 1);
    }

    [Fact]
    public async Task Messages_between_runs_that_wait_for_a_restart_do_not_all_go_to_the_store_at_once()
    {
        const int Runs = 2 * AtOnce;
        var memory = new InMemoryStore();
        await using (var first = await EngineHost.StartAsync(new ChildlessStore(memory)))
        {
            for (var i = 0; i < Runs; i++)
            {
                await first.StartAsync($"parent{i}");
                await first.StepAsync(Child($"child{i}"));
            }
        }

        var store = new HeldStore(memory);
        store.Hold();
        await using var second = await EngineHost.StartAsync(store);
        await UntilWaitingAsync(store);
        store.LetGo();
        for (var i = 0; i < Runs; i++)
        {
            await second.WaitForAsync($"parent{i}", e => e.EventType == EventType.ChildWorkflowExecutionStarted);
        }

        // The reads of the histories, one at a time, come on top.
        Assert.InRange(store.Most, AtOnce, AtOnce + 1);
    }

    [Fact]
    public async Task A_server_stops_although_everything_is_due_and_its_store_does_not_answer()
    {
        var memory = new InMemoryStore();
        var store = new HeldStore(memory);
        var limits = new ServerLimits { Workflows = new() { Commit = TimeSpan.FromSeconds(1) } };
        await using (var server = await EngineHost.StartAsync(store, limits: limits))
        {
            for (var i = 0; i < 2 * AtOnce; i++)
            {
                await server.StartAsync($"w{i}", r => r.WorkflowStartDelay = Seconds(60));
            }

            store.Hold();
            server.Advance(TimeSpan.FromSeconds(60));
            await UntilWaitingAsync(store);
        }

        await using var next = await EngineHost.StartAsync(memory);
        next.Advance(TimeSpan.FromSeconds(60));
        Assert.False((await next.PollWorkflowAsync()).TaskToken.IsEmpty);
    }

    [Fact]
    public async Task A_commit_that_lands_after_it_was_given_up_makes_the_next_change_unavailable_and_not_wrong()
    {
        var store = new LateStore(new InMemoryStore());
        await using var server = await EngineHost.StartAsync(store, cachedRuns: 10);
        await server.StartAsync("w");
        store.GivesUp = true;
        await Assert.ThrowsAsync<IOException>(() => server.SignalAsync("w", requestId: "1"));
        await server.DescribeAsync("w");
        await store.LandAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => server.SignalAsync("w", requestId: "2"));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        await server.SignalAsync("w", requestId: "2");
        await server.SignalAsync("w", requestId: "1");
        Assert.Equal(2, (await server.HistoryAsync("w")).Count(e => e.EventType == EventType.WorkflowExecutionSignaled));
    }

    private static async Task UntilWaitingAsync(HeldStore store)
    {
        while (store.Waiting < AtOnce)
        {
            await Task.Yield();
        }
    }

    // No child can be started on it.
    private sealed class ChildlessStore(IExecutionStore inner) : ForwardingStore(inner)
    {
        public override Task<CurrentRun?> FindCurrentRunAsync(string namespaceId, string workflowId, CancellationToken cancellationToken) =>
            workflowId.StartsWith("child", StringComparison.Ordinal)
                ? throw new IOException("out of reach")
                : base.FindCurrentRunAsync(namespaceId, workflowId, cancellationToken);
    }

    // Gives a commit up that it carries out later.
    private sealed class LateStore(IExecutionStore inner) : ForwardingStore(inner)
    {
        private StoreCommit? late;

        public bool GivesUp { get; set; }

        public override Task CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
        {
            if (!GivesUp)
            {
                return base.CommitAsync(commit, cancellationToken);
            }

            GivesUp = false;
            late = commit;
            throw new IOException("out of reach");
        }

        public Task LandAsync() => base.CommitAsync(late!, CancellationToken.None);
    }
}
