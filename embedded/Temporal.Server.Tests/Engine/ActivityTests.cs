using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class ActivityTests
{
    [Fact]
    public async Task An_activity_leaves_its_started_event_only_with_its_outcome()
    {
        await using var server = await StartAsync(Activity());
        var task = await server.PollActivityAsync();
        Assert.DoesNotContain("ActivityTaskStarted", await server.TypesAsync("w"), StringComparison.Ordinal);
        await CompleteAsync(server, task);
        Assert.EndsWith(
            "ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted WorkflowTaskScheduled",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
        var completed = (await server.HistoryAsync("w"))[^2].ActivityTaskCompletedEventAttributes;
        Assert.Equal((5, 6), (completed.ScheduledEventId, completed.StartedEventId));
    }

    [Fact]
    public async Task Outcomes_that_arrive_during_a_workflow_task_go_behind_the_signals_and_name_their_start()
    {
        await using var server = await StartAsync(Activity());
        var task = await server.PollActivityAsync();
        await server.SignalAsync("w");
        var workflowTask = await server.PollWorkflowAsync();
        await CompleteAsync(server, task);
        await server.SignalAsync("w");
        await server.CompleteAsync(workflowTask, Marker());

        var events = await server.HistoryAsync("w");
        Assert.EndsWith(
            "WorkflowTaskCompleted MarkerRecorded ActivityTaskStarted WorkflowExecutionSignaled ActivityTaskCompleted WorkflowTaskScheduled",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
        var completed = events[^2].ActivityTaskCompletedEventAttributes;
        Assert.Equal(EventType.ActivityTaskStarted, events[(int)completed.StartedEventId - 1].EventType);
    }

    [Fact]
    public async Task A_failed_attempt_is_retried_after_its_backoff_and_history_keeps_only_the_last()
    {
        await using var server = await StartAsync(Activity());
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var task = await server.PollActivityAsync();
            Assert.Equal(attempt, task.Attempt);
            await FailAsync(server, task, Failed($"attempt {attempt}"));
            var pending = Assert.Single((await server.DescribeAsync("w")).PendingActivities);
            Assert.Equal($"attempt {attempt}", pending.LastFailure.Message);
            Assert.Equal(TimeSpan.FromSeconds(1 << (attempt - 1)), pending.CurrentRetryInterval.ToTimeSpan());
            server.Advance(TimeSpan.FromSeconds(1 << (attempt - 1)));
        }

        await CompleteAsync(server, await server.PollActivityAsync());
        var events = await server.HistoryAsync("w");
        Assert.EndsWith(
            "ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted WorkflowTaskScheduled",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
        Assert.Equal(4, events[^3].ActivityTaskStartedEventAttributes.Attempt);
        Assert.Equal("attempt 3", events[^3].ActivityTaskStartedEventAttributes.LastFailure.Message);
    }

    [Theory]
    [InlineData(true, "Type", RetryState.NonRetryableFailure)]
    [InlineData(false, "Never", RetryState.NonRetryableFailure)]
    public async Task A_failure_that_must_not_be_retried_is_not(bool nonRetryable, string type, RetryState expected)
    {
        await using var server = await StartAsync(
            Activity("1", a => a.RetryPolicy = new RetryPolicy { NonRetryableErrorTypes = { "Never" } })
        );
        await FailAsync(server, await server.PollActivityAsync(), Failed("x", nonRetryable, type));
        var failed = await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskFailed);
        Assert.Equal(expected, failed.ActivityTaskFailedEventAttributes.RetryState);
    }

    [Fact]
    public async Task Attempts_are_limited()
    {
        await using var server = await StartAsync(Activity("1", a => a.RetryPolicy = new RetryPolicy { MaximumAttempts = 2 }));
        await FailAsync(server, await server.PollActivityAsync(), Failed());
        server.Advance(TimeSpan.FromSeconds(1));
        await FailAsync(server, await server.PollActivityAsync(), Failed());
        var failed = await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskFailed);
        Assert.Equal(RetryState.MaximumAttemptsReached, failed.ActivityTaskFailedEventAttributes.RetryState);
    }

    [Fact]
    public async Task A_failure_may_ask_for_its_own_delay()
    {
        await using var server = await StartAsync(Activity());
        var failure = Failed();
        failure.ApplicationFailureInfo.NextRetryDelay = Seconds(3600);
        await FailAsync(server, await server.PollActivityAsync(), failure);
        Assert.Equal(
            TimeSpan.FromHours(1),
            Assert.Single((await server.DescribeAsync("w")).PendingActivities).CurrentRetryInterval.ToTimeSpan()
        );
    }

    [Fact]
    public async Task An_answer_to_an_earlier_attempt_is_refused()
    {
        await using var server = await StartAsync(Activity());
        var first = await server.PollActivityAsync();
        server.Advance(TimeSpan.FromSeconds(10));
        await UntilAttemptAsync(server, 2);
        server.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await server.PollActivityAsync()).Attempt);
        var error = await Assert.ThrowsAsync<RpcException>(() => CompleteAsync(server, first));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task A_worker_that_stops_beating_loses_the_attempt_and_the_next_one_gets_its_details()
    {
        await using var server = await StartAsync(Activity("1", a => a.HeartbeatTimeout = Seconds(2)));
        var task = await server.PollActivityAsync();
        await server.CallAsync<RecordActivityTaskHeartbeatResponse>(
            new RecordActivityTaskHeartbeatRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                Details = Text("half"),
            }
        );
        server.Advance(TimeSpan.FromSeconds(2));
        await UntilAttemptAsync(server, 2);
        server.Advance(TimeSpan.FromSeconds(1));
        var second = await server.PollActivityAsync();
        Assert.Equal(2, second.Attempt);
        Assert.Equal("\"half\"", second.HeartbeatDetails.Payloads_[0].Data.ToStringUtf8());
    }

    [Theory]
    [InlineData(TimeoutType.ScheduleToStart)]
    [InlineData(TimeoutType.ScheduleToClose)]
    public async Task A_timeout_over_the_whole_activity_is_final(TimeoutType type)
    {
        await using var server = await StartAsync(Activity("1", a =>
            {
                a.ScheduleToStartTimeout = type == TimeoutType.ScheduleToStart ? Seconds(5) : null;
                a.ScheduleToCloseTimeout = type == TimeoutType.ScheduleToClose ? Seconds(5) : null;
            }));
        if (type == TimeoutType.ScheduleToClose)
        {
            await server.PollActivityAsync();
        }

        server.Advance(TimeSpan.FromSeconds(5));
        await AssertTimedOutAsync(server, type);
    }

    [Fact]
    public async Task An_activity_that_no_worker_takes_in_all_its_time_is_told_not_to_have_started()
    {
        await using var server = await StartAsync(Activity("1", a => a.ScheduleToCloseTimeout = Seconds(5)));
        server.Advance(TimeSpan.FromSeconds(5));
        await AssertTimedOutAsync(server, TimeoutType.ScheduleToStart);
    }

    [Fact]
    public async Task Of_two_timeouts_that_have_passed_the_earlier_one_is_told()
    {
        await using var server = await StartAsync(Activity("1", a =>
            {
                a.ScheduleToCloseTimeout = Seconds(20);
                a.StartToCloseTimeout = Seconds(10);
                a.RetryPolicy = new RetryPolicy { MaximumAttempts = 1 };
            }));
        await server.PollActivityAsync();
        server.Advance(TimeSpan.FromSeconds(30));
        await AssertTimedOutAsync(server, TimeoutType.StartToClose);
    }

    [Fact]
    public async Task A_retry_that_no_longer_fits_times_the_activity_out_and_names_the_last_attempts_failure()
    {
        await using var server = await StartAsync(Activity("1", a =>
            {
                a.ScheduleToCloseTimeout = Seconds(20);
                a.StartToCloseTimeout = Seconds(10);
                a.RetryPolicy = new RetryPolicy { InitialInterval = Seconds(5) };
            }));
        await FailAsync(server, await server.PollActivityAsync(), Failed("first"));
        server.Advance(TimeSpan.FromSeconds(5));
        await server.PollActivityAsync();
        server.Advance(TimeSpan.FromSeconds(10));
        var timedOut = await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskTimedOut);
        var failure = timedOut.ActivityTaskTimedOutEventAttributes.Failure;
        Assert.Equal(TimeoutType.ScheduleToClose, failure.TimeoutFailureInfo.TimeoutType);
        Assert.Equal("first", failure.Cause.Message);
        Assert.Equal(RetryState.Timeout, timedOut.ActivityTaskTimedOutEventAttributes.RetryState);
    }

    [Fact]
    public async Task An_activity_that_no_worker_has_is_cancelled_at_once()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Activity());
        await server.SignalAsync("w");
        await server.StepAsync(CancelActivity(5));
        Assert.EndsWith(
            "ActivityTaskCancelRequested ActivityTaskCanceled WorkflowTaskScheduled",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
        Assert.True((await server.PollActivityAsync(TimeSpan.FromMilliseconds(50))).TaskToken.IsEmpty);
    }

    [Fact]
    public async Task A_running_activity_hears_of_its_cancellation_by_heartbeat()
    {
        await using var server = await StartAsync(Activity());
        var task = await server.PollActivityAsync();
        var early = await Assert.ThrowsAsync<RpcException>(() => CancelAsync(server, task));
        Assert.Equal(StatusCode.InvalidArgument, early.StatusCode);
        await server.SignalAsync("w");
        await server.StepAsync(CancelActivity(5));
        var beat = await server.CallAsync<RecordActivityTaskHeartbeatResponse>(
            new RecordActivityTaskHeartbeatRequest { Namespace = "default", TaskToken = task.TaskToken }
        );
        Assert.True(beat.CancelRequested);
        await CancelAsync(server, task);
        var canceled = await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskCanceled);
        Assert.NotEqual(0, canceled.ActivityTaskCanceledEventAttributes.LatestCancelRequestedEventId);
    }

    [Fact]
    public async Task A_cancelled_activity_is_not_retried()
    {
        await using var server = await StartAsync(Activity());
        var task = await server.PollActivityAsync();
        await server.SignalAsync("w");
        await server.StepAsync(CancelActivity(5));
        await FailAsync(server, task, Failed());
        var failed = await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskFailed);
        Assert.Equal(RetryState.CancelRequested, failed.ActivityTaskFailedEventAttributes.RetryState);
    }

    [Fact]
    public async Task An_activity_can_be_completed_by_its_id()
    {
        await using var server = await StartAsync(Activity("by-id"));
        await server.PollActivityAsync();
        await server.CallAsync<RespondActivityTaskCompletedByIdResponse>(
            new RespondActivityTaskCompletedByIdRequest
            {
                Namespace = "default",
                WorkflowId = "w",
                ActivityId = "by-id",
                Result = Text("done"),
            }
        );
        await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskCompleted);
    }

    [Fact]
    public async Task An_eager_activity_comes_with_the_answer()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        var reply = await server.CompleteAsync(task, Activity("1", a => a.RequestEagerExecution = true));
        await CompleteAsync(server, Assert.Single(reply.ActivityTasks));
        await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskCompleted);
    }

    private static async Task AssertTimedOutAsync(EngineHost server, TimeoutType type)
    {
        var timedOut = await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskTimedOut);
        Assert.Equal(type, timedOut.ActivityTaskTimedOutEventAttributes.Failure.TimeoutFailureInfo.TimeoutType);
    }

    private static async Task<EngineHost> StartAsync(params Temporalio.Api.Command.V1.Command[] commands)
    {
        var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(commands);
        return server;
    }

    private static Task<RespondActivityTaskCompletedResponse> CompleteAsync(EngineHost server, PollActivityTaskQueueResponse task) =>
        server.CallAsync<RespondActivityTaskCompletedResponse>(
            new RespondActivityTaskCompletedRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                Result = Text("done"),
            }
        );

    private static Task<RespondActivityTaskFailedResponse> FailAsync(
        EngineHost server,
        PollActivityTaskQueueResponse task,
        Failure failure
    ) =>
        server.CallAsync<RespondActivityTaskFailedResponse>(
            new RespondActivityTaskFailedRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                Failure = failure,
            }
        );

    private static Task<RespondActivityTaskCanceledResponse> CancelAsync(EngineHost server, PollActivityTaskQueueResponse task) =>
        server.CallAsync<RespondActivityTaskCanceledResponse>(
            new RespondActivityTaskCanceledRequest { Namespace = "default", TaskToken = task.TaskToken }
        );

    private static async Task UntilAttemptAsync(EngineHost server, int attempt)
    {
        while ((await server.DescribeAsync("w")).PendingActivities[0].Attempt != attempt)
        {
            await Task.Yield();
        }
    }
}
