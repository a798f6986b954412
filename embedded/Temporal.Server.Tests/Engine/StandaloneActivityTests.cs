using Google.Protobuf;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class StandaloneActivityTests
{
    [Fact]
    public async Task An_activity_is_handed_out_without_a_workflow_and_its_result_is_waited_for()
    {
        await using var server = await EngineHost.StartAsync();
        var started = await StartAsync(server);
        Assert.True(started.Started);
        var outcome = PollAsync(server, started.RunId);
        var task = await server.PollActivityAsync();
        Assert.Equal(("a", started.RunId, ""), (task.ActivityId, task.ActivityRunId, task.WorkflowExecution.WorkflowId));
        Assert.Null(task.WorkflowType);
        Assert.Equal((ActivityExecutionStatus.Running, PendingActivityState.Started), StateOf(await DescribeAsync(server)));

        await CompleteAsync(server, task, Text("done"));

        var reply = await outcome;
        Assert.Equal((started.RunId, Text("done")), (reply.RunId, reply.Outcome.Result));
        var info = (await DescribeAsync(server)).Info;
        Assert.Equal((ActivityExecutionStatus.Completed, PendingActivityState.Unspecified), (info.Status, info.RunState));
        Assert.Equal((1, "worker"), (info.Attempt, info.LastWorkerIdentity));
        Assert.NotNull(info.CloseTime);
        Assert.Equal("NotFound", (await Assert.ThrowsAsync<RpcException>(() => CompleteAsync(server, task, null))).StatusCode.ToString());
    }

    [Fact]
    public async Task It_is_tried_again_as_its_policy_says_and_fails_with_its_last_failure()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server, r => r.RetryPolicy = new RetryPolicy { MaximumAttempts = 2, InitialInterval = Seconds(3) });
        await FailAsync(server, await server.PollActivityAsync(), "first");
        var waiting = (await DescribeAsync(server)).Info;
        Assert.Equal((2, Seconds(3)), (waiting.Attempt, waiting.CurrentRetryInterval));
        Assert.Equal("first", waiting.LastFailure.Message);
        Assert.NotNull(waiting.NextAttemptScheduleTime);
        server.Advance(TimeSpan.FromSeconds(3));
        await FailAsync(server, await server.PollActivityAsync(), "second");

        var outcome = (await PollAsync(server)).Outcome;
        Assert.Equal(("second", RetryState.MaximumAttemptsReached), (outcome.Failure.Message, outcome.RetryState));
        var info = (await DescribeAsync(server)).Info;
        Assert.Equal((ActivityExecutionStatus.Failed, 2, "second"), (info.Status, info.Attempt, info.LastFailure.Message));
        Assert.Null(info.NextAttemptScheduleTime);
    }

    [Fact]
    public async Task Its_time_outs_end_it()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server, r => r.ScheduleToStartTimeout = Seconds(5));
        server.Advance(TimeSpan.FromSeconds(5));
        var unstarted = await PollAsync(server);
        Assert.Equal((TimeoutType.ScheduleToStart, RetryState.Timeout), (unstarted.Outcome.Failure.TimeoutFailureInfo.TimeoutType, unstarted.Outcome.RetryState));
        Assert.Equal(ActivityExecutionStatus.TimedOut, (await DescribeAsync(server)).Info.Status);

        await StartAsync(server, r =>
        {
            r.HeartbeatTimeout = Seconds(2);
            r.RetryPolicy = new RetryPolicy { MaximumAttempts = 1 };
        });
        var task = await server.PollActivityAsync();
        await HeartbeatAsync(server, task, Text("half"));
        server.Advance(TimeSpan.FromSeconds(2));
        var silent = (await PollAsync(server)).Outcome.Failure.TimeoutFailureInfo;
        Assert.Equal((TimeoutType.Heartbeat, Text("half")), (silent.TimeoutType, silent.LastHeartbeatDetails));
        var info = (await DescribeAsync(server)).Info;
        Assert.Equal((1, Text("half")), ((int)info.TotalHeartbeatCount, info.HeartbeatDetails));
    }

    [Fact]
    public async Task One_that_no_worker_has_is_canceled_at_once()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server);
        await CancelAsync(server, "request", "not \"needed\"");
        await CancelAsync(server, "request", "not \"needed\"");

        var failure = (await PollAsync(server)).Outcome.Failure;
        Assert.Equal(("Activity canceled", "operator"), (failure.Message, failure.CanceledFailureInfo.Identity));
        Assert.Equal("\"not \\u0022needed\\u0022\"", failure.CanceledFailureInfo.Details.Payloads_.Single().Data.ToStringUtf8());
        Assert.Equal((ActivityExecutionStatus.Canceled, "not \"needed\""), ((await DescribeAsync(server)).Info.Status, (await DescribeAsync(server)).Info.CanceledReason));
        Assert.True((await server.PollActivityAsync(TimeSpan.FromMilliseconds(20))).TaskToken.IsEmpty);
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(() => CancelAsync(server, "another", ""))).StatusCode);
    }

    [Fact]
    public async Task One_that_a_worker_has_hears_of_its_cancellation_by_heartbeat()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server);
        var task = await server.PollActivityAsync();
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => AnswerCanceledAsync(server, task))).StatusCode);
        await CancelAsync(server, "request", "enough");
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(() => CancelAsync(server, "another", ""))).StatusCode);
        Assert.True((await HeartbeatAsync(server, task, null)).CancelRequested);
        Assert.Equal((ActivityExecutionStatus.Running, PendingActivityState.CancelRequested), StateOf(await DescribeAsync(server)));
        await AnswerCanceledAsync(server, task);

        Assert.Equal(Text("cleaned up"), (await PollAsync(server)).Outcome.Failure.CanceledFailureInfo.Details);
    }

    [Fact]
    public async Task It_is_terminated_and_what_its_worker_answers_counts_no_more()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server);
        var task = await server.PollActivityAsync();
        await TerminateAsync(server, "request");
        await TerminateAsync(server, "request");

        var failure = (await PollAsync(server)).Outcome.Failure;
        Assert.Equal(("because", "operator"), (failure.Message, failure.TerminatedFailureInfo.Identity));
        Assert.Equal(ActivityExecutionStatus.Terminated, (await DescribeAsync(server)).Info.Status);
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(() => TerminateAsync(server, "another"))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => CompleteAsync(server, task, null))).StatusCode);
    }

    [Fact]
    public async Task A_reason_is_a_text_and_no_name()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server);
        var reason = new string('x', 5000);
        await CancelAsync(server, "request", reason);
        Assert.Equal(reason, (await DescribeAsync(server)).Info.CanceledReason);
        var tooLong = await Assert.ThrowsAsync<RpcException>(() => CancelAsync(server, "another", new string('x', 3 * 1024 * 1024)));
        Assert.Equal((StatusCode.InvalidArgument, "reason exceeds length limit"), (tooLong.StatusCode, tooLong.Message));
    }

    [Fact]
    public async Task Its_id_is_open_once_and_used_again_as_the_policies_say()
    {
        await using var server = await EngineHost.StartAsync();
        var first = await StartAsync(server, r => r.RequestId = "same");
        var again = await StartAsync(server, r => r.RequestId = "same");
        Assert.Equal((first.RunId, false), (again.RunId, again.Started));
        var error = await Assert.ThrowsAsync<RpcException>(() => StartAsync(server));
        Assert.Equal(StatusCode.AlreadyExists, error.StatusCode);
        Assert.Equal(("same", first.RunId), AlreadyStarted(error));
        var used = await StartAsync(server, r =>
        {
            r.IdConflictPolicy = ActivityIdConflictPolicy.UseExisting;
            r.OnConflictOptions = new OnConflictOptions { AttachLinks = true };
            r.Links.Add(new Link { Activity = new Link.Types.Activity { ActivityId = "cause" } });
        });
        Assert.Equal((first.RunId, false), (used.RunId, used.Started));
        Assert.Equal("cause", Assert.Single((await DescribeAsync(server)).Info.Links).Activity.ActivityId);

        await CompleteAsync(server, await server.PollActivityAsync(), null);
        foreach (var policy in (ActivityIdReusePolicy[])[ActivityIdReusePolicy.RejectDuplicate, ActivityIdReusePolicy.AllowDuplicateFailedOnly])
        {
            Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(() => StartAsync(server, r => r.IdReusePolicy = policy))).StatusCode);
        }

        var second = await StartAsync(server);
        Assert.True(second.Started);
        Assert.Equal(second.RunId, (await DescribeAsync(server)).RunId);
        Assert.Equal(ActivityExecutionStatus.Completed, (await DescribeAsync(server, first.RunId)).Info.Status);
    }

    [Fact]
    public async Task A_start_delay_holds_it_back_and_its_time_outs_with_it()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server, r =>
        {
            r.StartDelay = Seconds(60);
            r.ScheduleToCloseTimeout = Seconds(30);
        });
        var info = (await DescribeAsync(server)).Info;
        Assert.Equal(Seconds(60), info.ExecutionTime - info.ScheduleTime);
        Assert.Equal((Seconds(90), info.ExecutionTime), (info.ExpirationTime - info.ScheduleTime, info.NextAttemptScheduleTime));
        server.Advance(TimeSpan.FromSeconds(59));
        Assert.True((await server.PollActivityAsync(TimeSpan.FromMilliseconds(20))).TaskToken.IsEmpty);
        server.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a", (await server.PollActivityAsync()).ActivityId);
        server.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeoutType.ScheduleToClose, (await PollAsync(server)).Outcome.Failure.TimeoutFailureInfo.TimeoutType);
    }

    [Fact]
    public async Task It_is_answered_by_its_id()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.CallAsync<RespondActivityTaskFailedByIdResponse>(
            new RespondActivityTaskFailedByIdRequest { Namespace = "default", ActivityId = "a" }))).StatusCode);
        await server.PollActivityAsync();
        await server.CallAsync<RecordActivityTaskHeartbeatByIdResponse>(new RecordActivityTaskHeartbeatByIdRequest { Namespace = "default", ActivityId = "a", Details = Text("x") });
        Assert.Equal(Text("x"), (await DescribeAsync(server)).Info.HeartbeatDetails);
        await server.CallAsync<RespondActivityTaskCompletedByIdResponse>(new RespondActivityTaskCompletedByIdRequest { Namespace = "default", ActivityId = "a" });
        Assert.Equal(new Payloads(), (await PollAsync(server)).Outcome.Result);
    }

    [Fact]
    public async Task A_description_can_be_waited_for_until_something_changes()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server);
        var seen = await DescribeAsync(server);
        var next = DescribeAsync(server, seen.RunId, seen.LongPollToken);
        await server.PollActivityAsync();
        Assert.Equal(PendingActivityState.Started, (await next).Info.RunState);

        var nothing = await server.CallAsync<DescribeActivityExecutionResponse>(
            new DescribeActivityExecutionRequest { Namespace = "default", ActivityId = "a", RunId = seen.RunId, LongPollToken = (await next).LongPollToken },
            TimeSpan.FromMilliseconds(50));
        Assert.Equal(new DescribeActivityExecutionResponse(), nothing);
        foreach (var (runId, token) in ((string, ByteString)[])[("", seen.LongPollToken), (seen.RunId, ByteString.CopyFromUtf8("nonsense")), (Guid.NewGuid().ToString(), seen.LongPollToken)])
        {
            Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => DescribeAsync(server, runId, token))).StatusCode);
        }
    }

    [Fact]
    public async Task Activities_are_listed_and_counted_apart_from_workflows()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await StartAsync(server, r => r.SearchAttributes = new SearchAttributes { IndexedFields = { ["Colour"] = Text("red").Payloads_[0] } });
        await StartAsync(server, r => r.ActivityId = "b");
        await TerminateAsync(server, "request");

        Assert.Equal(["b", "a"], (await ListAsync(server, "")).Select(line => line.ActivityId));
        var line = Assert.Single(await ListAsync(server, "ActivityId = 'a' AND `ActivityType` = 'Measure' AND Colour = 'red' AND TaskQueue = 'tq'"));
        Assert.Equal((ActivityExecutionStatus.Terminated, "Measure", "tq"), (line.Status, line.ActivityType.Name, line.TaskQueue));
        Assert.Equal("b", Assert.Single(await ListAsync(server, "ExecutionStatus = 'Running'")).ActivityId);
        Assert.Empty(await ListAsync(server, "ActivityType = 'ActivityId'"));
        var groups = await server.CallAsync<CountActivityExecutionsResponse>(new CountActivityExecutionsRequest { Namespace = "default", Query = "GROUP BY ExecutionStatus" });
        Assert.Equal((2, 2), ((int)groups.Count, groups.Groups.Count));
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => ListAsync(server, "WorkflowId = 'a'"))).StatusCode);

        var workflows = await server.CallAsync<ListWorkflowExecutionsResponse>(new ListWorkflowExecutionsRequest { Namespace = "default" });
        Assert.Equal("w", Assert.Single(workflows.Executions).Execution.WorkflowId);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.DescribeAsync("a"))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.HistoryAsync("a"))).StatusCode);
    }

    [Fact]
    public async Task A_deleted_one_is_gone_and_old_closed_ones_are_deleted_in_time()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server, r => r.ActivityId = "b");
        await CompleteAsync(server, await server.PollActivityAsync(), null);
        await StartAsync(server);
        await server.CallAsync<DeleteActivityExecutionResponse>(new DeleteActivityExecutionRequest { Namespace = "default", ActivityId = "a" });
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                await DescribeAsync(server);
            }
        });
        Assert.Equal((StatusCode.NotFound, "activity not found for ID: a"), (error.StatusCode, error.Message));
        Assert.Equal("b", Assert.Single(await ListAsync(server, "")).ActivityId);

        server.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(1, await server.SweepAsync());
        Assert.Empty(await ListAsync(server, ""));
    }

    [Fact]
    public async Task It_outlives_the_server_in_every_state()
    {
        var store = new InMemoryStore();
        PollActivityTaskQueueResponse task;
        await using (var first = await EngineHost.StartAsync(store))
        {
            await StartAsync(first, r => r.ActivityId = "taken");
            task = await first.PollActivityAsync();
            await StartAsync(first, r => r.ActivityId = "over");
            await CompleteAsync(first, await first.PollActivityAsync(), Text("kept"));
            await StartAsync(first);
        }

        await using var second = await EngineHost.StartAsync(store);
        Assert.Equal("a", (await second.PollActivityAsync()).ActivityId);
        await CompleteAsync(second, task, Text("late"));
        Assert.Equal(Text("late"), (await PollAsync(second, activityId: "taken")).Outcome.Result);
        Assert.Equal(Text("kept"), (await PollAsync(second, activityId: "over")).Outcome.Result);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_and_nothing_is_started()
    {
        await using var server = await EngineHost.StartAsync();
        foreach (var wrong in (Action<StartActivityExecutionRequest>[])[
            r => r.ActivityId = "",
            r => r.ActivityType = null,
            r => r.TaskQueue = null,
            r => r.StartToCloseTimeout = null,
            r => r.StartToCloseTimeout = Seconds(-1),
            r => r.StartDelay = Seconds(-1),
            r => r.RetryPolicy = new RetryPolicy { MaximumAttempts = -1 },
            r => r.Priority = new Priority { PriorityKey = -1 },
            r => r.UserMetadata = new UserMetadata { Summary = Text(new string('x', 401)).Payloads_[0] },
            r => r.UserMetadata = new UserMetadata { Details = Text(new string('x', 20_001)).Payloads_[0] },
            r => r.SearchAttributes = new SearchAttributes { IndexedFields = { ["Unknown"] = Text("x").Payloads_[0] } },
            r => r.CompletionCallbacks.Add(new Callback { Nexus = new Callback.Types.Nexus { Url = "http://x" } }),
            r => r.OnConflictOptions = new OnConflictOptions { AttachRequestId = true }])
        {
            Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => StartAsync(server, wrong))).StatusCode);
        }

        Assert.Empty(await ListAsync(server, ""));
    }

    private static Task<StartActivityExecutionResponse> StartAsync(EngineHost server, Action<StartActivityExecutionRequest>? change = null)
    {
        var request = new StartActivityExecutionRequest
        {
            Namespace = "default",
            ActivityId = "a",
            ActivityType = new ActivityType { Name = "Measure" },
            TaskQueue = EngineHost.Queue("tq"),
            StartToCloseTimeout = Seconds(60),
            RequestId = Guid.NewGuid().ToString(),
        };
        change?.Invoke(request);
        return server.CallAsync<StartActivityExecutionResponse>(request);
    }

    private static Task<PollActivityExecutionResponse> PollAsync(EngineHost server, string runId = "", string activityId = "a") =>
        server.CallAsync<PollActivityExecutionResponse>(new PollActivityExecutionRequest { Namespace = "default", ActivityId = activityId, RunId = runId });

    private static Task<DescribeActivityExecutionResponse> DescribeAsync(EngineHost server, string runId = "", ByteString? token = null) =>
        server.CallAsync<DescribeActivityExecutionResponse>(new DescribeActivityExecutionRequest
        {
            Namespace = "default",
            ActivityId = "a",
            RunId = runId,
            LongPollToken = token ?? ByteString.Empty,
            IncludeHeartbeatDetails = true,
            IncludeLastFailure = true,
        });

    private static async Task<IReadOnlyList<ActivityExecutionListInfo>> ListAsync(EngineHost server, string query) =>
        (await server.CallAsync<ListActivityExecutionsResponse>(new ListActivityExecutionsRequest { Namespace = "default", Query = query })).Executions;

    private static Task<RespondActivityTaskCompletedResponse> CompleteAsync(EngineHost server, PollActivityTaskQueueResponse task, Payloads? result) =>
        server.CallAsync<RespondActivityTaskCompletedResponse>(new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken, Result = result });

    private static Task<RespondActivityTaskFailedResponse> FailAsync(EngineHost server, PollActivityTaskQueueResponse task, string message) => server.CallAsync<RespondActivityTaskFailedResponse>(
        new RespondActivityTaskFailedRequest
        {
            Namespace = "default",
            TaskToken = task.TaskToken,
            Failure = new Failure { Message = message, ApplicationFailureInfo = new ApplicationFailureInfo() },
        });

    private static Task<RespondActivityTaskCanceledResponse> AnswerCanceledAsync(EngineHost server, PollActivityTaskQueueResponse task) => server.CallAsync<RespondActivityTaskCanceledResponse>(
        new RespondActivityTaskCanceledRequest { Namespace = "default", TaskToken = task.TaskToken, Details = Text("cleaned up") });

    private static Task<RecordActivityTaskHeartbeatResponse> HeartbeatAsync(EngineHost server, PollActivityTaskQueueResponse task, Payloads? details) =>
        server.CallAsync<RecordActivityTaskHeartbeatResponse>(new RecordActivityTaskHeartbeatRequest { Namespace = "default", TaskToken = task.TaskToken, Details = details });

    private static Task<RequestCancelActivityExecutionResponse> CancelAsync(EngineHost server, string requestId, string reason) => server.CallAsync<RequestCancelActivityExecutionResponse>(
        new RequestCancelActivityExecutionRequest { Namespace = "default", ActivityId = "a", RequestId = requestId, Identity = "operator", Reason = reason });

    private static Task<TerminateActivityExecutionResponse> TerminateAsync(EngineHost server, string requestId) => server.CallAsync<TerminateActivityExecutionResponse>(
        new TerminateActivityExecutionRequest { Namespace = "default", ActivityId = "a", RequestId = requestId, Identity = "operator", Reason = "because" });

    private static (ActivityExecutionStatus, PendingActivityState) StateOf(DescribeActivityExecutionResponse description) => (description.Info.Status, description.Info.RunState);

    private static (string, string) AlreadyStarted(RpcException error)
    {
        var detail = Assert.IsType<ActivityExecutionAlreadyStartedFailure>(Assert.Single(error.Details));
        return (detail.StartRequestId, detail.RunId);
    }
}
