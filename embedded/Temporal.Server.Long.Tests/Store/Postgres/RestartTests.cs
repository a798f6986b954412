using Temporal.Server.Rpc;
using Temporal.Server.Tests.Engine;
using Temporal.Server.Tests.Store.Postgres;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Long.Tests.Store.Postgres;

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
        await using var workers = new WorkersInTrouble(server, TryAsync);
        workers.Start(Workers);
        var starts = Enumerable.Range(0, Workflows).Select(i => workers.StartAsync($"w{i}")).ToArray();
        foreach (var tasksUntilKill in (int[])[10, 40, 40])
        {
            await workers.AdvanceAsync(tasksUntilKill);
            await server.KillAsync();
            await server.StartAsync();
        }

        await Task.WhenAll(starts);
        await database.UntilAsync($"select count(*) = {Workflows} from temporal.runs where status = 2");
        await workers.StopAsync();
        await server.KillAsync();
        await server.StartAsync();
        for (var i = 0; i < Workflows; i++)
        {
            Occurrences.AssertOnce(
                await HistoryAsync(server, $"w{i}"),
                $"w{i}",
                EventType.WorkflowExecutionStarted,
                EventType.ActivityTaskScheduled,
                EventType.ActivityTaskCompleted,
                EventType.TimerFired,
                EventType.WorkflowExecutionCompleted
            );
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
        await successor.CallAsync<StartWorkflowExecutionResponse>(EngineHost.StartOf("taken over"));
    }

    // The process is gone, a poll found nothing, or the answer comes for a task that was given to somebody else meanwhile.
    private static async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception error)
            when (error
                    is HttpRequestException
                        or IOException
                        or RpcException
                    {
                        StatusCode: StatusCode.Unavailable
                                or StatusCode.NotFound
                                or StatusCode.DeadlineExceeded
                                or StatusCode.InvalidArgument
                    }
            )
        {
            Cancellation.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static async Task<IReadOnlyList<HistoryEvent>> HistoryAsync(ServerProcess server, string workflowId) => (
            await server.CallAsync<GetWorkflowExecutionHistoryResponse>(
                new GetWorkflowExecutionHistoryRequest
                {
                    Namespace = "default",
                    Execution = new WorkflowExecution { WorkflowId = workflowId },
                }
            )
        ).History.Events;
}
