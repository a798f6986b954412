using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class DeletionTests
{
    [Fact]
    public async Task A_running_workflow_that_is_deleted_ends_for_its_parent_and_its_children_first()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("parent");
        await server.StepAsync(Child("middle"));
        await server.StepOnAsync("middle", Child("child"));
        await server.WaitForAsync("middle", e => e.EventType == EventType.ChildWorkflowExecutionStarted);
        await DeleteAsync(server, "middle");
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.HistoryAsync("middle"))).StatusCode);
        await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionTerminated);
        await server.WaitForAsync("child", e => e.EventType == EventType.WorkflowExecutionTerminated);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deletion_goes_on_after_a_crash_at_any_commit(bool crashAfterCommit)
    {
        for (var crashAt = 1; ; crashAt++)
        {
            var memory = new InMemoryStore();
            await using (var first = await EngineHost.StartAsync(memory))
            {
                await first.StartAsync("w");
                await first.StepAsync(Child("child"));
                await first.StepOnAsync("child", Timer());
            }

            var crashing = new CrashingStore(memory, crashAt, crashAfterCommit);
            await using (var second = await EngineHost.StartAsync(crashing))
            {
                try
                {
                    await second.CallAsync<DeleteWorkflowExecutionResponse>(Delete("w"), TimeSpan.FromMilliseconds(100));
                }
                catch (IOException)
                {
                    Assert.True(crashing.Crashed);
                }
            }

            await using var third = await EngineHost.StartAsync(memory);
            await DeleteIfThereAsync(third);
            await third.WaitForAsync("child", e => e.EventType == EventType.WorkflowExecutionTerminated);
            if (!crashing.Crashed)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task Closed_runs_are_deleted_when_they_are_older_than_the_retention_and_open_ones_never()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("open");
        await server.StepAsync(Timer("1", 30 * 24 * 3600));
        for (var i = 0; i < 3; i++)
        {
            await server.StartAsync($"closed {i}");
            await server.StepAsync(Complete());
        }

        server.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, await server.SweepAsync());
        await server.StartAsync("late");
        await server.StepAsync(Complete());
        server.Advance(TimeSpan.FromHours(2));
        Assert.Equal(3, await server.SweepAsync());
        var left = await server.CallAsync<ListWorkflowExecutionsResponse>(new ListWorkflowExecutionsRequest { Namespace = "default" });
        Assert.Equal(["open", "late"], left.Executions.Select(info => info.Execution.WorkflowId));
        server.Advance(TimeSpan.FromDays(10));
        Assert.Equal(1, await server.SweepAsync());
        Assert.Equal(WorkflowExecutionStatus.Running, (await server.DescribeAsync("open")).WorkflowExecutionInfo.Status);
    }

    [Fact]
    public async Task A_closed_run_that_its_parent_has_not_heard_of_is_kept()
    {
        var memory = new InMemoryStore();
        await using (var first = await EngineHost.StartAsync(memory))
        {
            await first.StartAsync("parent");
            await first.StepAsync(Child("child"));
            await first.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionStarted);
            await first.StepOnAsync("parent");
        }

        // It dies with the commit that closes the child (its task completed): its parent hears of that from the next server.
        var crashing = new CrashingStore(memory, crashAt: 1, crashAfterCommit: true);
        await using (var second = await EngineHost.StartAsync(crashing))
        {
            await Assert.ThrowsAsync<IOException>(() => CloseChildAsync(second));
            second.Advance(TimeSpan.FromDays(3));
            Assert.Equal(0, await second.SweepAsync());
        }

        await using var third = await EngineHost.StartAsync(memory);
        await third.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionCompleted);
    }

    [Fact]
    public async Task The_server_deletes_old_runs_by_itself_unless_its_time_is_a_tests()
    {
        var memory = new InMemoryStore();
        string runId;
        await using (var first = await EngineHost.StartAsync(memory))
        {
            runId = (await first.StartAsync("w")).RunId;
            await first.StepAsync(Complete());
            await first.CallAsync<UpdateNamespaceResponse>(
                new UpdateNamespaceRequest
                {
                    Namespace = "default",
                    Config = new Temporalio.Api.Namespace.V1.NamespaceConfig { WorkflowExecutionRetentionTtl = Seconds(0.001) },
                }
            );
            Assert.NotEmpty(await first.HistoryAsync("w", runId));
        }

        await using var second = await EngineHost.StartRealAsync(memory);
        while (
            (await second.CallAsync<ListWorkflowExecutionsResponse>(new ListWorkflowExecutionsRequest { Namespace = "default" }))
                .Executions
                .Count > 0
        )
        {
            await Task.Yield();
        }
    }

    private static async Task CloseChildAsync(EngineHost server)
    {
        var task = await server.PollWorkflowAsync();
        Assert.Equal("child", task.WorkflowExecution.WorkflowId);
        await server.CompleteAsync(task, Complete());
    }

    private static async Task DeleteIfThereAsync(EngineHost server)
    {
        try
        {
            await DeleteAsync(server, "w");
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // The first attempt was carried through.
        }
    }

    private static Task<DeleteWorkflowExecutionResponse> DeleteAsync(EngineHost server, string workflowId) =>
        server.CallAsync<DeleteWorkflowExecutionResponse>(Delete(workflowId));

    private static DeleteWorkflowExecutionRequest Delete(string workflowId) =>
        new()
        {
            Namespace = "default",
            WorkflowExecution = new WorkflowExecution { WorkflowId = workflowId },
        };
}
