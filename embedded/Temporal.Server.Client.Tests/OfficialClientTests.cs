using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Client.Tests.Work;
using TemporalDelivery.Tests.Temporal.Costs;
using Temporalio.Api.Batch.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;
using Temporalio.Worker;

namespace Temporal.Server.Client.Tests;

/// <summary>What users of the server rely on, one rule a test, as the official client and worker see it.</summary>
public abstract class OfficialClientTests(ServerUnderTest server)
{
    private static int names;

    private readonly string queue = Unique("queue");
    private readonly Activities activities = new();

    private TemporalClient Client => server.Client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_workflow_and_its_activity_return_a_result() =>
        WorkAsync(async () =>
            Assert.Equal(
                "Hello, you!",
                await Client.ExecuteWorkflowAsync((Greeting greeting) => greeting.RunAsync("you"), Options("greeting"))
            )
        );

    [Fact]
    public Task An_eager_start_comes_back_with_its_first_task() =>
        WorkAsync(async () =>
        {
            var options = Options("eager");
            options.RequestEagerStart = true;
            var handle = await Client.StartWorkflowAsync((Greeting greeting) => greeting.RunAsync("you"), options);
            Assert.Equal("Hello, you!", await handle.GetResultAsync());
            Assert.True((await handle.FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes.EagerExecutionAccepted);
        });

    [Fact]
    public Task A_query_sees_the_state_also_of_a_closed_workflow_and_tells_why_it_failed() =>
        WorkAsync(async () =>
        {
            var handle = await StartCounterAsync(7);
            Assert.Equal(7, await handle.QueryAsync(counter => counter.Value));
            await handle.SignalAsync(counter => counter.FinishAsync());
            await handle.GetResultAsync();
            Assert.Equal(7, await handle.QueryAsync(counter => counter.Value));
            var refused = await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => handle.QueryAsync(counter => counter.Refuse()));
            Assert.Contains("nobody may know", refused.Message, StringComparison.Ordinal);
        });

