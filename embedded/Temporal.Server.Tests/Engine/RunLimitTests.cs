using Temporal.Server.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Tests.Engine;

/// <summary>The limits of runs, each small enough to be met.</summary>
public sealed class RunLimitTests
{
    [Theory]
    [InlineData(WorkflowTaskFailedCause.PendingActivitiesLimitExceeded)]
    [InlineData(WorkflowTaskFailedCause.PendingChildWorkflowsLimitExceeded)]
    [InlineData(WorkflowTaskFailedCause.PendingSignalsLimitExceeded)]
    [InlineData(WorkflowTaskFailedCause.PendingRequestCancelLimitExceeded)]
    public async Task A_run_has_no_more_pending_than_its_limit(WorkflowTaskFailedCause cause)
    {
        await using var server = await StartAsync(
            new()
            {
                PendingActivities = 2,
                PendingChildren = 2,
                PendingSignals = 2,
                PendingCancels = 2,
            }
        );
        await server.StartAsync("w");
        var error = await Assert.ThrowsAsync<RpcException>(() => server.StepAsync(Three(cause)));
        Assert.StartsWith($"{cause}: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("2, has reached the per-workflow limit of 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SuggestContinueAsNewReason.TooManyHistoryEvents)]
    [InlineData(SuggestContinueAsNewReason.HistorySizeTooLarge)]
    public async Task A_worker_is_told_to_continue_as_new_from_the_limit_on(SuggestContinueAsNewReason reason)
    {
        await using var server = await StartAsync(
            reason == SuggestContinueAsNewReason.TooManyHistoryEvents
                ? new() { SuggestContinueAsNewEvents = 7 }
                : new() { SuggestContinueAsNewBytes = 400 }
        );
        await server.StartAsync("w");
        var first = await server.StepAsync(BigMarker(400));
        Assert.False(first.History.Events[^1].WorkflowTaskStartedEventAttributes.SuggestContinueAsNew);
        await server.SignalAsync("w");
        var second = await server.PollWorkflowAsync();
        Assert.Equal([reason], second.History.Events[^1].WorkflowTaskStartedEventAttributes.SuggestContinueAsNewReasons);
    }

    [Theory]
    [InlineData(5, int.MaxValue, "Workflow history count exceeds limit.")]
    [InlineData(int.MaxValue, 1000, "Workflow history size exceeds limit.")]
    public async Task A_history_does_not_grow_beyond_its_limit(int events, int bytes, string reason)
    {
        await using var server = await StartAsync(new() { HistoryEvents = events, HistoryBytes = bytes });
        await server.StartAsync("w");
        var error = await Assert.ThrowsAsync<RpcException>(() => server.StepAsync(BigMarker(500), BigMarker(500)));
        Assert.Equal(reason, error.Message);
        Assert.Equal(reason, (await server.HistoryAsync("w"))[^1].WorkflowExecutionTerminatedEventAttributes.Reason);
    }

    [Fact]
    public async Task Payloads_are_no_larger_than_the_limit()
    {
        await using var server = await StartAsync(new() { BlobBytes = 100 });
        Task StartWithAsync(int bytes) => server.StartAsync("w", r => r.Input = Text(new string('x', bytes)));
        Assert.Equal("Blob data size exceeds limit.", (await Assert.ThrowsAsync<RpcException>(() => StartWithAsync(100))).Message);
        await StartWithAsync(50);
        await Assert.ThrowsAsync<RpcException>(() => server.StepAsync(BigMarker(100)));
        Assert.EndsWith("WorkflowExecutionTerminated", await server.TypesAsync("w"), StringComparison.Ordinal);
        Assert.Equal(100, (await DescribeNamespaceAsync(server)).BlobSizeLimitError);
    }

    [Fact]
    public async Task Memos_are_no_larger_than_the_limit()
    {
        await using var server = await StartAsync(new() { MemoBytes = 100 });
        Task StartWithAsync(int bytes) =>
            server.StartAsync("w", r => r.Memo = new Memo { Fields = { ["m"] = Json(new string('x', bytes)) } });
        Assert.Equal("Memo size exceeds limit.", (await Assert.ThrowsAsync<RpcException>(() => StartWithAsync(100))).Message);
        await StartWithAsync(50);
        Assert.Equal(100, (await DescribeNamespaceAsync(server)).MemoSizeLimitError);
    }

