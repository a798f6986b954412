using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class ChainTests
{
    [Fact]
    public async Task A_start_is_idempotent_by_its_request_id()
    {
        await using var server = await EngineHost.StartAsync();
        var first = await server.StartAsync("w", r => r.RequestId = "same");
        var second = await server.StartAsync("w", r => r.RequestId = "same");
        Assert.Equal(first.RunId, second.RunId);
        Assert.True(second.Started);
    }

    [Fact]
    public async Task There_is_one_open_run_of_a_workflow_id()
    {
        await using var server = await EngineHost.StartAsync();
        var first = await server.StartAsync("w");
        var error = await Assert.ThrowsAsync<RpcException>(() => server.StartAsync("w"));
        Assert.Equal(StatusCode.AlreadyExists, error.StatusCode);
        Assert.Equal(first.RunId, Assert.IsType<WorkflowExecutionAlreadyStartedFailure>(Assert.Single(error.Details)).RunId);
        var used = await server.StartAsync("w", r => r.WorkflowIdConflictPolicy = WorkflowIdConflictPolicy.UseExisting);
        Assert.Equal((first.RunId, false), (used.RunId, used.Started));
    }

    [Fact]
    public async Task Of_many_starts_at_once_one_wins()
    {
        await using var server = await EngineHost.StartAsync();
        var starts = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        try
                        {
                            return (await server.StartAsync("w")).RunId;
                        }
                        catch (RpcException error) when (error.StatusCode == StatusCode.AlreadyExists)
                        {
                            return null;
                        }
                    })
                )
        );
        Assert.Single(starts, runId => runId is not null);
    }

    [Fact]
    public async Task A_running_one_is_terminated_when_the_policy_says_so()
    {
        await using var server = await EngineHost.StartAsync();
        var first = await server.StartAsync("w");
        var second = await server.StartAsync("w", r => r.WorkflowIdConflictPolicy = WorkflowIdConflictPolicy.TerminateExisting);
        Assert.NotEqual(first.RunId, second.RunId);
        Assert.EndsWith("WorkflowExecutionTerminated", await server.TypesAsync("w", first.RunId), StringComparison.Ordinal);
        Assert.Equal(second.RunId, (await server.StepAsync(Complete())).WorkflowExecution.RunId);
    }

    [Theory]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicate, true, true)]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicate, false, true)]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicateFailedOnly, true, false)]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicateFailedOnly, false, true)]
    [InlineData(WorkflowIdReusePolicy.RejectDuplicate, true, false)]
    [InlineData(WorkflowIdReusePolicy.RejectDuplicate, false, false)]
    public async Task A_closed_workflow_id_is_used_again_as_its_policy_says(WorkflowIdReusePolicy policy, bool completed, bool allowed)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(completed ? Complete() : Fail());
        var start = () => server.StartAsync("w", r => r.WorkflowIdReusePolicy = policy);
        if (allowed)
        {
            Assert.True((await start()).Started);
        }
        else
        {
            Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(start)).StatusCode);
        }
    }

    [Fact]
    public async Task Continue_as_new_closes_one_run_and_opens_the_next_in_one_go()
    {
        await using var server = await EngineHost.StartAsync();
        var first = await server.StartAsync("w", r => r.Memo = new Memo { Fields = { ["m"] = Json("kept") } });
        await server.StepAsync(Upsert("Colour", "red"), ContinueAsNew());
        var closed = (await server.HistoryAsync("w", first.RunId))[^1].WorkflowExecutionContinuedAsNewEventAttributes;
        var task = await server.PollWorkflowAsync();
        Assert.Equal(closed.NewExecutionRunId, task.WorkflowExecution.RunId);
        var started = task.History.Events[0].WorkflowExecutionStartedEventAttributes;
        Assert.Equal(first.RunId, started.ContinuedExecutionRunId);
        Assert.Equal(first.RunId, started.FirstExecutionRunId);
        Assert.Equal("\"next\"", started.Input.Payloads_[0].Data.ToStringUtf8());
        Assert.Equal("\"kept\"", started.Memo.Fields["m"].Data.ToStringUtf8());
        Assert.Equal("\"red\"", started.SearchAttributes.IndexedFields["Colour"].Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_failed_workflow_is_retried_after_a_delay_when_it_has_a_policy()
    {
        await using var server = await EngineHost.StartAsync();
        var first = await server.StartAsync("w", r =>
            r.RetryPolicy = new RetryPolicy { MaximumAttempts = 2, InitialInterval = Seconds(30) }
        );
        await server.StepAsync(Fail());
        var failed = (await server.HistoryAsync("w", first.RunId))[^1].WorkflowExecutionFailedEventAttributes;
        Assert.Equal(RetryState.InProgress, failed.RetryState);
        Assert.NotEqual("", failed.NewExecutionRunId);
        Assert.Single(await server.HistoryAsync("w"));
        server.Advance(TimeSpan.FromSeconds(30));
        var task = await server.StepAsync(Fail());
        Assert.Equal(2, task.History.Events[0].WorkflowExecutionStartedEventAttributes.Attempt);
        Assert.Equal(
            RetryState.MaximumAttemptsReached,
            (await server.HistoryAsync("w"))[^1].WorkflowExecutionFailedEventAttributes.RetryState
        );
    }

    [Fact]
    public async Task A_run_times_out_and_takes_the_started_task_with_it()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.WorkflowRunTimeout = Seconds(5));
        var task = await server.PollWorkflowAsync();
        await server.SignalAsync("w");
        server.Advance(TimeSpan.FromSeconds(5));
        await server.WaitForAsync("w", e => e.EventType == EventType.WorkflowExecutionTimedOut);
        Assert.EndsWith(
            "WorkflowTaskStarted WorkflowTaskFailed WorkflowExecutionSignaled WorkflowExecutionTimedOut",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task))).StatusCode);
    }

    [Fact]
    public async Task A_start_delay_holds_the_first_task_back_but_not_signals()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.WorkflowStartDelay = Seconds(60));
        await server.SignalAsync("w");
        Assert.True((await server.PollWorkflowAsync(wait: TimeSpan.FromMilliseconds(50))).TaskToken.IsEmpty);
        server.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(4, (await server.PollWorkflowAsync()).StartedEventId);
    }

    [Fact]
    public async Task A_cron_workflow_runs_again_at_its_next_time()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.CronSchedule = "@every 1h");
        server.Advance(TimeSpan.FromHours(1));
        await server.StepAsync(Complete());
        var next = Assert.Single(await server.HistoryAsync("w")).WorkflowExecutionStartedEventAttributes;
        Assert.Equal(ContinueAsNewInitiator.CronSchedule, next.Initiator);
        Assert.Equal("\"result\"", next.LastCompletionResult.Payloads_[0].Data.ToStringUtf8());
        server.Advance(TimeSpan.FromHours(1));
        Assert.False((await server.PollWorkflowAsync()).TaskToken.IsEmpty);
    }

    [Fact]
    public async Task A_terminated_workflow_is_closed_at_once()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var terminate = new TerminateWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
            Reason = "why",
        };
        await server.CallAsync<TerminateWorkflowExecutionResponse>(terminate);
        Assert.Equal("why", (await server.HistoryAsync("w"))[^1].WorkflowExecutionTerminatedEventAttributes.Reason);
        Assert.True((await server.PollWorkflowAsync(wait: TimeSpan.FromMilliseconds(50))).TaskToken.IsEmpty);
        var again = await Assert.ThrowsAsync<RpcException>(() => server.CallAsync<TerminateWorkflowExecutionResponse>(terminate));
        Assert.Equal(StatusCode.NotFound, again.StatusCode);
    }
}
