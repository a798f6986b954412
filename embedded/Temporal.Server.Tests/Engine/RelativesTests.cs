using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class RelativesTests
{
    [Fact]
    public async Task A_child_starts_once_its_parent_knows_and_reports_its_end()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("parent");
        await server.StepAsync(Child("child"));
        await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionStarted);
        var tasks = new[] { await server.PollWorkflowAsync(), await server.PollWorkflowAsync() }.ToDictionary(task =>
            task.WorkflowExecution.WorkflowId
        );
        var started = tasks["child"].History.Events[0].WorkflowExecutionStartedEventAttributes;
        Assert.Equal("parent", started.ParentWorkflowExecution.WorkflowId);
        Assert.Equal("parent", started.RootWorkflowExecution.WorkflowId);
        Assert.Null(tasks["parent"].History.Events[0].WorkflowExecutionStartedEventAttributes?.RootWorkflowExecution);
        Assert.Equal("parent", (await server.DescribeAsync("parent")).WorkflowExecutionInfo.RootExecution.WorkflowId);
        await server.CompleteAsync(tasks["parent"]);
        await server.CompleteAsync(tasks["child"], Complete());
        var completed = await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionCompleted);
        Assert.Equal("\"result\"", completed.ChildWorkflowExecutionCompletedEventAttributes.Result.Payloads_[0].Data.ToStringUtf8());
        Assert.NotEqual(0, completed.ChildWorkflowExecutionCompletedEventAttributes.StartedEventId);
        Assert.Empty((await server.DescribeAsync("parent")).PendingChildren);
    }

    [Fact]
    public async Task A_child_that_continues_as_new_reports_only_its_last_run()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("parent");
        await server.StepAsync(Child("child"));
        await server.StepOnAsync("child", ContinueAsNew());
        await server.StepOnAsync("child", Complete());
        await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionCompleted);
    }

    [Fact]
    public async Task A_child_whose_id_is_taken_fails_to_start()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("taken", r => r.TaskQueue = EngineHost.Queue("elsewhere"));
        await server.StartAsync("parent");
        await server.StepAsync(Child("taken"));
        var failed = await server.WaitForAsync("parent", e => e.EventType == EventType.StartChildWorkflowExecutionFailed);
        Assert.Equal(
            StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists,
            failed.StartChildWorkflowExecutionFailedEventAttributes.Cause
        );
    }

    [Theory]
    [InlineData(ParentClosePolicy.Terminate, EventType.WorkflowExecutionTerminated)]
    [InlineData(ParentClosePolicy.RequestCancel, EventType.WorkflowExecutionCancelRequested)]
    public async Task Children_end_with_their_parent_as_their_policy_says(ParentClosePolicy policy, EventType expected)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("parent");
        await server.StepAsync(Child("child", policy));
        await server.StepOnAsync("parent", Complete());
        await server.WaitForAsync("child", e => e.EventType == expected);
    }

    [Fact]
    public async Task An_abandoned_child_outlives_its_parent_even_when_it_was_not_started_yet()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("parent");
        await server.StepAsync(Child("child", ParentClosePolicy.Abandon), Complete());
        await server.StepOnAsync("child", Complete());
        Assert.Equal(WorkflowExecutionStatus.Completed, (await server.DescribeAsync("child")).WorkflowExecutionInfo.Status);
    }

    [Fact]
    public async Task A_signal_to_another_workflow_arrives_and_its_sender_hears_of_it()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("target", r => r.TaskQueue = EngineHost.Queue("elsewhere"));
        await server.StartAsync("source");
        await server.StepAsync(SignalExternal("target"), SignalExternal("nobody"), SignalExternal("source"));
        await server.WaitForAsync("source", e => e.EventType == EventType.ExternalWorkflowExecutionSignaled);
        await server.WaitForAsync("source", e =>
            e.SignalExternalWorkflowExecutionFailedEventAttributes?.WorkflowExecution.WorkflowId == "nobody"
        );
        await server.WaitForAsync("source", e =>
            e.SignalExternalWorkflowExecutionFailedEventAttributes?.WorkflowExecution.WorkflowId == "source"
        );
        var signal = await server.WaitForAsync("target", e => e.EventType == EventType.WorkflowExecutionSignaled);
        Assert.Equal("source", signal.WorkflowExecutionSignaledEventAttributes.ExternalWorkflowExecution.WorkflowId);
    }

    [Fact]
    public async Task A_cancel_request_to_another_workflow_arrives_and_its_sender_hears_of_it()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("target", r => r.TaskQueue = EngineHost.Queue("elsewhere"));
        await server.StartAsync("source");
        await server.StepAsync(CancelExternal("target"), CancelExternal("nobody"));
        await server.WaitForAsync("source", e => e.EventType == EventType.ExternalWorkflowExecutionCancelRequested);
        await server.WaitForAsync("source", e => e.EventType == EventType.RequestCancelExternalWorkflowExecutionFailed);
        await server.WaitForAsync("target", e => e.EventType == EventType.WorkflowExecutionCancelRequested);
    }

    [Fact]
    public async Task A_deleted_child_is_a_terminated_one_to_its_parent_and_holds_nothing_up()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("parent");
        await server.StepAsync(Child("child"), Timer("t", 3600));
        await server.StepOnAsync("child", Timer("c", 3600));
        await server.CallAsync<TerminateWorkflowExecutionResponse>(
            new TerminateWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "child" },
            }
        );
        await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionTerminated);
        await server.CallAsync<DeleteWorkflowExecutionResponse>(
            new DeleteWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "child" },
            }
        );
        await server.StepOnAsync("parent");
        server.Clock.ReleaseLock();
        await server.WaitForAsync("parent", e => e.EventType == EventType.TimerFired);
    }
}
