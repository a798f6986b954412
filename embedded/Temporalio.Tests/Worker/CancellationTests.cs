using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class CancellationTests(WorkerHost host)
{
    [Theory]
    [InlineData(ActivityCancellationType.TryCancel, true)]
    [InlineData(ActivityCancellationType.Abandon, false)]
    public async Task A_workflow_need_not_wait_for_an_activity_that_it_cancels(ActivityCancellationType type, bool isTold)
    {
        var activities = new Stubborn();
        await host.RunAsync<Impatient>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync((Impatient wf) => wf.RunAsync(type), WorkerHost.On(queue));
                await activities.Started.Task;
                await handle.SignalAsync(wf => wf.CancelAsync());
                Assert.Equal("canceled", await handle.GetResultAsync());
                activities.Release.SetResult();
                var history = await handle.FetchHistoryAsync();
                Assert.Equal(isTold, WorkerHost.Has(history, EventType.ActivityTaskCancelRequested));
                await WorkerHost.AssertReplaysAsync<Impatient>(handle);
            },
            options => options.AddAllActivities(activities));
    }

    [Fact]
    public Task What_is_canceled_in_the_turn_that_asked_for_it_leaves_no_trace() => host.RunAsync<SecondThoughts>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((SecondThoughts wf) => wf.RunAsync(), WorkerHost.On(queue));
        Assert.Equal(
            "TaskCanceledException ActivityFailureException ChildWorkflowFailureException CanceledFailureException",
            await handle.GetResultAsync());
        var history = await handle.FetchHistoryAsync();
        Assert.False(WorkerHost.Has(history, EventType.TimerStarted));
        Assert.False(WorkerHost.Has(history, EventType.ActivityTaskScheduled));
        Assert.False(WorkerHost.Has(history, EventType.StartChildWorkflowExecutionInitiated));
        Assert.False(WorkerHost.Has(history, EventType.SignalExternalWorkflowExecutionInitiated));
        await WorkerHost.AssertReplaysAsync<SecondThoughts>(handle);
    });

    [Fact]
    public Task An_update_that_closes_its_workflow_is_answered() => host.RunAsync<Closing>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((Closing wf) => wf.RunAsync(), WorkerHost.On(queue));
        Assert.Equal("closed", await handle.ExecuteUpdateAsync(wf => wf.CloseAsync()));
        await handle.GetResultAsync();
        await WorkerHost.AssertReplaysAsync<Closing>(handle);
    });

    [Fact]
    public Task A_canceled_workflow_can_clean_up() => host.RunAsync<Tidy>(
        async queue =>
        {
            var handle = await host.Client.StartWorkflowAsync((Tidy wf) => wf.RunAsync(), WorkerHost.On(queue));
            await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.TimerStarted));
            await handle.CancelAsync();
            var e = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            Assert.IsType<CanceledFailureException>(e.InnerException);
            Assert.True(WorkerHost.Has(await handle.FetchHistoryAsync(), EventType.ActivityTaskCompleted));
            await WorkerHost.AssertReplaysAsync<Tidy>(handle);
        },
        options => options.AddActivity(Tidy.CleanUp));

    public sealed class Stubborn
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Activity]
        public Task WorkOnAsync()
        {
            Started.TrySetResult();
            return Release.Task;
        }
    }

    [Workflow]
    public class Impatient
    {
        private Action? cancel;

        [WorkflowRun]
        public async Task<string> RunAsync(ActivityCancellationType type)
        {
            using var cancellation = new CancellationTokenSource();
            cancel = cancellation.Cancel;
            try
            {
                await Workflow.ExecuteActivityAsync((Stubborn a) => a.WorkOnAsync(), new()
                {
                    StartToCloseTimeout = TimeSpan.FromMinutes(5),
                    CancellationType = type,
                    CancellationToken = cancellation.Token,
                });
                return "done";
            }
            catch (ActivityFailureException e) when (e.InnerException is CanceledFailureException)
            {
                return "canceled";
            }
        }

        [WorkflowSignal]
        public Task CancelAsync()
        {
            cancel!();
            return Task.CompletedTask;
        }
    }

    [Workflow]
    public class SecondThoughts
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            using var cancellation = new CancellationTokenSource();
            var token = cancellation.Token;
            Task[] regretted =
            [
                Workflow.DelayAsync(TimeSpan.FromDays(1), token),
                Workflow.ExecuteActivityAsync(
                    "never", [], new() { StartToCloseTimeout = TimeSpan.FromDays(1), CancellationToken = token }),
                Workflow.ExecuteChildWorkflowAsync("never", [], new() { Id = "never", CancellationToken = token }),
                Workflow.GetExternalWorkflowHandle("never").SignalAsync("never", [], new() { CancellationToken = token }),
            ];

            // Lets the calls register for cancellation, still in the same turn.
            await Workflow.RunTaskAsync(() => Task.CompletedTask);
            cancellation.Cancel();
            var names = new List<string>();
            foreach (var task in regretted)
            {
                try
                {
                    await task;
                }
                catch (Exception e)
                {
                    names.Add(e.GetType().Name);
                }
            }
            return string.Join(' ', names);
        }
    }

    [Workflow]
    public class Closing
    {
        private bool closed;

        [WorkflowRun]
        public Task RunAsync() => Workflow.WaitConditionAsync(() => closed);

        [WorkflowUpdate]
        public Task<string> CloseAsync()
        {
            closed = true;
            return Task.FromResult("closed");
        }
    }

    [Workflow]
    public class Tidy
    {
        [Activity]
        public static void CleanUp()
        {
        }

        [WorkflowRun]
        public async Task RunAsync()
        {
            try
            {
                await Workflow.DelayAsync(TimeSpan.FromDays(30));
            }
            finally
            {
                await Workflow.ExecuteActivityAsync(() => CleanUp(), new()
                {
                    StartToCloseTimeout = TimeSpan.FromMinutes(1),
                    CancellationToken = CancellationToken.None,
                });
            }
        }
    }
}
