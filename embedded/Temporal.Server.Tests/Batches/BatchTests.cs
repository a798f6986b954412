using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Batch.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Batches;

public sealed class BatchTests
{
    private const int MoreCommitsThanItTakes = 60;
    private const string All = "WorkflowType = 'Type'";

    [Fact]
    public async Task A_batch_terminates_the_open_workflows_that_its_query_finds()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server, 250);
        await server.StartAsync("other", request => request.WorkflowType.Name = "Other");
        await server.StartAsync("closed");
        await server.CallAsync<TerminateWorkflowExecutionResponse>(
            new TerminateWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "closed" },
            }
        );

        await StartBatchAsync(server, request => request.TerminationOperation = new BatchOperationTermination { Identity = "operator" });

        var batch = await UntilClosedAsync(server);
        Assert.Equal(BatchOperationState.Completed, batch.State);
        Assert.Equal((250, 250, 0), (batch.TotalOperationCount, batch.CompleteOperationCount, batch.FailureOperationCount));
        Assert.Equal(
            ("operator", "reason", All, BatchOperationType.TerminateWorkflow),
            (batch.Identity, batch.Reason, batch.Query, batch.OperationType)
        );
        Assert.True(batch.CloseTime >= batch.StartTime);
        Assert.Equal(251, await CountAsync(server, "ExecutionStatus = 'Terminated'"));
        Assert.Equal(WorkflowExecutionStatus.Running, (await server.DescribeAsync("other")).WorkflowExecutionInfo.Status);
        var terminated = (await server.HistoryAsync("w1"))[^1].WorkflowExecutionTerminatedEventAttributes;
        Assert.Equal(("reason", "operator"), (terminated.Reason, terminated.Identity));
    }

    [Fact]
    public async Task A_batch_signals_cancels_and_deletes()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server, 5);

        await StartBatchAsync(server, request => request.SignalOperation = new BatchOperationSignal
        {
            Signal = "hello",
            Input = Text("input"),
            Identity = "operator",
        });
        Assert.Equal(5, (await UntilClosedAsync(server)).CompleteOperationCount);
        await StartBatchAsync(
            server,
            request => request.CancellationOperation = new BatchOperationCancellation { Identity = "operator" },
            "cancel"
        );
        Assert.Equal(5, (await UntilClosedAsync(server, "cancel")).CompleteOperationCount);

        var history = await server.HistoryAsync("w3");
        var signal = Assert
            .Single(history, e => e.EventType == EventType.WorkflowExecutionSignaled)
            .WorkflowExecutionSignaledEventAttributes;
        Assert.Equal(("hello", Text("input")), (signal.SignalName, signal.Input));
        Assert.Single(history, e => e.EventType == EventType.WorkflowExecutionCancelRequested);

        await StartBatchAsync(
            server,
            request => request.DeletionOperation = new BatchOperationDeletion { Identity = "operator" },
            "delete"
        );
        Assert.Equal(5, (await UntilClosedAsync(server, "delete")).CompleteOperationCount);
        while (await CountAsync(server, "") > 0)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_batch_changes_resets_and_unpauses_the_activities_of_workflows()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server, 3);
        for (var i = 0; i < 3; i++)
        {
            await server.StepAsync(Activity("1"), Activity("2", a => a.ActivityType.Name = "It's"));
            await server.CallAsync<PauseActivityResponse>(
                new PauseActivityRequest
                {
                    Namespace = "default",
                    Execution = new WorkflowExecution { WorkflowId = $"w{i}" },
                    Type = "It's",
                }
            );
        }

        await server.CallAsync<TerminateWorkflowExecutionResponse>(
            new TerminateWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "w2" },
            }
        );
        await StartBatchAsync(
            server,
            request =>
                request.UpdateActivityOptionsOperation = new BatchOperationUpdateActivityOptions
                {
                    MatchAll = true,
                    ActivityOptions = new Temporalio.Api.Activity.V1.ActivityOptions { HeartbeatTimeout = Seconds(7) },
                    UpdateMask = new Google.Protobuf.WellKnownTypes.FieldMask { Paths = { "heartbeat_timeout" } },
                },
            "options"
        );
        Assert.Equal(2, (await UntilClosedAsync(server, "options")).CompleteOperationCount);
        var pending = (await server.DescribeAsync("w1")).PendingActivities;
        Assert.All(pending, activity => Assert.Equal(Seconds(7), activity.ActivityOptions.HeartbeatTimeout));
        Assert.True(pending.Single(activity => activity.ActivityId == "2").Paused);

        await StartBatchAsync(
            server,
            request =>
                request.ResetActivitiesOperation = new BatchOperationResetActivities
                {
                    Type = "It's",
                    KeepPaused = true,
                    RestoreOriginalOptions = true,
                },
            "reset"
        );
        Assert.Equal(
            (2, BatchOperationType.ResetActivity),
            ((int)(await UntilClosedAsync(server, "reset")).CompleteOperationCount, (await UntilClosedAsync(server, "reset")).OperationType)
        );
        var reset = (await server.DescribeAsync("w0")).PendingActivities.Single(activity => activity.ActivityId == "2");
        Assert.True(reset.Paused);
        Assert.NotEqual(Seconds(7), reset.ActivityOptions.HeartbeatTimeout);

        await StartBatchAsync(
            server,
            request => request.UnpauseActivitiesOperation = new BatchOperationUnpauseActivities { Type = "It's", Identity = "operator" },
            "unpause"
        );
        var unpaused = await UntilClosedAsync(server, "unpause");
        Assert.Equal((2, 0, "operator"), (unpaused.CompleteOperationCount, unpaused.FailureOperationCount, unpaused.Identity));
        Assert.All((await server.DescribeAsync("w1")).PendingActivities, activity => Assert.False(activity.Paused));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_resets_each_workflow_once(bool byOptions)
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server, 4);
        for (var i = 0; i < 4; i++)
        {
            await server.StepAsync(Timer());
        }

        await StartBatchAsync(server, request =>
            request.ResetOperation = byOptions
                ? new BatchOperationReset { Options = new ResetOptions { FirstWorkflowTask = new Google.Protobuf.WellKnownTypes.Empty() } }
                : new BatchOperationReset { ResetType = ResetType.FirstWorkflowTask }
        );

        var batch = await UntilClosedAsync(server);
        Assert.Equal((4, 4, 0), (batch.TotalOperationCount, batch.CompleteOperationCount, batch.FailureOperationCount));
        Assert.Equal(4, await CountAsync(server, "ExecutionStatus = 'Terminated'"));
        Assert.Equal(4, await CountAsync(server, "ExecutionStatus = 'Running'"));
    }

    [Fact]
    public async Task A_batch_over_named_executions_counts_those_that_it_cannot_act_on()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server, 2);
        await StartBatchAsync(server, request =>
        {
            request.VisibilityQuery = "";
            request.Executions.Add(new WorkflowExecution { WorkflowId = "w0" });
            request.Executions.Add(new WorkflowExecution { WorkflowId = "nobody" });
            request.TargetExecutions.Add(new Execution { BusinessId = "w1" });
            request.TerminationOperation = new BatchOperationTermination();
        });

        var batch = await UntilClosedAsync(server);

        Assert.Equal(BatchOperationState.Completed, batch.State);
        Assert.Equal((3, 2, 1), (batch.TotalOperationCount, batch.CompleteOperationCount, batch.FailureOperationCount));
        Assert.Equal(["w0", "nobody", "w1"], batch.Executions.Select(execution => execution.BusinessId));
    }

    [Fact]
    public async Task A_stopped_batch_ends_as_failed_and_leaves_the_rest_alone()
    {
        await using var server = await EngineHost.StartAsync();
        await StartAsync(server, 20);
        await StartBatchAsync(server, request =>
        {
            // One now, the next in a quarter of an hour.
            request.MaxOperationsPerSecond = 0.001f;
            request.TerminationOperation = new BatchOperationTermination();
        });
        while ((await DescribeAsync(server)).CompleteOperationCount == 0)
        {
            await Task.Yield();
        }

        await server.CallAsync<StopBatchOperationResponse>(
            new StopBatchOperationRequest
            {
                Namespace = "default",
                JobId = "job",
                Reason = "enough",
            }
        );

        var batch = await DescribeAsync(server);
        Assert.Equal(BatchOperationState.Failed, batch.State);
        Assert.Equal(1, batch.CompleteOperationCount);
        Assert.Equal(19, await CountAsync(server, "ExecutionStatus = 'Running'"));
        var over = await Assert.ThrowsAsync<RpcException>(() =>
            server.CallAsync<StopBatchOperationResponse>(
                new StopBatchOperationRequest
                {
                    Namespace = "default",
                    JobId = "job",
                    Reason = "again",
                }
            )
        );
        Assert.Equal(StatusCode.NotFound, over.StatusCode);
    }

    [Fact]
    public async Task Batches_are_listed_newest_first_and_their_job_ids_are_taken_once()
    {
        await using var server = await EngineHost.StartAsync();
        foreach (var job in (string[])["a", "b", "c"])
        {
            await StartBatchAsync(server, request => request.TerminationOperation = new BatchOperationTermination(), job);
            await UntilClosedAsync(server, job);
            server.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await server.CallAsync<ListBatchOperationsResponse>(
            new ListBatchOperationsRequest { Namespace = "default", PageSize = 2 }
        );
        var rest = await server.CallAsync<ListBatchOperationsResponse>(
            new ListBatchOperationsRequest
            {
                Namespace = "default",
                PageSize = 2,
                NextPageToken = first.NextPageToken,
            }
        );

        Assert.Equal(["c", "b", "a"], first.OperationInfo.Concat(rest.OperationInfo).Select(info => info.JobId));
        Assert.True(rest.NextPageToken.IsEmpty);
        var taken = await Assert.ThrowsAsync<RpcException>(() =>
            StartBatchAsync(server, request => request.TerminationOperation = new BatchOperationTermination(), "a")
        );
        Assert.Equal(StatusCode.AlreadyExists, taken.StatusCode);
    }

    [Theory]
    [InlineData("operation")]
    [InlineData("reason")]
    [InlineData("query")]
    [InlineData("both")]
    [InlineData("wrong query")]
    [InlineData("half a query")]
    [InlineData("reset")]
    [InlineData("unpause")]
    public async Task A_batch_that_makes_no_sense_is_refused(string what)
    {
        await using var server = await EngineHost.StartAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(() => StartBatchAsync(server, request =>
            {
                request.Reason = what == "reason" ? "" : "reason";
                request.VisibilityQuery = what switch
                {
                    "query" => "",
                    "wrong query" => "Size = 3",
                    "half a query" => "WorkflowId = 'a') OR (WorkflowId = 'b'",
                    _ => All,
                };
                if (what == "both")
                {
                    request.Executions.Add(new WorkflowExecution { WorkflowId = "w" });
                }

                if (what == "reset")
                {
                    request.ResetOperation = new BatchOperationReset();
                }
                else if (what == "unpause")
                {
                    request.UnpauseActivitiesOperation = new BatchOperationUnpauseActivities();
                }
                else if (what != "operation")
                {
                    request.TerminationOperation = new BatchOperationTermination();
                }
            }));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_goes_on_after_a_crash_at_any_commit_and_does_nothing_twice(bool crashAfterCommit)
    {
        for (var crashAt = 1; crashAt < MoreCommitsThanItTakes; crashAt++)
        {
            var memory = new InMemoryStore();
            await using (var before = await EngineHost.StartAsync(memory))
            {
                await StartAsync(before, 6);
            }

            var crashing = new CrashingStore(memory, crashAt, crashAfterCommit);
            await using (var first = await EngineHost.StartAsync(crashing))
            {
                try
                {
                    await StartBatchAsync(first, request => request.SignalOperation = new BatchOperationSignal { Signal = "hello" });
                    while (!crashing.Crashed && (await DescribeAsync(first)).State == BatchOperationState.Running)
                    {
                        await Task.Yield();
                    }
                }
                catch (Exception error) when (error is IOException or RpcException)
                {
                    Assert.True(crashing.Crashed);
                }
            }

            await using var second = await EngineHost.StartAsync(memory);
            var list = await second.CallAsync<ListBatchOperationsResponse>(new ListBatchOperationsRequest { Namespace = "default" });
            if (list.OperationInfo.Count == 0)
            {
                // It was never accepted.
                await StartBatchAsync(second, request => request.SignalOperation = new BatchOperationSignal { Signal = "hello" });
            }

            var batch = await UntilClosedAsync(second);
            Assert.Equal((6, 6, 0), (batch.TotalOperationCount, batch.CompleteOperationCount, batch.FailureOperationCount));
            for (var i = 0; i < 6; i++)
            {
                Assert.Single(await second.HistoryAsync($"w{i}"), e => e.EventType == EventType.WorkflowExecutionSignaled);
            }

            if (!crashing.Crashed)
            {
                return;
            }
        }

        Assert.Fail("the batch takes more commits than expected");
    }

    private static async Task StartAsync(EngineHost server, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await server.StartAsync($"w{i}");
        }
    }

    private static Task<StartBatchOperationResponse> StartBatchAsync(
        EngineHost server,
        Action<StartBatchOperationRequest> change,
        string job = "job"
    )
    {
        var request = new StartBatchOperationRequest
        {
            Namespace = "default",
            JobId = job,
            Reason = "reason",
            VisibilityQuery = All,
        };
        change(request);
        return server.CallAsync<StartBatchOperationResponse>(request);
    }

    private static Task<DescribeBatchOperationResponse> DescribeAsync(EngineHost server, string job = "job") =>
        server.CallAsync<DescribeBatchOperationResponse>(new DescribeBatchOperationRequest { Namespace = "default", JobId = job });

    private static async Task<DescribeBatchOperationResponse> UntilClosedAsync(EngineHost server, string job = "job")
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (await DescribeAsync(server, job) is { State: not BatchOperationState.Running } closed)
            {
                return closed;
            }

            await Task.Yield();
        }
    }

    private static async Task<long> CountAsync(EngineHost server, string query) =>
        (
            await server.CallAsync<CountWorkflowExecutionsResponse>(
                new CountWorkflowExecutionsRequest { Namespace = "default", Query = query }
            )
        ).Count;
}