    [Fact]
    public async Task Names_are_no_longer_than_the_limit_from_callers_and_in_commands()
    {
        await using var server = await StartAsync(new() { IdLength = 7 });
        Assert.Equal(
            "WorkflowId length exceeds limit.",
            (await Assert.ThrowsAsync<RpcException>(() => server.StartAsync("12345678", Short))).Message
        );
        await server.StartAsync("1234567", Short);
        var error = await Assert.ThrowsAsync<RpcException>(() => server.StepAsync(Timer("12345678")));
        Assert.EndsWith("The timer id exceeds the length limit of 7.", error.Message, StringComparison.Ordinal);

        static void Short(StartWorkflowExecutionRequest request) => request.RequestId = "r";
    }

    [Fact]
    public async Task A_run_takes_no_more_signals_than_its_limit_from_clients_and_workflows()
    {
        await using var server = await StartAsync(new() { Signals = 2 });
        await server.StartAsync("w");
        await server.SignalAsync("w");
        await server.SignalAsync("w");
        Assert.Equal(
            "exceeded workflow execution limit for signal events",
            (await Assert.ThrowsAsync<RpcException>(() => server.SignalAsync("w"))).Message
        );

        await server.PollWorkflowAsync();
        await server.StartAsync("other");
        await server.StepAsync(SignalExternal("w"));
        var failed = await server.WaitForAsync("other", e => e.EventType == EventType.SignalExternalWorkflowExecutionFailed);
        Assert.Equal(
            SignalExternalWorkflowExecutionFailedCause.SignalCountLimitExceeded,
            failed.SignalExternalWorkflowExecutionFailedEventAttributes.Cause
        );
    }

    [Theory]
    [InlineData(1, int.MaxValue)]
    [InlineData(100, 100)]
    public async Task No_more_waits_for_a_workflow_task_than_the_limit(int events, int bytes)
    {
        await using var server = await StartAsync(new() { BufferedEvents = events, BufferedEventBytes = bytes });
        await server.StartAsync("w");
        await server.PollWorkflowAsync();
        await server.SignalAsync("w");
        Assert.EndsWith("WorkflowTaskStarted", await server.TypesAsync("w"), StringComparison.Ordinal);
        await server.SignalAsync("w", requestId: new string('r', 100));
        Assert.EndsWith(
            "WorkflowTaskFailed WorkflowExecutionSignaled WorkflowExecutionSignaled WorkflowTaskScheduled",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(1, 1000, 10, "limit on number of concurrent in-flight updates has been reached (1)")]
    [InlineData(10, 20, 10, "limit on total payload size of in-flight updates has been reached (20 bytes)")]
    [InlineData(10, 1000, 1, "The limit on the total number of distinct updates in this workflow has been reached (1).")]
    public async Task A_run_takes_no_more_updates_than_its_limit(int inFlight, int bytesInFlight, int total, string message)
    {
        await using var server = await StartAsync(
            new()
            {
                UpdatesInFlight = inFlight,
                UpdateBytesInFlight = bytesInFlight,
                Updates = total,
            }
        );
        await server.StartAsync("w");
        var first = server.UpdateAsync("1", Stage.Accepted);
        Assert.StartsWith(
            message,
            (await Assert.ThrowsAsync<RpcException>(() => server.UpdateAsync("2", Stage.Accepted))).Message,
            StringComparison.Ordinal
        );
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r => r.Messages.Add(Updates.Accepts(task.Messages[0])), Message("1/accept"));
        await first;
    }

    [Fact]
    public async Task The_part_of_all_updates_from_which_a_worker_is_told_to_continue_as_new_is_a_limit_too()
    {
        await using var server = await StartAsync(new() { Updates = 4, SuggestContinueAsNewUpdates = 0.25 });
        await server.StartAsync("w");
        var update = server.UpdateAsync("1", Stage.Accepted);
        var task = await server.PollWorkflowAsync();
        Assert.Equal(
            [SuggestContinueAsNewReason.TooManyUpdates],
            task.History.Events[^1].WorkflowTaskStartedEventAttributes.SuggestContinueAsNewReasons
        );
        await server.CompleteAsync(task, r => r.Messages.Add(Updates.Accepts(task.Messages[0])), Message("1/accept"));
        await update;
    }

