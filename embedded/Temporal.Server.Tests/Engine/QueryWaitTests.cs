using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

/// <summary>Queries that nobody can answer, or not yet.</summary>
public sealed class QueryWaitTests
{
    [Fact]
    public async Task A_query_waits_for_a_delayed_first_task_that_comes_while_it_is_waited_for()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.WorkflowStartDelay = Seconds(20));
        var error = await Assert.ThrowsAsync<RpcException>(() => QueryAsync(server, TimeSpan.FromSeconds(10)));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);

        var query = QueryAsync(server);
        server.Advance(TimeSpan.FromSeconds(20));
        var task = await server.PollWorkflowAsync();
        var (id, _) = Assert.Single(task.Queries);
        await server.CompleteAsync(
            task,
            r => r.QueryResults[id] = new WorkflowQueryResult { ResultType = QueryResultType.Answered, Answer = Text("at last") },
            Timer()
        );
        Assert.Equal("\"at last\"", (await query).QueryResult.Payloads_[0].Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_query_that_no_worker_answers_ends_although_its_caller_would_wait_for_ever()
    {
        var limits = new ServerLimits { Workflows = new WorkflowLimits { QueryWait = TimeSpan.FromMilliseconds(50) } };
        await using var server = await EngineHost.StartAsync(limits: limits);
        await server.StartAsync("w");
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => QueryAsync(server))).StatusCode);
        Assert.Empty((await server.StepAsync(Timer())).Queries);
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => QueryAsync(server))).StatusCode);
        await server.SignalAsync("w");
        Assert.Null((await server.PollWorkflowAsync()).Query);
    }

    [Fact]
    public async Task A_query_on_its_way_to_a_run_that_is_deleted_ends_with_it()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Complete());
        var query = QueryAsync(server);
        await server.CallAsync<DeleteWorkflowExecutionResponse>(
            new DeleteWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
            }
        );
        var poll = server.PollWorkflowAsync(wait: TimeSpan.FromSeconds(1));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => query)).StatusCode);
        Assert.True((await poll).TaskToken.IsEmpty);
    }

    private static Task<QueryWorkflowResponse> QueryAsync(EngineHost server, TimeSpan? deadline = null) =>
        server.CallAsync<QueryWorkflowResponse>(
            new QueryWorkflowRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                Query = new WorkflowQuery { QueryType = "q" },
            },
            deadline
        );
}
