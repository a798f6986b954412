using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class StartOptionTests
{
    [Fact]
    public async Task A_start_that_uses_a_running_workflow_can_attach_itself_to_it_once()
    {
        await using var server = await EngineHost.StartAsync();
        var first = await server.StartAsync("w", r => r.RequestId = "first");
        for (var i = 0; i < 2; i++)
        {
            var used = await UseAsync(server, "second");
            Assert.Equal((first.RunId, false), (used.RunId, used.Started));
        }

        Assert.Equal("WorkflowExecutionStarted WorkflowTaskScheduled WorkflowExecutionOptionsUpdated", await server.TypesAsync("w"));
        var updated = (await server.HistoryAsync("w"))[^1];
        Assert.Equal("second", updated.WorkflowExecutionOptionsUpdatedEventAttributes.AttachedRequestId);
        Assert.Equal("target", Assert.Single(updated.Links).WorkflowEvent.WorkflowId);
        var described = await server.DescribeAsync("w");
        Assert.Equal("second", Assert.Single(described.Callbacks).Callback.Nexus.Url);
        Assert.Equal(EventType.WorkflowExecutionStarted, described.WorkflowExtendedInfo.RequestIdInfos["first"].EventType);
        Assert.Equal(3, described.WorkflowExtendedInfo.RequestIdInfos["second"].EventId);
    }

    [Fact]
    public async Task An_attached_request_waits_in_the_buffer_while_a_worker_has_the_task_and_its_callbacks_go_on_to_the_next_run()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.CompletionCallbacks.Add(Callback("first")));
        var task = await server.PollWorkflowAsync();
        await UseAsync(server, "second");
        Assert.True((await server.DescribeAsync("w")).WorkflowExtendedInfo.RequestIdInfos["second"].Buffered);
        await server.CompleteAsync(task);
        Assert.EndsWith(
            "WorkflowTaskCompleted WorkflowExecutionOptionsUpdated WorkflowTaskScheduled",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
        await server.StepAsync(ContinueAsNew());
        Assert.Equal(["first", "second"], (await server.DescribeAsync("w")).Callbacks.Select(info => info.Callback.Nexus.Url));
    }

    [Fact]
    public async Task Callbacks_are_not_attached_without_the_request_id()
    {
        await using var server = await EngineHost.StartAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            server.StartAsync("w", r =>
                r.OnConflictOptions = new Temporalio.Api.Workflow.V1.OnConflictOptions { AttachCompletionCallbacks = true }
            )
        );
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task A_time_out_that_nobody_gave_stays_absent()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("none");
        await server.StartAsync("limited", r => r.WorkflowExecutionTimeout = Seconds(5));

        var none = (await server.HistoryAsync("none"))[0].WorkflowExecutionStartedEventAttributes;
        Assert.Null(none.WorkflowExecutionTimeout);
        Assert.Null(none.WorkflowRunTimeout);
        Assert.Null((await server.DescribeAsync("none")).ExecutionConfig.WorkflowRunTimeout);
        Assert.Equal(Seconds(5), (await server.HistoryAsync("limited"))[0].WorkflowExecutionStartedEventAttributes.WorkflowRunTimeout);
    }

    [Fact]
    public async Task An_eager_start_brings_the_first_workflow_task_with_the_reply()
    {
        await using var server = await EngineHost.StartAsync();
        var reply = await server.StartAsync("w", r => r.RequestEagerExecution = true);
        Assert.Equal([1, 2, 3], reply.EagerWorkflowTask.History.Events.Select(e => e.EventId));
        Assert.True(reply.EagerWorkflowTask.History.Events[0].WorkflowExecutionStartedEventAttributes.EagerExecutionAccepted);
        Assert.True((await server.PollWorkflowAsync(wait: TimeSpan.FromMilliseconds(20))).TaskToken.IsEmpty);
        await server.CompleteAsync(reply.EagerWorkflowTask, Complete());
        Assert.Equal(WorkflowExecutionStatus.Completed, (await server.DescribeAsync("w")).WorkflowExecutionInfo.Status);
    }

    [Fact]
    public async Task An_eager_start_that_is_sent_again_brings_the_same_task_until_that_is_over()
    {
        await using var server = await EngineHost.StartAsync();
        Task<StartWorkflowExecutionResponse> StartAsync() => server.StartAsync("w", r =>
            {
                r.RequestId = "same";
                r.RequestEagerExecution = true;
            });
        var first = await StartAsync();
        Assert.Equal("same", first.EagerWorkflowTask.History.Events[2].WorkflowTaskStartedEventAttributes.RequestId);
        await server.SignalAsync("w");
        var again = await StartAsync();
        Assert.Equal((first.RunId, true), (again.RunId, again.Started));
        Assert.Equal(first.EagerWorkflowTask, again.EagerWorkflowTask);
        await server.CompleteAsync(again.EagerWorkflowTask);
        Assert.Null((await StartAsync()).EagerWorkflowTask);
        await server.PollWorkflowAsync();
        Assert.Null((await StartAsync()).EagerWorkflowTask);
    }

    [Fact]
    public async Task A_start_whose_task_went_to_a_queue_does_not_become_eager_when_it_is_sent_again()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.RequestId = "same");
        await server.PollWorkflowAsync();
        var again = await server.StartAsync("w", r =>
        {
            r.RequestId = "same";
            r.RequestEagerExecution = true;
        });
        Assert.True(again.Started);
        Assert.Null(again.EagerWorkflowTask);
    }

    [Fact]
    public async Task A_start_that_is_delayed_is_not_eager()
    {
        await using var server = await EngineHost.StartAsync();
        var reply = await server.StartAsync("w", r =>
        {
            r.RequestEagerExecution = true;
            r.WorkflowStartDelay = Seconds(10);
        });
        Assert.Null(reply.EagerWorkflowTask);
    }

    [Fact]
    public async Task An_eager_task_that_the_starter_loses_goes_to_another_worker_in_time()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.RequestEagerExecution = true);
        server.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, (await server.PollWorkflowAsync()).Attempt);
    }

    [Fact]
    public async Task A_child_has_its_parents_priority_where_it_has_none_of_its_own()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("parent", r => r.Priority = new Priority { PriorityKey = 2, FairnessKey = "tenant" });
        var child = Child("child");
        child.StartChildWorkflowExecutionCommandAttributes.Priority = new Priority { PriorityKey = 4 };
        await server.StepAsync(child);
        await server.WaitForAsync("parent", e => e.EventType == EventType.ChildWorkflowExecutionStarted);
        var started = (await server.HistoryAsync("child"))[0].WorkflowExecutionStartedEventAttributes;
        Assert.Equal((4, "tenant"), (started.Priority.PriorityKey, started.Priority.FairnessKey));
    }

    private static Task<StartWorkflowExecutionResponse> UseAsync(EngineHost server, string requestId) => server.StartAsync("w", r =>
        {
            r.RequestId = requestId;
            r.WorkflowIdConflictPolicy = WorkflowIdConflictPolicy.UseExisting;
            r.OnConflictOptions = new Temporalio.Api.Workflow.V1.OnConflictOptions
            {
                AttachRequestId = true,
                AttachCompletionCallbacks = true,
                AttachLinks = true,
            };
            r.CompletionCallbacks.Add(Callback(requestId));
            r.Links.Add(new Link { WorkflowEvent = new Link.Types.WorkflowEvent { WorkflowId = "target" } });
        });

    private static Callback Callback(string url) => new() { Nexus = new Callback.Types.Nexus { Url = url } };
}
