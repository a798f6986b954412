using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Tests.Worker;
using Temporalio.Worker;

namespace Temporalio.Tests.Client;

/// <summary>Standalone activities with our client and worker on our server.</summary>
public sealed class StandaloneActivityRunTests(WorkerHost host)
{
    [Fact]
    public async Task A_worker_runs_it_without_a_workflow_and_its_result_comes_back()
    {
        await RunAsync(async queue =>
        {
            var handle = await host.Client.StartActivityAsync(() => Activities.TellAsync("here"), On(queue));
            Assert.Equal($"here is {handle.Id}, of a workflow: False", await handle.GetResultAsync());
            var description = await handle.DescribeAsync();
            Assert.Equal((ActivityExecutionStatus.Completed, 1, "Tell"), (description.Status, description.Attempt, description.ActivityType));
            Assert.Equal(handle.RunId, description.ActivityRunId);
            var counted = await host.Client.CountActivitiesAsync($"TaskQueue = '{queue}' AND ExecutionStatus = 'Completed'");
            Assert.Equal(1, counted.Count);
            var listed = new List<string>();
            await foreach (var activity in host.Client.ListActivitiesAsync($"ActivityId = '{handle.Id}'"))
            {
                listed.Add(activity.ActivityType);
            }

            Assert.Equal(["Tell"], listed);
        });
    }

    [Fact]
    public async Task It_fails_for_good_with_what_its_last_attempt_threw()
    {
        await RunAsync(async queue =>
        {
            var handle = await host.Client.StartActivityAsync(
                () => Activities.FailAsync(), On(queue, options => options.RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(1), MaximumAttempts = 2 }));
            var error = await Assert.ThrowsAsync<ActivityFailedException>(() => handle.GetResultAsync());
            Assert.Equal("attempt 2", Assert.IsType<ApplicationFailureException>(error.InnerException).Message);
        });
    }

    [Fact]
    public async Task Its_cancellation_reaches_it_by_heartbeat_and_a_termination_ends_it_at_once()
    {
        await RunAsync(async queue =>
        {
            var canceled = await host.Client.StartActivityAsync(() => Activities.BeatAsync(), On(queue, options => options.HeartbeatTimeout = TimeSpan.FromMinutes(5)));
            await UntilStartedAsync(canceled);
            await canceled.CancelAsync(new() { Reason = "enough" });
            var error = await Assert.ThrowsAsync<ActivityFailedException>(() => canceled.GetResultAsync());
            Assert.IsType<CanceledFailureException>(error.InnerException);
            Assert.Equal("enough", (await canceled.DescribeAsync()).CanceledReason);
        });

        var terminated = await host.Client.StartActivityAsync(() => Activities.BeatAsync(), On($"tq-{Guid.NewGuid()}"));
        await terminated.TerminateAsync(new() { Reason = "over" });
        var end = await Assert.ThrowsAsync<ActivityFailedException>(() => terminated.GetResultAsync());
        Assert.Equal("over", Assert.IsType<TerminatedFailureException>(end.InnerException).Message);
    }

    [Fact]
    public async Task Its_id_is_taken_while_it_is_open()
    {
        var options = On($"tq-{Guid.NewGuid()}");
        var handle = await host.Client.StartActivityAsync(() => Activities.BeatAsync(), options);
        var error = await Assert.ThrowsAsync<ActivityAlreadyStartedException>(() => host.Client.StartActivityAsync(() => Activities.BeatAsync(), options));
        Assert.Equal(handle.RunId, error.RunId);
        options.IdConflictPolicy = ActivityIdConflictPolicy.UseExisting;
        Assert.Equal(handle.RunId, (await host.Client.StartActivityAsync(() => Activities.BeatAsync(), options)).RunId);
        await handle.TerminateAsync();
    }

    private static StartActivityOptions On(string queue, Action<StartActivityOptions>? change = null)
    {
        var options = new StartActivityOptions($"activity-{Guid.NewGuid()}", queue) { StartToCloseTimeout = TimeSpan.FromSeconds(60) };
        change?.Invoke(options);
        return options;
    }

    private static async Task UntilStartedAsync(ActivityHandle handle)
    {
        var description = await handle.DescribeAsync();
        while (description.RunState != PendingActivityState.Started)
        {
            description = await handle.DescribeAsync(new() { LongPollToken = description.LongPollToken });
        }
    }

    private Task RunAsync(Func<string, Task> story) => host.RunAsync(
        new TemporalWorkerOptions($"tq-{Guid.NewGuid()}") { MaxHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(100) }
            .AddActivity(Activities.TellAsync).AddActivity(Activities.FailAsync).AddActivity(Activities.BeatAsync), story);

    private static class Activities
    {
        [Activity]
        public static Task<string> TellAsync(string what)
        {
            var info = ActivityExecutionContext.Current.Info;
            return Task.FromResult($"{what} is {info.ActivityId}, of a workflow: {info.IsWorkflowActivity}");
        }

        [Activity]
        public static Task FailAsync() => throw new ApplicationFailureException($"attempt {ActivityExecutionContext.Current.Info.Attempt}");

        [Activity]
        public static async Task BeatAsync()
        {
            var context = ActivityExecutionContext.Current;
            await using var heart = new Timer(_ => context.Heartbeat(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
            await new TaskCompletionSource().Task.WaitAsync(context.CancellationToken);
        }
    }
}
