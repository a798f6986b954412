using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class ActivityTests(WorkerHost host)
{
    [Fact]
    public async Task A_failed_attempt_leaves_its_heartbeat_details_to_the_next()
    {
        var activities = new Activities();
        await host.RunAsync<OneActivity>(
            async queue =>
            {
                var result = await host.Client.ExecuteWorkflowAsync(
                    (OneActivity wf) => wf.RunAsync("Resume", ActivityCancellationType.TryCancel), WorkerHost.On(queue));
                Assert.Equal("attempt 2 from 7", result);
            },
            options => options.AddAllActivities(activities));
    }

    [Fact]
    public async Task Cancellation_reaches_an_activity_with_its_heartbeat()
    {
        var activities = new Activities();
        await host.RunAsync<OneActivity>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync(
                    (OneActivity wf) => wf.RunAsync("UntilCanceled", ActivityCancellationType.WaitCancellationCompleted),
                    WorkerHost.On(queue));
                await activities.Started.Task;
                await handle.CancelAsync();
                await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
                Assert.Equal([ActivityCancelReason.CancelRequested], activities.Reasons);
                Assert.True(WorkerHost.Has(await handle.FetchHistoryAsync(), EventType.ActivityTaskCanceled));
                await WorkerHost.AssertReplaysAsync<OneActivity>(handle);
            },
            options =>
            {
                options.AddAllActivities(activities);
                options.MaxHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(100);
            });
    }

    [Fact]
    public async Task A_non_retryable_failure_reaches_the_workflow_at_once()
    {
        var activities = new Activities();
        await host.RunAsync<OneActivity>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync(
                    (OneActivity wf) => wf.RunAsync("Refuse", ActivityCancellationType.TryCancel), WorkerHost.On(queue));
                var e = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
                var failure = Assert.IsType<ActivityFailureException>(e.InnerException);
                Assert.Equal("Refuse", failure.ActivityType);
                Assert.Equal("never", failure.InnerException!.Message);
                await WorkerHost.AssertReplaysAsync<OneActivity>(handle);
            },
            options => options.AddAllActivities(activities));
    }

    [Fact]
    public async Task An_activity_can_be_completed_by_someone_else()
    {
        var activities = new Activities();
        await host.RunAsync<OneActivity>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync(
                    (OneActivity wf) => wf.RunAsync("Elsewhere", ActivityCancellationType.TryCancel), WorkerHost.On(queue));
                var token = await activities.Token.Task;
                await host.Client.GetAsyncActivityHandle(token).CompleteAsync("from outside");
                Assert.Equal("from outside", await handle.GetResultAsync());
            },
            options => options.AddAllActivities(activities));
    }

    [Fact]
    public async Task An_unknown_activity_fails_by_name_and_is_tried_again() => await host.RunAsync<OneActivity>(
        async queue =>
        {
            var handle = await host.Client.StartWorkflowAsync(
                (OneActivity wf) => wf.RunAsync("Unknown", ActivityCancellationType.TryCancel), WorkerHost.On(queue));
            string? message = null;
            while (message == null)
            {
                var description = await handle.DescribeAsync();
                message = description.RawDescription.PendingActivities.FirstOrDefault()?.LastFailure?.Message;
            }
            Assert.Contains("Activity Unknown is not registered on this worker", message, StringComparison.Ordinal);
            await handle.TerminateAsync();
        },
        options => options.AddAllActivities(new Activities()));

    [Fact]
    public async Task Shutting_down_hands_an_unfinished_activity_to_the_next_worker()
    {
        var queue = $"tq-{Guid.NewGuid()}";
        var first = new Activities();
        WorkflowHandle<OneActivity, string>? handle = null;
        await host.RunAsync(
            new TemporalWorkerOptions(queue).AddWorkflow<OneActivity>().AddAllActivities(first),
            async _ =>
            {
                handle = await host.Client.StartWorkflowAsync(
                    (OneActivity wf) => wf.RunAsync("UntilShutdown", ActivityCancellationType.TryCancel), WorkerHost.On(queue));
                await first.Started.Task;
            });
        Assert.Equal([ActivityCancelReason.WorkerShutdown], first.Reasons);
        await host.RunAsync(
            new TemporalWorkerOptions(queue).AddWorkflow<OneActivity>().AddAllActivities(new Activities()),
            async _ => Assert.Equal("finished by attempt 2", await handle!.GetResultAsync()));
    }

    [Workflow]
    public class OneActivity
    {
        [WorkflowRun]
        public Task<string> RunAsync(string activity, ActivityCancellationType cancellationType) =>
            Workflow.ExecuteActivityAsync<string>(activity, [], new()
            {
                StartToCloseTimeout = TimeSpan.FromMinutes(5),
                HeartbeatTimeout = TimeSpan.FromMinutes(5),
                CancellationType = cancellationType,
                RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(10) },
            });
    }

    public sealed class Activities
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<byte[]> Token { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<ActivityCancelReason> Reasons { get; } = new();

        [Activity]
        public async Task<string> Resume()
        {
            var context = ActivityExecutionContext.Current;
            if (context.Info.Attempt == 1)
            {
                context.Heartbeat(7);
                throw new InvalidOperationException("first attempt");
            }
            return $"attempt {context.Info.Attempt} from {await context.Info.HeartbeatDetailAtAsync<int>(0)}";
        }

        [Activity]
        public async Task<string> UntilCanceled()
        {
            var context = ActivityExecutionContext.Current;
            Started.TrySetResult();
            while (!context.CancellationToken.IsCancellationRequested)
            {
                context.Heartbeat();
                await Task.Yield();
            }
            Reasons.Enqueue(context.CancelReason);
            throw new OperationCanceledException(context.CancellationToken);
        }

        [Activity]
        public async Task<string> UntilShutdown()
        {
            var context = ActivityExecutionContext.Current;
            if (context.Info.Attempt > 1)
            {
                return $"finished by attempt {context.Info.Attempt}";
            }
            Started.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Reasons.Enqueue(context.CancelReason);
            throw new OperationCanceledException(context.CancellationToken);
        }

        [Activity]
        public string Refuse() => throw new ApplicationFailureException("never", nonRetryable: true);

        [Activity]
        public string Elsewhere()
        {
            Token.TrySetResult(ActivityExecutionContext.Current.Info.TaskToken);
            throw new CompleteAsyncException();
        }
    }
}
