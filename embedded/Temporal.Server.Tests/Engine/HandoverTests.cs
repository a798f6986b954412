using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using static Temporal.Server.Tests.Engine.Updates;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Tests.Engine;

/// <summary>What reaches a workflow while one run takes over from another, or while a parent closes.</summary>
public sealed class HandoverTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_one_workflow_sends_to_another_that_continues_as_new_at_that_moment_reaches_the_next_run(bool isSignal)
    {
        var store = new HookedStore(new InMemoryStore());
        await using var server = await EngineHost.StartAsync(store);
        await server.StartAsync("target");
        var last = await server.PollWorkflowAsync();
        await server.StartAsync("source");
        store.AfterNextFind("target", () => server.CompleteAsync(last, ContinueAsNew()));

        await server.StepOnAsync("source", isSignal ? SignalExternal("target") : CancelExternal("target"));

        await server.WaitForAsync("source", e =>
            e.EventType == (isSignal ? EventType.ExternalWorkflowExecutionSignaled : EventType.ExternalWorkflowExecutionCancelRequested)
        );
        await server.WaitForAsync("target", e =>
            e.EventType == (isSignal ? EventType.WorkflowExecutionSignaled : EventType.WorkflowExecutionCancelRequested)
        );
    }

    [Theory]
    [InlineData(ParentClosePolicy.Terminate)]
    [InlineData(ParentClosePolicy.RequestCancel)]
    public async Task A_child_that_was_being_created_while_its_parent_closed_ends_as_its_policy_says(ParentClosePolicy policy)
    {
        var store = new HookedStore(new InMemoryStore());
        await using var server = await EngineHost.StartAsync(store);
        await server.StartAsync("parent");
        var closed = new TaskCompletionSource();
        store.AfterCommit = async commit =>
        {
            if (commit.CurrentRuns.Any(current => current.WorkflowId == "child"))
            {
                await TerminateAsync(server, "parent");
                closed.SetResult();
            }
        };

        await server.StepAsync(Child("child", policy));
        await closed.Task;

        if (policy == ParentClosePolicy.Terminate)
        {
            await server.WaitForAsync("child", e => e.EventType == EventType.WorkflowExecutionTerminated);
            Assert.Equal("WorkflowExecutionStarted WorkflowExecutionTerminated", await server.TypesAsync("child"));
        }
        else
        {
            await server.WaitForAsync("child", e => e.EventType == EventType.WorkflowExecutionCancelRequested);
            await server.StepOnAsync("child", Complete());
        }
    }

    [Fact]
    public async Task A_child_that_is_deleted_while_its_parent_ends_its_children_does_not_save_the_others()
    {
        var store = new HookedStore(new InMemoryStore());
        await using var server = await EngineHost.StartAsync(store);
        await server.StartAsync("parent");
        await server.StepAsync(Child("first"), Child("second"));
        await server.WaitForAsync("parent", e => e.ChildWorkflowExecutionStartedEventAttributes?.WorkflowExecution.WorkflowId == "first");
        await server.WaitForAsync("parent", e => e.ChildWorkflowExecutionStartedEventAttributes?.WorkflowExecution.WorkflowId == "second");
        var first = (await server.DescribeAsync("first")).WorkflowExecutionInfo.Execution;
        store.AfterNextFind("first", () =>
            server.CallAsync<DeleteWorkflowExecutionResponse>(
                new DeleteWorkflowExecutionRequest { Namespace = "default", WorkflowExecution = first }
            )
        );

        await TerminateAsync(server, "parent");

        await server.WaitForAsync("second", e => e.EventType == EventType.WorkflowExecutionTerminated);
    }

    [Fact]
    public async Task An_update_with_start_of_a_workflow_that_continues_as_new_first_is_taken_by_the_next_run()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var last = await server.PollWorkflowAsync();
        var call = server.UpdateWithStartAsync("w", "u", Stage.Completed);
        await server.CompleteAsync(last, r => r.ForceCreateNewWorkflowTask = true);
        var seen = await server.PollWorkflowAsync();
        Assert.Equal("u", Assert.Single(seen.Messages).ProtocolInstanceId);
        await server.CompleteAsync(seen, ContinueAsNew());

        await UntilKnownAsync(server, "u");
        var next = await server.PollWorkflowAsync();
        await server.CarryOutAsync(next, Assert.Single(next.Messages));

        var update = (await call).Responses[1].UpdateWorkflow;
        Assert.NotNull(update.Outcome.Success);
        Assert.Equal(next.WorkflowExecution.RunId, update.UpdateRef.WorkflowExecution.RunId);
    }

    [Fact]
    public async Task Who_asks_after_an_update_that_moves_to_the_next_run_is_told_to_come_again()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer());
        var update = server.UpdateAsync("u", Stage.Completed);
        var seen = await server.PollWorkflowAsync();
        var asked = AskAfterAsync(server, "u", Stage.Completed);
        await server.CompleteAsync(seen, ContinueAsNew());

        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => asked)).StatusCode);
        await UntilKnownAsync(server, "u");
        var next = await server.PollWorkflowAsync();
        asked = AskAfterAsync(server, "u", Stage.Completed);
        await server.CarryOutAsync(next, Assert.Single(next.Messages));
        Assert.NotNull((await asked).Outcome.Success);
        Assert.NotNull((await update).Outcome.Success);
    }

    [Fact]
    public async Task An_update_for_one_run_alone_does_not_move_on_to_the_next()
    {
        await using var server = await EngineHost.StartAsync();
        var runId = (await server.StartAsync("w")).RunId;
        await server.StepAsync(Timer());
        var request = Update("u", Stage.Completed);
        request.WorkflowExecution.RunId = runId;
        var update = server.CallAsync<UpdateWorkflowExecutionResponse>(request);
        await server.CompleteAsync(await server.PollWorkflowAsync(), ContinueAsNew());

        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => update)).StatusCode);
    }

    [Fact]
    public async Task A_completion_that_continues_as_new_on_what_has_changed_meanwhile_may_be_sent_again()
    {
        var store = new HookedStore(new InMemoryStore());
        await using var server = await EngineHost.StartAsync(store);
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        var conflicts = 1;
        store.BeforeCommit = _ =>
        {
            if (conflicts-- > 0)
            {
                throw new StoreConflictException("Run w has version 3, not 2.");
            }
        };

        Assert.Equal(
            StatusCode.Unavailable,
            (await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, ContinueAsNew()))).StatusCode
        );

        await server.CompleteAsync(task, ContinueAsNew());
        Assert.Equal(WorkflowExecutionStatus.Running, (await server.DescribeAsync("w")).WorkflowExecutionInfo.Status);
    }

    private static Task<PollWorkflowExecutionUpdateResponse> AskAfterAsync(EngineHost server, string id, Stage wait) =>
        server.CallAsync<PollWorkflowExecutionUpdateResponse>(
            new PollWorkflowExecutionUpdateRequest
            {
                Namespace = "default",
                UpdateRef = new UpdateRef
                {
                    WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
                    UpdateId = id,
                },
                WaitPolicy = new WaitPolicy { LifecycleStage = wait },
            }
        );

    private static async Task UntilKnownAsync(EngineHost server, string id)
    {
        while (true)
        {
            try
            {
                await AskAfterAsync(server, id, Stage.Unspecified);
                return;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                await Task.Yield();
            }
        }
    }

    private static Task<TerminateWorkflowExecutionResponse> TerminateAsync(EngineHost server, string workflowId) =>
        server.CallAsync<TerminateWorkflowExecutionResponse>(
            new TerminateWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = workflowId },
            }
        );
}
