using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class WorkflowTaskTests
{
    [Fact]
    public async Task A_run_begins_with_its_start_and_a_workflow_task()
    {
        await using var server = await EngineHost.StartAsync();
        var started = await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();

        Assert.Equal(started.RunId, task.WorkflowExecution.RunId);
        Assert.Equal(3, task.StartedEventId);
        Assert.Equal(0, task.PreviousStartedEventId);
        Assert.Equal(1, task.Attempt);
        Assert.Equal([1, 2, 3], task.History.Events.Select(e => e.EventId));
        Assert.All(task.History.Events, e => Assert.NotNull(e.EventTime));

        await server.CompleteAsync(task, Complete());
        Assert.Equal(
            "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted",
            await server.TypesAsync("w")
        );
        Assert.Equal(WorkflowExecutionStatus.Completed, (await server.DescribeAsync("w")).WorkflowExecutionInfo.Status);
    }

    [Fact]
    public async Task Signals_that_arrive_during_a_workflow_task_come_after_its_commands()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        await server.SignalAsync("w", "one");
        await server.SignalAsync("w", "two");
        Assert.DoesNotContain("Signaled", await server.TypesAsync("w"), StringComparison.Ordinal);

        await server.CompleteAsync(task, Timer());

        Assert.Equal(
            "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted TimerStarted WorkflowExecutionSignaled WorkflowExecutionSignaled WorkflowTaskScheduled",
            await server.TypesAsync("w")
        );
    }

    [Fact]
    public async Task A_workflow_cannot_close_over_a_signal_that_it_has_not_seen()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        await server.SignalAsync("w");

        var error = await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, Marker(), Complete()));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("UnhandledCommand", error.Message);
        Assert.Equal(
            "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed WorkflowExecutionSignaled WorkflowTaskScheduled",
            await server.TypesAsync("w")
        );
        await server.StepAsync(Complete());
        Assert.Equal(WorkflowExecutionStatus.Completed, (await server.DescribeAsync("w")).WorkflowExecutionInfo.Status);
    }

    [Fact]
    public async Task A_completion_counts_once()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.StepAsync(Timer());
        var error = await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, Timer("2")));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal("Workflow task not found.", error.Message);
    }

    [Fact]
    public async Task A_task_that_is_not_answered_in_time_is_tried_again_without_filling_the_history()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.PollWorkflowAsync();
        server.Advance(TimeSpan.FromSeconds(11));
        await server.WaitForAsync("w", e => e.EventType == EventType.WorkflowTaskTimedOut);

        var second = await server.PollWorkflowAsync();
        Assert.Equal(2, second.Attempt);
        Assert.Equal([1, 2, 3, 4, 5, 6], second.History.Events.Select(e => e.EventId));
        Assert.Equal(EventType.WorkflowTaskStarted, second.History.Events[^1].EventType);
        Assert.Equal(4, (await server.HistoryAsync("w")).Count);

        server.Advance(TimeSpan.FromSeconds(11));
        var third = await server.PollWorkflowAsync();
        Assert.Equal(3, third.Attempt);
        Assert.Equal(4, (await server.HistoryAsync("w")).Count);

        await server.CompleteAsync(third, Complete());
        Assert.Equal(
            "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskTimedOut WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted",
            await server.TypesAsync("w")
        );
    }

    [Fact]
    public async Task New_events_make_a_retried_task_a_first_attempt_again()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.PollWorkflowAsync();
        server.Advance(TimeSpan.FromSeconds(11));
        await server.WaitForAsync("w", e => e.EventType == EventType.WorkflowTaskTimedOut);
        await server.SignalAsync("w");

        var task = await server.PollWorkflowAsync();

        Assert.Equal(1, task.Attempt);
        Assert.Equal(
            "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskTimedOut WorkflowExecutionSignaled WorkflowTaskScheduled WorkflowTaskStarted",
            await server.TypesAsync("w")
        );
        await server.CompleteAsync(task, Complete());
    }

    [Fact]
    public async Task A_failed_task_is_tried_again()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        await server.CallAsync<RespondWorkflowTaskFailedResponse>(
            new RespondWorkflowTaskFailedRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                Cause = WorkflowTaskFailedCause.NonDeterministicError,
                Failure = Failed(),
            }
        );
        var again = await server.PollWorkflowAsync();
        Assert.Equal(2, again.Attempt);
        Assert.EndsWith("WorkflowTaskFailed", await server.TypesAsync("w"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_command_fails_the_task_and_leaves_no_trace_of_the_others()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, Timer("a"), Timer("a")));
        var failed = (await server.HistoryAsync("w"))[^1];
        Assert.Equal(WorkflowTaskFailedCause.StartTimerDuplicateId, failed.WorkflowTaskFailedEventAttributes.Cause);
        Assert.DoesNotContain("TimerStarted", await server.TypesAsync("w"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_after_the_closing_one_is_refused()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, Complete(), Timer()));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        await server.CompleteAsync(task, Complete());
    }

    [Fact]
    public async Task A_sticky_worker_gets_only_what_is_new()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var sticky = server.PollWorkflowAsync("sticky");
        var first = await server.PollWorkflowAsync();
        await server.CompleteAsync(first, Sticky, Timer());
        await server.SignalAsync("w");

        var second = await sticky;

        Assert.Equal(3, second.PreviousStartedEventId);
        Assert.Equal(4, second.History.Events[0].EventId);
        Assert.Equal(second.StartedEventId, second.History.Events[^1].EventId);
    }

    [Fact]
    public async Task A_task_for_a_sticky_worker_that_is_gone_goes_to_the_others_with_full_history()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var first = await server.PollWorkflowAsync();
        await server.CompleteAsync(first, Sticky, Timer());
        await server.SignalAsync("w");
        var second = await server.PollWorkflowAsync();
        Assert.Equal(1, second.History.Events[0].EventId);
    }

    [Fact]
    public async Task A_sticky_task_that_nobody_takes_times_out_to_the_normal_queue()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var first = await server.PollWorkflowAsync();
        Assert.True((await server.PollWorkflowAsync("sticky", TimeSpan.FromMilliseconds(20))).TaskToken.IsEmpty);
        await server.CompleteAsync(first, Sticky, Timer("1", 3600));
        await server.SignalAsync("w");
        server.Advance(TimeSpan.FromSeconds(11));

        var second = await server.PollWorkflowAsync();

        Assert.Equal(1, second.Attempt);
        Assert.Equal(1, second.History.Events[0].EventId);
        Assert.Contains(
            "WorkflowTaskScheduled WorkflowTaskTimedOut WorkflowTaskScheduled WorkflowTaskStarted",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_next_task_comes_with_the_answer_when_asked_for()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        await server.SignalAsync("w");
        var reply = await server.CompleteAsync(task, request => request.ReturnNewWorkflowTask = true, Timer());
        Assert.Equal(EventType.WorkflowTaskStarted, reply.WorkflowTask.History.Events[^1].EventType);
        await server.CompleteAsync(reply.WorkflowTask, Complete());
        Assert.Equal(WorkflowExecutionStatus.Completed, (await server.DescribeAsync("w")).WorkflowExecutionInfo.Status);
    }

    [Fact]
    public async Task A_poll_that_was_given_up_swallows_no_task()
    {
        await using var server = await EngineHost.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            using var gone = new CancellationTokenSource();
            var abandoned = server.PollWorkflowAsync(cancellation: gone.Token);
            await gone.CancelAsync();
            await server.StartAsync($"w{i}");
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
            Assert.Equal($"w{i}", (await server.StepAsync(Complete())).WorkflowExecution.WorkflowId);
        }
    }

    [Fact]
    public async Task A_worker_that_shuts_down_gets_its_polls_back_empty()
    {
        await using var server = await EngineHost.StartAsync();
        var poll = server.PollWorkflowAsync(key: "instance");
        await server.CallAsync<ShutdownWorkerResponse>(
            new ShutdownWorkerRequest
            {
                Namespace = "default",
                WorkerInstanceKey = "instance",
                TaskQueue = "tq",
            }
        );
        Assert.True((await poll).TaskToken.IsEmpty);
        await server.StartAsync("w");
        Assert.True((await server.PollWorkflowAsync(key: "instance")).TaskToken.IsEmpty);
        Assert.False((await server.PollWorkflowAsync(key: "other")).TaskToken.IsEmpty);
    }

    [Fact]
    public async Task A_long_history_comes_in_pages()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync([.. Enumerable.Range(0, 600).Select(_ => Marker())]);
        await server.SignalAsync("w");
        var task = await server.PollWorkflowAsync();
        var events = task.History.Events.ToList();
        var token = task.NextPageToken;
        while (!token.IsEmpty)
        {
            var page = await server.CallAsync<GetWorkflowExecutionHistoryResponse>(
                new GetWorkflowExecutionHistoryRequest
                {
                    Namespace = "default",
                    Execution = task.WorkflowExecution,
                    NextPageToken = token,
                }
            );
            events.AddRange(page.History.Events);
            token = page.NextPageToken;
        }

        Assert.Equal(Enumerable.Range(1, (int)task.StartedEventId).Select(id => (long)id), events.Select(e => e.EventId));
    }

    private static void Sticky(RespondWorkflowTaskCompletedRequest request) =>
        request.StickyAttributes = new StickyExecutionAttributes
        {
            WorkerTaskQueue = new TaskQueue
            {
                Name = "sticky",
                Kind = TaskQueueKind.Sticky,
                NormalName = "tq",
            },
            ScheduleToStartTimeout = Seconds(10),
        };
}
