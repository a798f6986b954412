using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

/// <summary>What activities register with their tokens is their own: when it throws, neither the worker nor the process may end of it.</summary>
public sealed class ThrowingCallbackTests(WorkerHost host)
{
    [Theory]
    [InlineData("Return", false)]
    [InlineData("Return", true)]
    [InlineData("Outlive", false)]
    public async Task A_worker_goes_on_after_a_callback_that_throws(string activity, bool isLocal) => await host.RunAsync<OneActivity>(
        async queue =>
        {
            for (var i = 0; i < 2; i++)
            {
                Assert.Equal("done", await host.Client.ExecuteWorkflowAsync((OneActivity wf) => wf.RunAsync(activity, isLocal), WorkerHost.On(queue)));
            }
        },
        options => options.AddAllActivities(new Activities()));

    [Fact]
    public async Task A_worker_cancels_its_activities_and_stops_although_their_callbacks_throw()
    {
        var activities = new Activities();
        await host.RunAsync<OneActivity>(
            async queue =>
            {
                await host.Client.StartWorkflowAsync((OneActivity wf) => wf.RunAsync("Wait", false), WorkerHost.On(queue));
                await activities.Started.Task;
            },
            options => options.AddAllActivities(activities));
        Assert.True(activities.Canceled);
    }

    [Workflow]
    public class OneActivity
    {
        [WorkflowRun]
        public Task<string> RunAsync(string activity, bool isLocal) => isLocal
            ? Workflow.ExecuteLocalActivityAsync<string>(activity, [], new() { StartToCloseTimeout = TimeSpan.FromMinutes(5) })
            : Workflow.ExecuteActivityAsync<string>(activity, [], new()
            {
                StartToCloseTimeout = activity == "Outlive" ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromMinutes(5),
                RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(10) },
            });
    }

    public sealed class Activities
    {
        internal TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal bool Canceled { get; private set; }

        [Activity]
        public string Return()
        {
            Register();
            return "done";
        }

        [Activity]
        public async Task<string> Outlive()
        {
            Register();
            if (ActivityExecutionContext.Current.Info.Attempt == 1)
            {
                await Task.Delay(Timeout.Infinite, ActivityExecutionContext.Current.CancellationToken);
            }
            return "done";
        }

        [Activity]
        public async Task Wait()
        {
            Register();
            Started.TrySetResult();
            await Task.Delay(Timeout.Infinite, ActivityExecutionContext.Current.CancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Canceled = true;
        }

        private static void Register()
        {
            var context = ActivityExecutionContext.Current;
            context.CancellationToken.Register(() => throw new InvalidOperationException("cancellation callback"));
            context.WorkerShutdownToken.Register(() => throw new InvalidOperationException("shutdown callback"));
        }
    }
}