    [Fact]
    public async Task A_workflow_task_has_the_usual_time_unless_the_start_says_otherwise()
    {
        await using var server = await StartAsync(new() { WorkflowTaskTimeout = TimeSpan.FromSeconds(3) });
        await server.StartAsync("w");
        await server.StartAsync("other", r => r.WorkflowTaskTimeout = Seconds(5));
        Assert.Equal(Seconds(3), (await server.HistoryAsync("w"))[1].WorkflowTaskScheduledEventAttributes.StartToCloseTimeout);
        Assert.Equal(Seconds(5), (await server.HistoryAsync("other"))[1].WorkflowTaskScheduledEventAttributes.StartToCloseTimeout);
    }

    [Fact]
    public async Task Empty_completions_prolong_a_workflow_task_up_to_a_limit()
    {
        await using var server = await StartAsync(new() { WorkflowTaskHeartbeats = TimeSpan.FromMinutes(1) });
        await server.StartAsync("w", r => r.WorkflowTaskTimeout = Seconds(120));
        var task = await server.PollWorkflowAsync();
        server.Advance(TimeSpan.FromSeconds(61));
        await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, r => r.ForceCreateNewWorkflowTask = true));
        Assert.Contains("WorkflowTaskTimedOut", await server.TypesAsync("w"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_poll_waits_up_to_a_limit()
    {
        await using var server = await StartAsync(new() { LongPoll = TimeSpan.FromMilliseconds(10) });
        await server.StartAsync("w");
        var started = await server.CallAsync<GetWorkflowExecutionHistoryResponse>(Poll());
        var nothing = await server.CallAsync<GetWorkflowExecutionHistoryResponse>(Poll(started.NextPageToken));
        Assert.Empty(nothing.History.Events);
        Assert.False(nothing.NextPageToken.IsEmpty);

        static GetWorkflowExecutionHistoryRequest Poll(Google.Protobuf.ByteString? token = null) =>
            new()
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                WaitNewEvent = true,
                NextPageToken = token ?? Google.Protobuf.ByteString.Empty,
            };
    }

    [Fact]
    public async Task A_failure_is_kept_between_attempts_up_to_a_limit()
    {
        await using var server = await StartAsync(new() { RetriedFailureBytes = 200 });
        await server.StartAsync("w");
        await server.StepAsync(Activity());
        var task = await server.PollActivityAsync();
        await server.CallAsync<RespondActivityTaskFailedResponse>(
            new RespondActivityTaskFailedRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                Failure = Failed(new string('x', 1000)),
            }
        );
        var kept = Assert.Single((await server.DescribeAsync("w")).PendingActivities).LastFailure;
        Assert.Equal("Failure exceeds size limit.", kept.Message);
        Assert.InRange(kept.CalculateSize(), 200, 300);
    }

    private static Task<EngineHost> StartAsync(WorkflowLimits limits) =>
        EngineHost.StartAsync(limits: new ServerLimits { Workflows = limits });

    private static Command[] Three(WorkflowTaskFailedCause cause) =>
        [
            .. Enumerable
                .Range(1, 3)
                .Select(i =>
                    cause switch
                    {
                        WorkflowTaskFailedCause.PendingActivitiesLimitExceeded => Activity($"{i}"),
                        WorkflowTaskFailedCause.PendingChildWorkflowsLimitExceeded => Child($"child {i}"),
                        WorkflowTaskFailedCause.PendingSignalsLimitExceeded => SignalExternal($"other {i}"),
                        _ => CancelExternal($"other {i}"),
                    }
                ),
        ];

    private static Command BigMarker(int bytes)
    {
        var marker = Marker();
        marker.RecordMarkerCommandAttributes.Details.Add("d", Text(new string('x', bytes)));
        return marker;
    }

    private static async Task<Temporalio.Api.Namespace.V1.NamespaceInfo.Types.Limits> DescribeNamespaceAsync(EngineHost server) =>
        (await server.CallAsync<DescribeNamespaceResponse>(new DescribeNamespaceRequest { Namespace = "default" })).NamespaceInfo.Limits;
}
