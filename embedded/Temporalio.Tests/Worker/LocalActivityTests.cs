using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class LocalActivityTests(WorkerHost host)
{
    [Theory]
    [InlineData("plain", "local 1")]
    [InlineData("retried", "local 3")]
    [InlineData("refused", "ApplicationFailureException: never")]
    [InlineData("backed off", "local 2")]
    public async Task A_local_activity_is_recorded_with_its_outcome_and_replays(string scenario, string expected)
    {
        var activities = new Activities();
        await host.RunAsync<OneLocal>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync((OneLocal wf) => wf.RunAsync(scenario), WorkerHost.On(queue));
                Assert.Equal(expected, await handle.GetResultAsync());
                Assert.True(WorkerHost.Has(await handle.FetchHistoryAsync(), EventType.MarkerRecorded));
                await WorkerHost.AssertReplaysAsync<OneLocal>(handle);
            },
            options => options.AddAllActivities(activities));
    }

    [Fact]
    public async Task A_long_local_activity_keeps_its_workflow_task_alive()
    {
        var activities = new Activities();
        await host.RunAsync<OneLocal>(
            async queue =>
            {
                var options = WorkerHost.On(queue);
                // A fifth of it is the time that the heartbeat has to come in before the server takes the task away.
                options.TaskTimeout = TimeSpan.FromSeconds(10);
                var handle = await host.Client.StartWorkflowAsync((OneLocal wf) => wf.RunAsync("long"), options);
                await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.WorkflowTaskCompleted));
                activities.Release.SetResult();
                Assert.Equal("local 1", await handle.GetResultAsync());
                Assert.Equal(1, activities.Calls);
                await WorkerHost.AssertReplaysAsync<OneLocal>(handle);
            },
            options => options.AddAllActivities(activities));
    }

    [Workflow]
    public class OneLocal
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string scenario)
        {
            try
            {
                return await Workflow.ExecuteLocalActivityAsync(
                    (Activities a) => a.LocalAsync(scenario),
                    new()
                    {
                        ScheduleToCloseTimeout = TimeSpan.FromMinutes(5),
                        LocalRetryThreshold = scenario == "backed off" ? TimeSpan.FromMilliseconds(1) : null,
                        RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(5) },
                    });
            }
            catch (ApplicationFailureException e)
            {
                return $"{e.GetType().Name}: {e.Message}";
            }
        }
    }

    public sealed class Activities
    {
        private int calls;

        public int Calls => calls;

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Activity]
        public async Task<string> LocalAsync(string scenario)
        {
            Interlocked.Increment(ref calls);
            var attempt = ActivityExecutionContext.Current.Info.Attempt;
            switch (scenario)
            {
                case "retried" when attempt < 3:
                case "backed off" when attempt < 2:
                    throw new InvalidOperationException("again");
                case "refused":
                    throw new ApplicationFailureException("never", nonRetryable: true);
                case "long":
                    await Release.Task;
                    break;
            }
            return $"local {attempt}";
        }
    }
}
