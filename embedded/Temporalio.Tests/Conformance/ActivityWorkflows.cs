using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Conformance;

/// <summary>The workflows of embedded/conformance/workflows/histories.js that are about activities and timers.</summary>
public static class ActivityWorkflows
{
    internal static readonly RetryPolicy Retry = new()
    {
        InitialInterval = TimeSpan.FromMilliseconds(10),
        BackoffCoefficient = 1,
        MaximumInterval = TimeSpan.FromMilliseconds(10),
        MaximumAttempts = 3,
    };

    internal static ActivityOptions Steady => new() { StartToCloseTimeout = TimeSpan.FromSeconds(30), RetryPolicy = Retry };

    internal static ActivityOptions Once(TimeSpan startToClose, TimeSpan? heartbeat = null) => new()
    {
        StartToCloseTimeout = startToClose,
        HeartbeatTimeout = heartbeat,
        RetryPolicy = Retry with { MaximumAttempts = 1 },
    };

    internal static LocalActivityOptions Local => new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) };

    internal static Task InterfereAsync(params string[] deeds) =>
        Workflow.ExecuteLocalActivityAsync("interferes", [deeds], Local);

    /// <summary>Waits for the end, whichever.</summary>
    internal static async Task EndAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (FailureException)
        {
            // How it ended is told by the history.
        }
        catch (OperationCanceledException)
        {
            // As above.
        }
    }

    [Workflow("historyActivity")]
    public class Plain
    {
        [WorkflowRun]
        public Task<string> RunAsync(string name) => Workflow.ExecuteActivityAsync<string>("greet", [name], Steady);
    }

    [Workflow("historyActivityRetry")]
    public class Retried
    {
        [WorkflowRun]
        public Task<int> RunAsync() => Workflow.ExecuteActivityAsync<int>("fails_until_third_attempt", [], Steady);
    }

    [Workflow("historyActivityFails")]
    public class Fails
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteActivityAsync("always_breaks", [], Steady);
    }

    [Workflow("historyActivityRefuses")]
    public class Refuses
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            await EndAsync(Workflow.ExecuteActivityAsync("refuses", [], Steady));
            var picky = Steady;
            picky.RetryPolicy = Retry with { NonRetryableErrorTypes = ["Broken"] };
            await EndAsync(Workflow.ExecuteActivityAsync("always_breaks", [], picky));
        }
    }

    [Workflow("historyActivityTimeouts")]
    public class Timeouts
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            var little = TimeSpan.FromMilliseconds(200);
            await HangAsync(Once(little));
            await HangAsync(Once(TimeSpan.FromSeconds(30), little));
            var unheard = Steady;
            unheard.TaskQueue = "nobody-polls-this";
            unheard.ScheduleToStartTimeout = little;
            await HangAsync(unheard);
            await HangAsync(new() { ScheduleToCloseTimeout = TimeSpan.FromSeconds(3), RetryPolicy = Retry });
        }

        private static Task HangAsync(ActivityOptions options) => EndAsync(Workflow.ExecuteActivityAsync("hangs", [], options));
    }

    [Workflow("historyActivityHeartbeat")]
    public class Heartbeats
    {
        [WorkflowRun]
        public Task<Dictionary<string, int>> RunAsync()
        {
            var options = Steady;
            options.HeartbeatTimeout = TimeSpan.FromSeconds(20);
            return Workflow.ExecuteActivityAsync<Dictionary<string, int>>("resumes_from_heartbeat", [], options);
        }
    }

    [Workflow("historyActivityCanceled")]
    public class Canceled
    {
        private bool announced;

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            using var scope = new CancellationTokenSource();
            var options = Steady;
            options.HeartbeatTimeout = TimeSpan.FromSeconds(10);
            options.CancellationType = ActivityCancellationType.WaitCancellationCompleted;
            options.CancellationToken = scope.Token;
            var running = Workflow.ExecuteActivityAsync("announces_and_heartbeats", [], options);
            await Workflow.WaitConditionAsync(() => announced);
            scope.Cancel();
            await EndAsync(running);
            return "canceled";
        }

        [WorkflowSignal("go")]
        public Task GoAsync()
        {
            announced = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("historyActivityCanceledUnstarted")]
    public class CanceledUnstarted
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            using var scope = new CancellationTokenSource();
            var options = Steady;
            options.TaskQueue = "nobody-polls-this";
            options.CancellationType = ActivityCancellationType.WaitCancellationCompleted;
            options.CancellationToken = scope.Token;
            var pending = Workflow.ExecuteActivityAsync("hangs", [], options);
            await Workflow.DelayAsync(10);
            scope.Cancel();
            await EndAsync(pending);
            return "canceled";
        }
    }

    [Workflow("historyTimers")]
    public class Timers
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            await Workflow.DelayAsync(20);
            using var scope = new CancellationTokenSource();
            var longOne = Workflow.DelayAsync(TimeSpan.FromHours(1), scope.Token);
            await Workflow.DelayAsync(30);
            scope.Cancel();
            await EndAsync(longOne);
        }
    }

    /// <summary>Its timer fires while the task that cancels it is at work.</summary>
    [Workflow("historyCancelsFiredTimer")]
    public class CancelsFiredTimer
    {
        private bool told;

        [WorkflowRun]
        public async Task RunAsync()
        {
            using var scope = new CancellationTokenSource();
            var pending = Workflow.DelayAsync(TimeSpan.FromSeconds(4), scope.Token);
            await Workflow.WaitConditionAsync(() => told);
            await Workflow.ExecuteLocalActivityAsync("takes", [4500], Local);
            scope.Cancel();
            await EndAsync(pending);
        }

        [WorkflowSignal("go")]
        public Task GoAsync()
        {
            told = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("historyLocalActivity")]
    public class LocalOnes
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string name)
        {
            var greeting = await Workflow.ExecuteLocalActivityAsync<string>("greet", [name], Local);
            var once = Local;
            once.RetryPolicy = new() { MaximumAttempts = 1 };
            await EndAsync(Workflow.ExecuteLocalActivityAsync("always_breaks", [], once));
            return greeting;
        }
    }
}
