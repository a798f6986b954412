using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

/// <summary>What operators do to open activities.</summary>
public sealed class ActivityOperationTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_paused_activity_is_not_handed_out_and_says_who_paused_it()
    {
        await using var server = await StartAsync(Activity());
        await PauseAsync(server, r => r.Id = "1");
        Assert.True((await server.PollActivityAsync(Moment)).TaskToken.IsEmpty);
        var pending = await PendingAsync(server);
        Assert.Equal((PendingActivityState.Paused, true), (pending.State, pending.Paused));
        Assert.Equal(("operator", "looks odd"), (pending.PauseInfo.Manual.Identity, pending.PauseInfo.Manual.Reason));

        await UnpauseAsync(server, r => r.Id = "1");
        Assert.Equal("1", (await server.PollActivityAsync()).ActivityId);
        Assert.Null((await PendingAsync(server)).PauseInfo);
    }

    [Fact]
    public async Task A_pause_is_idempotent_by_its_request_id_and_a_second_one_is_refused()
    {
        await using var server = await StartAsync(Activity());
        await PauseAsync(server, r => r.Id = "1");
        await PauseAsync(server, r => r.Id = "1");
        var error = await Assert.ThrowsAsync<RpcException>(() => PauseAsync(server, r => (r.Id, r.RequestId) = ("1", "other")));
        Assert.Equal((StatusCode.FailedPrecondition, "activity is already paused"), (error.StatusCode, error.Message));
    }

    [Fact]
    public async Task A_pause_by_type_takes_all_of_the_type_or_none()
    {
        await using var server = await StartAsync(Activity("1"), Activity("2"), Activity("other", a => a.ActivityType.Name = "other"));
        await PauseAsync(server, r => (r.Id, r.RequestId) = ("2", "first"));
        await Assert.ThrowsAsync<RpcException>(() => PauseAsync(server, r => r.Type = "act"));
        Assert.Equal("1", (await server.PollActivityAsync()).ActivityId);

        await UnpauseAsync(server, r => r.UnpauseAll = true);
        await PauseAsync(server, r => r.Type = "act");
        var paused = (await server.DescribeAsync("w"))
            .PendingActivities.Where(activity => activity.Paused)
            .Select(activity => activity.ActivityId);
        Assert.Equal(["1", "2"], paused.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_activity_that_is_not_there_is_not_found_and_one_must_be_named()
    {
        await using var server = await StartAsync(Activity());
        Assert.Equal(
            StatusCode.NotFound,
            (await Assert.ThrowsAsync<RpcException>(() => PauseAsync(server, r => r.Id = "none"))).StatusCode
        );
        Assert.Equal(
            StatusCode.NotFound,
            (await Assert.ThrowsAsync<RpcException>(() => ResetAsync(server, r => r.Type = "none"))).StatusCode
        );
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => UnpauseAsync(server, _ => { }))).StatusCode);
        await server.SignalAsync("w");
        await server.StepAsync(Complete());
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => PauseAsync(server, r => r.Id = "1"))).StatusCode);
    }

    [Fact]
    public async Task No_time_out_of_a_paused_activity_runs_until_it_goes_on()
    {
        await using var server = await StartAsync(
            Activity("waiting", a => a.ScheduleToStartTimeout = Seconds(5)),
            Activity("running", a => a.HeartbeatTimeout = Seconds(5))
        );
        var running = await PollAsync(server, "running");
        await PauseAsync(server, r => r.Type = "act");
        server.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, (await server.DescribeAsync("w")).PendingActivities.Count);
        Assert.Equal(PendingActivityState.PauseRequested, (await PendingAsync(server, "running")).State);

        await UnpauseAsync(server, r => r.Id = "running");
        await UntilAsync(server, "running", activity => activity.Attempt == 2);
        Assert.Equal(TimeoutType.Heartbeat, (await PendingAsync(server, "running")).LastFailure.TimeoutFailureInfo.TimeoutType);
        await Assert.ThrowsAsync<RpcException>(() => CompleteAsync(server, running));
    }

    [Fact]
    public async Task A_worker_hears_of_a_pause_by_heartbeat_and_may_finish()
    {
        await using var server = await StartAsync(Activity());
        var task = await server.PollActivityAsync();
        Assert.False((await BeatAsync(server, task)).ActivityPaused);
        await PauseAsync(server, r => r.Id = "1");
        Assert.True((await BeatAsync(server, task)).ActivityPaused);
        await CompleteAsync(server, task);
        await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskCompleted);
    }

    [Fact]
    public async Task A_failure_during_a_pause_is_retried_at_once_when_the_pause_ends()
    {
        await using var server = await StartAsync(Activity("1", a => a.RetryPolicy = new RetryPolicy { MaximumAttempts = 1 }));
        var task = await server.PollActivityAsync();
        await PauseAsync(server, r => r.Id = "1");
        await FailAsync(server, task, Failed("in the pause"));
        var pending = await PendingAsync(server);
        Assert.Equal((PendingActivityState.Paused, 2, "in the pause"), (pending.State, pending.Attempt, pending.LastFailure.Message));
        Assert.Null(pending.NextAttemptScheduleTime);
        Assert.True((await server.PollActivityAsync(Moment)).TaskToken.IsEmpty);

        await UnpauseAsync(server, r => r.Id = "1");
        Assert.Equal(2, (await server.PollActivityAsync()).Attempt);
    }

    [Fact]
    public async Task A_final_failure_during_a_pause_is_final()
    {
        await using var server = await StartAsync(Activity());
        var task = await server.PollActivityAsync();
        await PauseAsync(server, r => r.Id = "1");
        await FailAsync(server, task, Failed(nonRetryable: true));
        await server.WaitForAsync("w", e => e.EventType == EventType.ActivityTaskFailed);
    }

    [Fact]
    public async Task Unpausing_can_begin_anew_and_spread_the_load()
    {
        await using var server = await StartAsync(Activity());
        var task = await server.PollActivityAsync();
        await BeatAsync(server, task, "half");
        await FailAsync(server, task, Failed());
        await PauseAsync(server, r => r.Id = "1");
        await UnpauseAsync(server, r => (r.Id, r.ResetAttempts, r.ResetHeartbeat, r.Jitter) = ("1", true, true, Seconds(3600)));
        var pending = await PendingAsync(server);
        Assert.InRange(
            pending.NextAttemptScheduleTime.ToDateTimeOffset(),
            server.Clock.UtcNow - TimeSpan.FromMinutes(1),
            server.Clock.UtcNow + TimeSpan.FromHours(1)
        );
        server.Advance(TimeSpan.FromHours(1));
        task = await server.PollActivityAsync();
        Assert.Equal(1, task.Attempt);
        Assert.Null(task.HeartbeatDetails);
    }

    [Fact]
    public async Task A_reset_begins_with_the_first_attempt_at_once()
    {
        await using var server = await StartAsync(Activity("1", a => a.RetryPolicy = new RetryPolicy { InitialInterval = Seconds(3600) }));
        await FailAsync(server, await server.PollActivityAsync(), Failed());
        Assert.True((await server.PollActivityAsync(Moment)).TaskToken.IsEmpty);
        await ResetAsync(server, r => r.Id = "1");
        Assert.Equal(1, (await server.PollActivityAsync()).Attempt);
    }

    [Fact]
    public async Task A_worker_hears_of_a_reset_by_heartbeat_and_its_failure_counts_as_the_first()
    {
        await using var server = await StartAsync(Activity());
        await FailAsync(server, await server.PollActivityAsync(), Failed());
        server.Advance(TimeSpan.FromSeconds(1));
        var second = await server.PollActivityAsync();
        await ResetAsync(server, r => (r.MatchAll, r.ResetHeartbeat) = (true, true));
        Assert.True((await BeatAsync(server, second, "lost")).ActivityReset);
        await FailAsync(server, second, Failed());
        server.Advance(TimeSpan.FromSeconds(1));
        var next = await server.PollActivityAsync();
        Assert.Equal(2, next.Attempt);
        Assert.Null(next.HeartbeatDetails);
        Assert.False((await BeatAsync(server, next)).ActivityReset);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_ends_a_pause_unless_told_to_keep_it(bool keep)
    {
        await using var server = await StartAsync(Activity());
        await PauseAsync(server, r => r.Id = "1");
        await ResetAsync(server, r => (r.Id, r.KeepPaused) = ("1", keep));
        Assert.Equal(keep, (await PendingAsync(server)).Paused);
        Assert.Equal(keep, (await server.PollActivityAsync(Moment)).TaskToken.IsEmpty);
    }

    [Fact]
    public async Task Changed_options_hold_for_the_attempt_that_waits_and_can_be_taken_back()
    {
        await using var server = await StartAsync(Activity("1", a => a.HeartbeatTimeout = Seconds(7)));
        var changed = await ChangeAsync(server, r =>
        {
            r.Id = "1";
            r.ActivityOptions = new ActivityOptions
            {
                TaskQueue = EngineHost.Queue("elsewhere"),
                StartToCloseTimeout = Seconds(5),
                RetryPolicy = new RetryPolicy { MaximumAttempts = 3 },
            };
            r.UpdateMask = new FieldMask { Paths = { "task_queue.name", "startToCloseTimeout", "retry_policy.maximum_attempts" } };
        });
        Assert.Equal(
            ("elsewhere", 5, 3, 5),
            (
                changed.TaskQueue.Name,
                changed.StartToCloseTimeout.Seconds,
                changed.RetryPolicy.MaximumAttempts,
                changed.HeartbeatTimeout.Seconds
            )
        );
        Assert.Equal(changed, (await PendingAsync(server)).ActivityOptions);
        Assert.True((await server.PollActivityAsync(Moment)).TaskToken.IsEmpty);

        await ChangeAsync(server, r => (r.Type, r.RestoreOriginal) = ("act", true));
        var task = await server.PollActivityAsync();
        Assert.Equal((10, 7), (task.StartToCloseTimeout.Seconds, task.HeartbeatTimeout.Seconds));
    }

    [Fact]
    public async Task A_changed_retry_policy_moves_the_attempt_that_is_in_back_off()
    {
        await using var server = await StartAsync(Activity("1", a => a.RetryPolicy = new RetryPolicy { InitialInterval = Seconds(3600) }));
        await FailAsync(server, await server.PollActivityAsync(), Failed("kept"));
        await ChangeAsync(server, r =>
        {
            r.MatchAll = true;
            r.ActivityOptions = new ActivityOptions
            {
                RetryPolicy = new RetryPolicy { InitialInterval = Seconds(2), MaximumInterval = Seconds(60) },
            };
            r.UpdateMask = new FieldMask { Paths = { "retry_policy.initial_interval", "retry_policy.maximum_interval" } };
        });
        server.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, (await server.PollActivityAsync()).Attempt);
        Assert.Equal("kept", (await PendingAsync(server)).LastFailure.Message);
    }

    [Theory]
    [InlineData("retry_policy.maximum_attempts")]
    [InlineData("no_such_field")]
    [InlineData("start_to_close_timeout")]
    public async Task Options_that_make_no_sense_change_nothing(string path)
    {
        await using var server = await StartAsync(Activity());
        var before = (await PendingAsync(server)).ActivityOptions;
        var error = await Assert.ThrowsAsync<RpcException>(() => ChangeAsync(server, r =>
            {
                r.Id = "1";
                r.ActivityOptions = new ActivityOptions();
                r.UpdateMask = new FieldMask { Paths = { path } };
            }));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(before, (await PendingAsync(server)).ActivityOptions);
    }

    [Fact]
    public async Task Runs_with_paused_activities_can_be_listed_by_the_activities_type()
    {
        await using var server = await StartAsync(Activity());
        var request = new CountWorkflowExecutionsRequest
        {
            Namespace = "default",
            Query = "TemporalPauseInfo = 'property:activityType=act'",
        };
        Assert.Equal(0, (await server.CallAsync<CountWorkflowExecutionsResponse>(request)).Count);
        await PauseAsync(server, r => r.Id = "1");
        Assert.Equal(1, (await server.CallAsync<CountWorkflowExecutionsResponse>(request)).Count);
        await UnpauseAsync(server, r => r.Id = "1");
        Assert.Equal(0, (await server.CallAsync<CountWorkflowExecutionsResponse>(request)).Count);
    }

    private static async Task<EngineHost> StartAsync(params Command[] commands)
    {
        var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(commands);
        return server;
    }

    private static async Task<PollActivityTaskQueueResponse> PollAsync(EngineHost server, string id)
    {
        PollActivityTaskQueueResponse task;
        do
        {
            task = await server.PollActivityAsync();
        } while (task.ActivityId != id);
        return task;
    }

    private static async Task<PendingActivityInfo> PendingAsync(EngineHost server, string id = "1") =>
        (await server.DescribeAsync("w")).PendingActivities.Single(activity => activity.ActivityId == id);

    private static async Task UntilAsync(EngineHost server, string id, Func<PendingActivityInfo, bool> wanted)
    {
        while (!wanted(await PendingAsync(server, id)))
        {
            await Task.Yield();
        }
    }

    private static Task<PauseActivityResponse> PauseAsync(EngineHost server, Action<PauseActivityRequest> change)
    {
        var request = new PauseActivityRequest
        {
            Namespace = "default",
            Execution = Execution(),
            Identity = "operator",
            Reason = "looks odd",
            RequestId = "r",
        };
        change(request);
        return server.CallAsync<PauseActivityResponse>(request);
    }

    private static Task<UnpauseActivityResponse> UnpauseAsync(EngineHost server, Action<UnpauseActivityRequest> change)
    {
        var request = new UnpauseActivityRequest { Namespace = "default", Execution = Execution() };
        change(request);
        return server.CallAsync<UnpauseActivityResponse>(request);
    }

    private static Task<ResetActivityResponse> ResetAsync(EngineHost server, Action<ResetActivityRequest> change)
    {
        var request = new ResetActivityRequest { Namespace = "default", Execution = Execution() };
        change(request);
        return server.CallAsync<ResetActivityResponse>(request);
    }

    private static async Task<ActivityOptions> ChangeAsync(EngineHost server, Action<UpdateActivityOptionsRequest> change)
    {
        var request = new UpdateActivityOptionsRequest { Namespace = "default", Execution = Execution() };
        change(request);
        return (await server.CallAsync<UpdateActivityOptionsResponse>(request)).ActivityOptions;
    }

    private static Task<RecordActivityTaskHeartbeatResponse> BeatAsync(
        EngineHost server,
        PollActivityTaskQueueResponse task,
        string? details = null
    ) =>
        server.CallAsync<RecordActivityTaskHeartbeatResponse>(
            new RecordActivityTaskHeartbeatRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                Details = details is null ? null : Text(details),
            }
        );

    private static Task<RespondActivityTaskCompletedResponse> CompleteAsync(EngineHost server, PollActivityTaskQueueResponse task) =>
        server.CallAsync<RespondActivityTaskCompletedResponse>(
            new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken }
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

    private static WorkflowExecution Execution() => new() { WorkflowId = "w" };
}