    [Fact]
    public Task An_update_is_judged_then_carried_out_once_for_its_id() =>
        WorkAsync(async () =>
        {
            var handle = await StartCounterAsync(0);
            var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() =>
                handle.ExecuteUpdateAsync(counter => counter.AddAndGetAsync(-1))
            );
            Assert.Contains("only more", refused.InnerException!.Message, StringComparison.Ordinal);
            Assert.Equal(2, await handle.ExecuteUpdateAsync(counter => counter.AddAndGetAsync(2), new() { Id = "same" }));
            Assert.Equal(2, await handle.ExecuteUpdateAsync(counter => counter.AddAndGetAsync(2), new() { Id = "same" }));
            Assert.Equal(2, await handle.QueryAsync(counter => counter.Value));
        });

    [Fact]
    public Task An_update_with_start_starts_the_workflow_once_and_updates_it_each_time() =>
        WorkAsync(async () =>
        {
            var options = Options("update-with-start");
            options.IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting;
            foreach (var expected in (int[])[11, 12])
            {
                var start = WithStartWorkflowOperation.Create((Counter counter) => counter.RunAsync(10), options);
                Assert.Equal(
                    expected,
                    await Client.ExecuteUpdateWithStartWorkflowAsync((Counter counter) => counter.AddAndGetAsync(1), new(start))
                );
            }
        });

    [Fact]
    public Task A_signal_with_start_starts_the_workflow_once_and_signals_it_each_time() =>
        WorkAsync(async () =>
        {
            var options = Options("signal-with-start");
            options.SignalWithStart((Counter counter) => counter.AddAsync(1));
            var handle = await Client.StartWorkflowAsync((Counter counter) => counter.RunAsync(10), options);
            await Client.StartWorkflowAsync((Counter counter) => counter.RunAsync(10), options);
            await handle.SignalAsync(counter => counter.FinishAsync());
            Assert.Equal(12, await handle.GetResultAsync());
        });

    [Fact]
    public Task A_second_start_of_a_running_workflow_is_refused() =>
        WorkAsync(async () =>
        {
            var handle = await StartCounterAsync(0);
            var refused = await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(() =>
                Client.StartWorkflowAsync((Counter counter) => counter.RunAsync(0), new(handle.Id, queue))
            );
            Assert.Equal(handle.ResultRunId, refused.RunId);
        });

    [Fact]
    public Task A_child_is_signalled_and_its_result_comes_to_its_parent() =>
        WorkAsync(async () =>
            Assert.Equal(3, await Client.ExecuteWorkflowAsync((Family family) => family.RunAsync(Unique("child")), Options("parent")))
        );

    [Fact]
    public Task A_timer_fires() =>
        WorkAsync(async () =>
            Assert.Equal(
                "awake",
                await Client.ExecuteWorkflowAsync((Nap nap) => nap.RunAsync(TimeSpan.FromMilliseconds(20), "tired"), Options("nap"))
            )
        );

    [Fact]
    public Task A_cancelled_workflow_waits_for_its_activity_to_give_in() =>
        WorkAsync(async () =>
        {
            var (handle, job) = await StartLabourAsync();
            await job.Begun.Task.WaitAsync(Cancellation);
            await handle.CancelAsync();
            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            Assert.IsType<CanceledFailureException>(failed.InnerException);
            Assert.Contains((await handle.FetchHistoryAsync()).Events, e => e.EventType == EventType.ActivityTaskCanceled);
        });

    [Fact]
    public Task A_terminated_workflow_ends_at_once_and_tells_why() =>
        WorkAsync(async () =>
        {
            var handle = await StartCounterAsync(0);
            await handle.TerminateAsync("enough");
            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            Assert.Equal("enough", Assert.IsType<TerminatedFailureException>(failed.InnerException).Message);
        });

    [Fact]
    public Task A_reset_workflow_goes_on_from_there_with_the_signals_that_came_later() =>
        WorkAsync(async () =>
        {
            var handle = await StartCounterAsync(1);
            await handle.SignalAsync(counter => counter.AddAsync(2));
            Assert.Equal(3, await handle.QueryAsync(counter => counter.Value));
            var firstTask = (await handle.FetchHistoryAsync()).Events.First(e => e.EventType == EventType.WorkflowTaskCompleted);
            var reset = await Client.WorkflowService.ResetWorkflowExecutionAsync(
                new()
                {
                    Namespace = "default",
                    WorkflowExecution = new() { WorkflowId = handle.Id, RunId = handle.ResultRunId },
                    WorkflowTaskFinishEventId = firstTask.EventId,
                    RequestId = Unique("reset"),
                    Reason = "once more",
                }
            );
            Assert.Equal(WorkflowExecutionStatus.Terminated, (await FirstRunOf(handle).DescribeAsync()).Status);
            var next = Client.GetWorkflowHandle<Counter, int>(handle.Id, reset.RunId);
            await next.SignalAsync(counter => counter.FinishAsync());
            Assert.Equal(3, await next.GetResultAsync());
        });

    [Fact]
    public Task A_workflow_continues_as_new_and_who_waits_gets_the_last_result() =>
        WorkAsync(async () =>
        {
            var handle = await StartCounterAsync(5);
            await handle.SignalAsync(counter => counter.RenewAsync());
            Assert.Equal(
                WorkflowExecutionStatus.ContinuedAsNew,
                (
                    await UntilAsync(
                        () => FirstRunOf(handle).DescribeAsync(),
                        description => description.Status != WorkflowExecutionStatus.Running
                    )
                ).Status
            );
            await Client.GetWorkflowHandle<Counter>(handle.Id).SignalAsync(counter => counter.FinishAsync());
            Assert.Equal(5, await handle.GetResultAsync());
        });

    [Fact]
    public Task A_schedule_starts_its_workflow_when_triggered_and_for_the_past_and_can_be_paused_changed_listed_and_deleted() =>
        WorkAsync(async () =>
        {
            var id = Unique("schedule");
            var schedule = new Schedule(
                ScheduleActionStartWorkflow.Create((Greeting greeting) => greeting.RunAsync("schedule"), Options("scheduled")),
                new() { Intervals = [new(TimeSpan.FromDays(1))] }
            )
            {
                Policy = new() { Overlap = ScheduleOverlapPolicy.AllowAll },
            };
            var handle = await Client.CreateScheduleAsync(id, schedule, new() { TriggerImmediately = true });
            await UntilAsync(() => handle.DescribeAsync(), description => description.Info.NumActions == 1);
            var today = DateTime.UtcNow.Date;
            await handle.BackfillAsync([new(today.AddDays(-3).AddHours(1), today.AddDays(-1).AddHours(1), ScheduleOverlapPolicy.AllowAll)]);
            await UntilAsync(() => handle.DescribeAsync(), description => description.Info.NumActions == 3);
            var started = (await handle.DescribeAsync()).Info.RecentActions.Select(action =>
                (ScheduleActionExecutionStartWorkflow)action.Action
            );
            foreach (var action in started)
            {
                Assert.Equal("Hello, schedule!", await Client.GetWorkflowHandle<Greeting, string>(action.WorkflowId).GetResultAsync());
            }

            await handle.PauseAsync("a holiday");
            await handle.UpdateAsync(input => new ScheduleUpdate(
                input.Description.Schedule with
                {
                    Spec = new() { Intervals = [new(TimeSpan.FromHours(1))] },
                }
            ));
            var changed = (await handle.DescribeAsync()).Schedule;
            Assert.Equal(
                (true, "a holiday", TimeSpan.FromHours(1)),
                (changed.State.Paused, changed.State.Note, changed.Spec.Intervals.Single().Every)
            );
            await handle.UnpauseAsync();
            Assert.Contains(id, await Client.ListSchedulesAsync().Select(listed => listed.Id).ToListAsync(Cancellation));
            await handle.DeleteAsync();
            Assert.Equal(RpcException.StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => handle.DescribeAsync())).Code);
        });

    [Fact]
    public Task A_batch_cancels_what_a_query_finds() =>
        WorkAsync(async () =>
        {
            var mood = Unique("mood");
            var naps = new List<WorkflowHandle<Nap, string>>();
            for (var i = 0; i < 3; i++)
            {
                naps.Add(await Client.StartWorkflowAsync((Nap nap) => nap.RunAsync(TimeSpan.FromDays(1), mood), Options("nap")));
            }

            await UntilAsync(() => Client.CountWorkflowsAsync($"Mood = '{mood}'"), count => count.Count == 3);
            var job = Unique("batch");
            await Client.WorkflowService.StartBatchOperationAsync(
                new()
                {
                    Namespace = "default",
                    JobId = job,
                    Reason = "morning",
                    VisibilityQuery = $"Mood = '{mood}' AND ExecutionStatus = 'Running'",
                    CancellationOperation = new BatchOperationCancellation(),
                }
            );
            var done = await UntilAsync(
                () => Client.WorkflowService.DescribeBatchOperationAsync(new() { Namespace = "default", JobId = job }),
                batch => batch.State == BatchOperationState.Completed
            );
            Assert.Equal((3, 3, 0), (done.TotalOperationCount, done.CompleteOperationCount, done.FailureOperationCount));
            foreach (var nap in naps)
            {
                Assert.IsType<CanceledFailureException>(
                    (await Assert.ThrowsAsync<WorkflowFailedException>(() => nap.GetResultAsync())).InnerException
                );
            }
        });

    [Fact]
    public Task Workflows_are_listed_and_counted_by_search_attributes() =>
        WorkAsync(async () =>
        {
            var mood = Unique("mood");
            var options = Options("tagged");
            options.TypedSearchAttributes = new Temporalio.Common.SearchAttributeCollection.Builder()
                .Set(Attributes.Mood, $"{mood}-given")
                .ToSearchAttributeCollection();
            var given = await Client.StartWorkflowAsync((Counter counter) => counter.RunAsync(0), options);
            var nap = await Client.StartWorkflowAsync(
                (Nap nap) => nap.RunAsync(TimeSpan.FromMilliseconds(1), $"{mood}-upserted"),
                Options("tagged")
            );
            await nap.GetResultAsync();

            var found = await UntilAsync(
                async () => await Client.ListWorkflowsAsync($"Mood STARTS_WITH '{mood}'").ToListAsync(Cancellation),
                executions => executions.All(each => each.TypedSearchAttributes.Count > 0)
            );
            Assert.Equal([nap.Id, given.Id], found.Select(each => each.Id).OrderByDescending(id => id == nap.Id));
            Assert.Equal($"{mood}-upserted", found.Single(each => each.Id == nap.Id).TypedSearchAttributes.Get(Attributes.Mood));
            var count = await Client.CountWorkflowsAsync($"Mood STARTS_WITH '{mood}' GROUP BY ExecutionStatus");
            Assert.Equal(
                [("Completed", 1L), ("Running", 1L)],
                count.Groups.Select(group => ((string)group.GroupValues.Single(), group.Count)).Order()
            );
        });

    [Fact]
    public Task A_failed_attempt_leaves_its_heartbeat_to_the_next_one() =>
        WorkAsync(async () =>
        {
            var (handle, job) = await StartLabourAsync(failures: 1);
            Assert.Equal(2, await job.Begun.Task.WaitAsync(Cancellation));
            job.Finish.SetResult();
            Assert.Equal("after attempt 1", await handle.GetResultAsync());
        });

    [Fact]
    public Task A_paused_activity_is_not_tried_again_until_its_pause_ends() =>
        WorkAsync(async () =>
        {
            var (handle, job) = await StartLabourAsync();
            await job.Begun.Task.WaitAsync(Cancellation);
            await Client.WorkflowService.PauseActivityExecutionAsync(
                new()
                {
                    Namespace = "default",
                    WorkflowId = handle.Id,
                    ActivityId = "labour",
                    Reason = "lunch",
                }
            );
            // The worker hears of it by a heartbeat, and its attempt fails.
            await UntilAsync(() => PendingAsync(handle), pending => pending is { State: PendingActivityState.Paused, Attempt: 2 });
            Assert.Equal(1, job.Attempts);

            await Client.WorkflowService.UnpauseActivityExecutionAsync(
                new()
                {
                    Namespace = "default",
                    WorkflowId = handle.Id,
                    ActivityId = "labour",
                }
            );
            job.Finish.SetResult();
            Assert.StartsWith("after", await handle.GetResultAsync(), StringComparison.Ordinal);
            Assert.Equal(2, job.Attempts);
        });

    [Fact]
    public Task A_reset_activity_begins_again_with_its_first_attempt() =>
        WorkAsync(async () =>
        {
            var (handle, job) = await StartLabourAsync(failures: 1);
            Assert.Equal(2, await job.Begun.Task.WaitAsync(Cancellation));
            await Client.WorkflowService.ResetActivityExecutionAsync(
                new()
                {
                    Namespace = "default",
                    WorkflowId = handle.Id,
                    ActivityId = "labour",
                    ResetHeartbeat = true,
                }
            );
            await UntilAsync(() => Task.FromResult(job.Attempts), attempts => attempts == 3);
            job.Finish.SetResult();
            Assert.Equal("after nothing", await handle.GetResultAsync());
        });

    [Fact]
    public Task An_activitys_options_can_be_changed_while_it_is_open() =>
        WorkAsync(async () =>
        {
            var (handle, job) = await StartLabourAsync();
            await job.Begun.Task.WaitAsync(Cancellation);
            var changed = await Client.WorkflowService.UpdateActivityExecutionOptionsAsync(
                new()
                {
                    Namespace = "default",
                    WorkflowId = handle.Id,
                    ActivityId = "labour",
                    ActivityOptions = new() { StartToCloseTimeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(2)) },
                    UpdateMask = new() { Paths = { "start_to_close_timeout" } },
                }
            );
            Assert.Equal(TimeSpan.FromMinutes(2), changed.ActivityOptions.StartToCloseTimeout.ToTimeSpan());
            Assert.Equal(TimeSpan.FromMinutes(2), (await PendingAsync(handle))!.ActivityOptions.StartToCloseTimeout.ToTimeSpan());
            job.Finish.SetResult();
            await handle.GetResultAsync();
        });

    [Fact]
    public async Task A_worker_that_is_gone_takes_no_workflow_with_it()
    {
        WorkflowHandle<Counter, int>? handle = null;
        await WorkAsync(async () =>
        {
            handle = await StartCounterAsync(1);
            await handle.ExecuteUpdateAsync(counter => counter.AddAndGetAsync(1));
        });
        // The worker that had it in its cache, on a sticky queue, has ended.
        await handle!.SignalAsync(counter => counter.AddAsync(1));
        await handle.SignalAsync(counter => counter.FinishAsync());
        await WorkAsync(async () => Assert.Equal(3, await handle.GetResultAsync()));
    }

    [Fact]
    public Task The_transitions_that_the_server_counts_are_those_of_the_history() =>
        WorkAsync(async () =>
        {
            var handle = await Client.StartWorkflowAsync((Family family) => family.RunAsync(Unique("child")), Options("parent"));
            await handle.GetResultAsync();
            var update = await StartCounterAsync(0);
            await update.ExecuteUpdateAsync(counter => counter.AddAndGetAsync(1));
            foreach (var each in (WorkflowHandle[])[handle, update])
            {
                var history = await each.FetchHistoryAsync();
                Assert.Equal(
                    WorkflowCost.Of(history.Events).Transitions,
                    (await DescribeAsync(each)).WorkflowExecutionInfo.StateTransitionCount
                );
            }
        });

    [Fact]
    public async Task What_the_server_does_not_have_it_calls_unimplemented()
    {
        Func<Task>[] calls =
        [
            () => Client.WorkflowService.StartActivityExecutionAsync(new() { Namespace = "default", ActivityId = "alone" }),
            () => Client.WorkflowService.ListActivityExecutionsAsync(new() { Namespace = "default" }),
            () => Client.WorkflowService.PauseActivityExecutionAsync(new() { Namespace = "default", ActivityId = "alone" }),
            () => Client.WorkflowService.UpdateTaskQueueConfigAsync(new() { Namespace = "default", TaskQueue = queue }),
            () =>
                Client.WorkflowService.StartBatchOperationAsync(
                    new()
                    {
                        Namespace = "default",
                        JobId = Unique("batch"),
                        Reason = "of activities",
                        VisibilityQuery = "ActivityId = 'alone'",
                        CancelActivitiesOperation = new(),
                    }
                ),
        ];
        foreach (var call in calls)
        {
            Assert.Equal(RpcException.StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(call)).Code);
        }
    }

    /// <summary>Starts a counter.</summary>
    protected Task<WorkflowHandle<Counter, int>> StartCounterAsync(int start) =>
        Client.StartWorkflowAsync((Counter counter) => counter.RunAsync(start), Options("counter"));

    /// <summary>Runs a worker of everything while the test does something.</summary>
    protected async Task WorkAsync(Func<Task> act)
    {
        using var worker = new TemporalWorker(
            Client,
            new TemporalWorkerOptions(queue)
            {
                MaxHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(50),
                DefaultHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(50),
            }
                .AddAllActivities(activities)
                .AddWorkflow<Greeting>()
                .AddWorkflow<Counter>()
                .AddWorkflow<Family>()
                .AddWorkflow<Nap>()
                .AddWorkflow<Labour>()
        );
        await worker.ExecuteAsync(act, Cancellation);
    }

    private static string Unique(string name) => $"{name}-{Interlocked.Increment(ref names)}-{Guid.NewGuid():N}";

    // Fails rather than asking for ever when a rule is broken.
    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Predicate<T> wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            var value = await read();
            if (wanted(value))
            {
                return value;
            }

            Assert.False(patience.IsCancellationRequested, $"It never became what was wanted: {value}");
        }
    }

    private WorkflowHandle FirstRunOf(WorkflowHandle handle) => Client.GetWorkflowHandle(handle.Id, handle.ResultRunId);

    private WorkflowOptions Options(string name) => new(Unique(name), queue);

    private async Task<(WorkflowHandle<Labour, string> Handle, Activities.Job Job)> StartLabourAsync(int failures = 0)
    {
        var name = Unique("job");
        var job = activities.Jobs[name] = new() { Failures = failures };
        return (await Client.StartWorkflowAsync((Labour labour) => labour.RunAsync(name), Options("labour")), job);
    }

    // What the client's own description does not show.
    private Task<DescribeWorkflowExecutionResponse> DescribeAsync(WorkflowHandle handle) =>
        Client.WorkflowService.DescribeWorkflowExecutionAsync(
            new()
            {
                Namespace = "default",
                Execution = new() { WorkflowId = handle.Id },
            }
        );

    private async Task<Temporalio.Api.Workflow.V1.PendingActivityInfo?> PendingAsync(WorkflowHandle handle) =>
        (await DescribeAsync(handle)).PendingActivities.SingleOrDefault();
}

/// <summary>On the store in memory.</summary>
public sealed class InMemoryClientTests(MemoryServer server) : OfficialClientTests(server), IClassFixture<MemoryServer>;

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresClientTests(PostgresServerUnderTest server)
    : OfficialClientTests(server),
        IClassFixture<PostgresServerUnderTest>
{
    [Fact]
    public Task Who_waits_for_a_result_gets_it_although_the_server_was_killed_meanwhile() =>
        WorkAsync(async () =>
        {
            var handle = await StartCounterAsync(1);
            Assert.Equal(1, await handle.QueryAsync(counter => counter.Value));
            var result = handle.GetResultAsync();
            await server.RestartAsync();
            await handle.SignalAsync(counter => counter.FinishAsync());
            Assert.Equal(1, await result);
        });
}
