using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace Temporal.Server.Client.Tests.Work;

/// <summary>The activities, whose course a test decides through their <see cref="Job"/>.</summary>
public sealed class Activities
{
    /// <summary>What a test decides, and sees, of one job.</summary>
    public sealed class Job
    {
        /// <summary>Failures before the first success.</summary>
        public int Failures { get; set; }

        /// <summary>Let the attempt that does not fail go to its end.</summary>
        public TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when that attempt has begun.</summary>
        public TaskCompletionSource<int> Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Attempts so far.</summary>
        public int Attempts { get; set; }
    }

    /// <summary>The jobs by name.</summary>
    public ConcurrentDictionary<string, Job> Jobs { get; } = new();

    [Activity]
    public string Greet(string name) => $"Hello, {name}!";

    [Activity]
    public async Task<string> LabourAsync(string name)
    {
        var job = Jobs.GetOrAdd(name, _ => new Job());
        var context = ActivityExecutionContext.Current;
        job.Attempts++;
        var heard = context.Info.HeartbeatDetails.Count > 0 ? await context.Info.HeartbeatDetailAtAsync<string>(0) : "nothing";
        context.Heartbeat($"attempt {context.Info.Attempt}");
        if (job.Attempts <= job.Failures)
        {
            throw new ApplicationFailureException("not yet");
        }

        job.Begun.TrySetResult(context.Info.Attempt);
        try
        {
            // Of a cancellation, a pause or a reset an activity hears by its heartbeats only.
            using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (!job.Finish.Task.IsCompleted && await beat.WaitForNextTickAsync(context.CancellationToken))
            {
                context.Heartbeat($"attempt {context.Info.Attempt}");
            }
        }
        catch (OperationCanceledException) when (context.CancelReason is ActivityCancelReason.Paused or ActivityCancelReason.Reset)
        {
            throw new ApplicationFailureException($"stopped: {context.CancelReason}");
        }

        return $"after {heard}";
    }
}
