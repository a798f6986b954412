using Google.Protobuf;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

/// <summary>That a worker has taken a workflow task is stored with what is written to the run next, and not by itself.</summary>
public sealed class TaskStartTests
{
    private const string Taken = "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_task_that_is_taken_is_seen_at_once_and_costs_a_commit_only_when_its_history_is_read(int cachedRuns)
    {
        var commits = 0;
        var store = new HookedStore(new InMemoryStore()) { BeforeCommit = _ => commits++ };
        await using var server = await EngineHost.StartAsync(store, cachedRuns);
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();

        Assert.Equal((3, 3), (task.StartedEventId, task.History.Events.Count));
        Assert.Equal(PendingWorkflowTaskState.Started, (await server.DescribeAsync("w")).PendingWorkflowTask.State);
        Assert.Equal(1, commits);
        Assert.Equal(Taken, await server.TypesAsync("w"));
        Assert.Equal(Taken, await server.TypesAsync("w"));
        Assert.Equal(2, commits);

        await server.CompleteAsync(task, Complete());
        Assert.Equal(3, commits);
        var history = await server.HistoryAsync("w");
        Assert.Equal(task.History.Events, history.Take(3));
        Assert.Equal(EventType.WorkflowExecutionCompleted, history[^1].EventType);
    }

    [Fact]
    public async Task The_next_server_gives_a_taken_task_out_again_and_refuses_the_first_workers_answer()
    {
        var store = new InMemoryStore();
        await using var first = await EngineHost.StartAsync(store);
        await first.StartAsync("w");
        var lost = await first.PollWorkflowAsync();

        await using var second = await EngineHost.StartAsync(store);
        Assert.Equal("WorkflowExecutionStarted WorkflowTaskScheduled", await second.TypesAsync("w"));
        var again = await second.PollWorkflowAsync();
        Assert.Equal((3, 1), (again.StartedEventId, again.Attempt));
        Assert.Equal(
            StatusCode.NotFound,
            (await Assert.ThrowsAsync<RpcException>(() => second.CompleteAsync(lost, Complete()))).StatusCode
        );
        await second.CompleteAsync(again, Complete());
        Assert.Equal($"{Taken} WorkflowTaskCompleted WorkflowExecutionCompleted", await second.TypesAsync("w"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Whatever_else_is_written_stores_the_start_and_the_next_server_takes_the_answer(int cachedRuns)
    {
        var store = new InMemoryStore();
        await using var first = await EngineHost.StartAsync(store, cachedRuns);
        await first.StartAsync("w");
        var task = await first.PollWorkflowAsync();
        await first.SignalAsync("w");

        await using var second = await EngineHost.StartAsync(store, cachedRuns);
        Assert.Equal(Taken, await second.TypesAsync("w"));
        Assert.True((await second.PollWorkflowAsync(wait: TimeSpan.FromMilliseconds(20))).TaskToken.IsEmpty);
        await second.CompleteAsync(task);
        Assert.Equal($"{Taken} WorkflowTaskCompleted WorkflowExecutionSignaled WorkflowTaskScheduled", await second.TypesAsync("w"));
    }

    [Fact]
    public async Task Taking_a_task_and_completing_it_costs_one_commit()
    {
        var commits = 0;
        var store = new HookedStore(new InMemoryStore()) { BeforeCommit = _ => commits++ };
        await using var server = await EngineHost.StartAsync(store);
        await server.StartAsync("w");
        await server.StepAsync(Complete());
        Assert.Equal(2, commits);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    public async Task Whoever_reads_a_history_as_it_grows_misses_nothing_when_the_server_changes(bool waits, int cachedRuns)
    {
        var store = new InMemoryStore();
        await using var first = await EngineHost.StartAsync(store, cachedRuns);
        await first.StartAsync("w");
        await first.PollWorkflowAsync();
        var read = new List<HistoryEvent>();
        var token = await ReadOnAsync(first, ByteString.Empty, waits, read);
        Assert.Equal(3, read.Count);

        await using var second = await EngineHost.StartAsync(store, cachedRuns);
        await second.CallAsync<TerminateWorkflowExecutionResponse>(
            new TerminateWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
            }
        );
        if (waits)
        {
            Assert.Equal(ByteString.Empty, await ReadOnAsync(second, token, waits, read));
            Assert.Equal(await second.HistoryAsync("w"), read);
        }
        else
        {
            Assert.Equal((await second.HistoryAsync("w")).Take(3), read);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_change_that_fails_leaves_the_task_with_its_worker(int cachedRuns)
    {
        var fails = false;
        var store = new HookedStore(new InMemoryStore()) { BeforeCommit = _ => Require(!fails) };
        await using var server = await EngineHost.StartAsync(store, cachedRuns);
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        fails = true;
        await Assert.ThrowsAsync<IOException>(() => server.SignalAsync("w"));
        await Assert.ThrowsAsync<IOException>(() => server.CompleteAsync(task, Complete()));
        fails = false;

        Assert.Equal(Taken, await server.TypesAsync("w"));
        await server.CompleteAsync(task, Complete());
        Assert.Equal($"{Taken} WorkflowTaskCompleted WorkflowExecutionCompleted", await server.TypesAsync("w"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_task_that_is_not_answered_in_time_is_written_with_its_start(int cachedRuns)
    {
        await using var server = await EngineHost.StartAsync(cachedRuns: cachedRuns);
        await server.StartAsync("w");
        await server.PollWorkflowAsync();
        server.Advance(TimeSpan.FromSeconds(10));
        await server.WaitForAsync("w", e => e.EventType == EventType.WorkflowTaskTimedOut);
        Assert.Equal($"{Taken} WorkflowTaskTimedOut", await server.TypesAsync("w"));
        Assert.Equal(2, (await server.PollWorkflowAsync()).Attempt);
    }

    private static async Task<ByteString> ReadOnAsync(EngineHost server, ByteString token, bool waits, List<HistoryEvent> read)
    {
        var reply = await server.CallAsync<GetWorkflowExecutionHistoryResponse>(
            new GetWorkflowExecutionHistoryRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                WaitNewEvent = waits,
                NextPageToken = token,
            }
        );
        read.AddRange(reply.History.Events);
        return reply.NextPageToken;
    }

    private static void Require(bool works)
    {
        if (!works)
        {
            throw new IOException("The store does not work.");
        }
    }
}
