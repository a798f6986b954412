using Temporal.Server.Rpc;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>The server's executable is killed in the middle of work.</summary>
public sealed class RestartTests
{
    private const int Workflows = 40;
    private const int Workers = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_server_goes_on_where_it_was()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var server = new ServerProcess(database.ConnectionString);
        await server.StartAsync();
        using var progress = new SemaphoreSlim(0);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var work = Enumerable.Range(0, Workers).SelectMany(_ => (Task[])[DecideAsync(server, progress, done.Token), ActAsync(server, progress, done.Token)]).ToArray();

        var starts = Enumerable.Range(0, Workflows).Select(i => InsistAsync(() => StartAsync(server, $"w{i}"))).ToArray();
        foreach (var stepsUntilKill in (int[])[10, 40, 40])
        {
            for (var step = 0; step < stepsUntilKill; step++)
            {
                await progress.WaitAsync(Cancellation);
            }

            await server.KillAsync();
            await server.StartAsync();
        }

        await Task.WhenAll(starts);
        await database.UntilAsync($"select count(*) = {Workflows} from temporal.runs where status = 2");
        await done.CancelAsync();
        await server.KillAsync();
        await server.StartAsync();
        await Task.WhenAll(work);
        for (var i = 0; i < Workflows; i++)
        {
            var types = (await HistoryAsync(server, $"w{i}")).Select(e => e.EventType).ToList();
            foreach (var once in (EventType[])[EventType.WorkflowExecutionStarted, EventType.ActivityTaskScheduled, EventType.ActivityTaskCompleted, EventType.TimerFired, EventType.WorkflowExecutionCompleted])
            {
                Assert.True(types.Count(type => type == once) == 1, $"{once} once in w{i}: {string.Join(' ', types)}");
            }
        }
    }

    [Fact]
    public async Task A_second_server_process_ends_with_an_error_and_a_successor_of_a_killed_one_does_not()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var first = new ServerProcess(database.ConnectionString);
        await first.StartAsync();
        await using (var second = new ServerProcess(database.ConnectionString))
        {
            var (exitCode, error) = await second.RunAsync();
            Assert.Equal(1, exitCode);
            Assert.Contains("in use by another Temporal server", error, StringComparison.Ordinal);
        }

        await first.KillAsync();
        await using var successor = new ServerProcess(database.ConnectionString);
        await successor.StartAsync();
        await StartAsync(successor, "taken over");
    }

    private static Task<StartWorkflowExecutionResponse> StartAsync(ServerProcess server, string workflowId) => server.CallAsync<StartWorkflowExecutionResponse>(new StartWorkflowExecutionRequest
    {
        Namespace = "default",
        WorkflowId = workflowId,
        WorkflowType = new WorkflowType { Name = "Type" },
        TaskQueue = EngineHost.Queue("tq"),
        RequestId = workflowId,
        WorkflowTaskTimeout = Seconds(2),
    });

    // As SDKs do: again, with the same request id, until the server has answered.
    private static async Task InsistAsync(Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception error) when (IsPassing(error))
            {
                Cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task DecideAsync(ServerProcess server, SemaphoreSlim progress, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            try
            {
                var task = await server.CallAsync<PollWorkflowTaskQueueResponse>(
                    new PollWorkflowTaskQueueRequest { Namespace = "default", TaskQueue = EngineHost.Queue("tq"), Identity = "worker" }, deadlineSeconds: 5);
                if (!task.TaskToken.IsEmpty)
                {
                    await server.CallAsync<RespondWorkflowTaskCompletedResponse>(new RespondWorkflowTaskCompletedRequest
                    {
                        Namespace = "default",
                        TaskToken = task.TaskToken,
                        Commands = { Decide([.. task.History.Events]) },
                    });
                    progress.Release();
                }
            }
            catch (Exception error) when (IsPassing(error))
            {
                Cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task ActAsync(ServerProcess server, SemaphoreSlim progress, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            try
            {
                var task = await server.CallAsync<PollActivityTaskQueueResponse>(
                    new PollActivityTaskQueueRequest { Namespace = "default", TaskQueue = EngineHost.Queue("tq"), Identity = "worker" }, deadlineSeconds: 5);
                if (!task.TaskToken.IsEmpty)
                {
                    await server.CallAsync<RespondActivityTaskCompletedResponse>(new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken });
                    progress.Release();
                }
            }
            catch (Exception error) when (IsPassing(error))
            {
                Cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private static IEnumerable<Command> Decide(IReadOnlyList<HistoryEvent> history)
    {
        bool Has(EventType type) => history.Any(e => e.EventType == type);
        return !Has(EventType.TimerStarted) ? [Activity(change: activity => activity.StartToCloseTimeout = Seconds(2)), Timer(seconds: 1)]
            : Has(EventType.ActivityTaskCompleted) && Has(EventType.TimerFired) ? [Complete()]
            : [];
    }

    private static async Task<IEnumerable<HistoryEvent>> HistoryAsync(ServerProcess server, string workflowId) =>
        (await server.CallAsync<GetWorkflowExecutionHistoryResponse>(new GetWorkflowExecutionHistoryRequest
        {
            Namespace = "default",
            Execution = new WorkflowExecution { WorkflowId = workflowId },
        })).History.Events;

    // The process is gone, a poll found nothing, or the answer comes for a task that was given to somebody else meanwhile.
    private static bool IsPassing(Exception error) => error is HttpRequestException or IOException
        or RpcException { StatusCode: StatusCode.Unavailable or StatusCode.NotFound or StatusCode.DeadlineExceeded or StatusCode.InvalidArgument };
}
