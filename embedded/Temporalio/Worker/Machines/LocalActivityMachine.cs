using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Events;
using Temporalio.Worker.Runtime;
using Temporalio.Workflows;

namespace Temporalio.Worker.Machines;

/// <summary>
/// A local activity: run by this worker within the workflow task and recorded with one marker at its end. On replay the
/// marker, found by looking ahead, gives the outcome in the very turn that had it the first time.
/// </summary>
internal sealed class LocalActivityMachine : CommandMachine
{
    private readonly ILocalActivities runner;
    private readonly DateTime startedAt;
    private State state;

    internal LocalActivityMachine(
        IMachineHost host,
        ILocalActivities runner,
        WorkflowIntent.ScheduleLocalActivity intent,
        LocalActivityMarker? recorded,
        DateTime workflowTime)
        : base(host)
    {
        this.runner = runner;
        Intent = intent.OriginalScheduleTime == null
            ? intent with { OriginalScheduleTime = DateTime.UtcNow }
            : intent;
        startedAt = workflowTime;
        if (!host.IsReplaying)
        {
            Run();
        }
        else if (recorded == null)
        {
            state = State.AwaitingMarker;
        }
        else
        {
            state = State.KnownFromMarker;
            ResolveFrom(recorded);
        }
    }

    private enum State
    {
        /// <summary>Replaying, and no marker has been seen yet.</summary>
        AwaitingMarker,

        /// <summary>The outcome is known from its marker, which is still to come as an event.</summary>
        KnownFromMarker,

        /// <summary>It runs.</summary>
        Running,

        /// <summary>It has ended and its marker is a command of the current task.</summary>
        MarkerIssued,

        Recorded,
    }

    /// <summary>Where local activities run.</summary>
    internal interface ILocalActivities
    {
        void Run(LocalActivityMachine activity);

        /// <summary>Asks it to stop. True if it had not even started, so that no outcome will come.</summary>
        bool RequestCancel(LocalActivityMachine activity);

        /// <summary>Stops waiting for it.</summary>
        void Forget(LocalActivityMachine activity);
    }

    internal WorkflowIntent.ScheduleLocalActivity Intent { get; }

    /// <summary>Gets a value indicating whether its marker is one of the commands, in order, rather than looked up.</summary>
    internal bool MarkerIsCommand => state == State.MarkerIssued;

    internal bool AwaitsMarker => state == State.AwaitingMarker;

    internal override string DescribeCommand() =>
        $"RecordMarker (local activity {Intent.ActivityType} with id {Intent.ActivityId})";

    /// <summary>Takes the marker found by looking ahead.</summary>
    internal void OnMarkerAhead(LocalActivityMarker marker)
    {
        state = State.KnownFromMarker;
        ResolveFrom(marker);
    }

    /// <summary>History is over without a marker: the worker went away before the end, so it has to run again.</summary>
    internal void OnReplayOver()
    {
        if (state == State.AwaitingMarker)
        {
            Run();
        }
    }

    /// <summary>Takes the outcome of running it.</summary>
    internal void OnResult(LocalActivityResult result)
    {
        if (state != State.Running)
        {
            return;
        }
        state = State.MarkerIssued;
        var completeTime = startedAt + result.Elapsed;
        Resolve(result.Result, result.Failure, result.BackOff, result.Attempt);
        Host.AdvanceTime(completeTime);
        IssueMarker(result, completeTime);
    }

    internal void Cancel()
    {
        if (state != State.Running)
        {
            return;
        }
        if (Intent.Options.CancellationType == ActivityCancellationType.WaitCancellationCompleted)
        {
            if (runner.RequestCancel(this))
            {
                OnResult(LocalActivityResult.Canceled(Intent.Attempt));
            }
            return;
        }
        if (Intent.Options.CancellationType == ActivityCancellationType.TryCancel)
        {
            runner.RequestCancel(this);
        }
        else
        {
            runner.Forget(this);
        }

        // The clock stays: the workflow did not wait for anything.
        var canceled = LocalActivityResult.Canceled(Intent.Attempt);
        state = State.MarkerIssued;
        Resolve(null, canceled.Failure, null, canceled.Attempt);
        IssueMarker(canceled, null);
    }

    internal override void OnCommandEvent(HistoryEvent e)
    {
        if (!LocalActivityMarker.TryRead(e, out var marker))
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
        RequireSame(e, "sequence number", marker.Seq, Intent.Seq);
        if (Host.Flags.Applies(SdkFlags.IdAndTypeChecks, Host.IsReplaying))
        {
            RequireSame(e, "activity id", marker.ActivityId, Intent.ActivityId);
            RequireSame(e, "activity type", marker.ActivityType, Intent.ActivityType);
        }
        if (state == State.AwaitingMarker)
        {
            ResolveFrom(marker);
        }
        state = State.Recorded;
    }

    private void Run()
    {
        state = State.Running;
        runner.Run(this);
    }

    private void ResolveFrom(LocalActivityMarker marker)
    {
        Resolve(marker.Result, marker.Failure, marker.Backoff?.ToSpan(), (int)marker.Attempt, marker.OriginalScheduleTime);
        if (marker.CompleteTime is { } completeTime)
        {
            Host.AdvanceTime(completeTime.ToUtc());
        }
    }

    private void Resolve(
        Api.Common.V1.Payload? result, Failure? failure, TimeSpan? backOff, int attempt, MarkerInstant? scheduled = null)
    {
        ActivityOutcome outcome = (backOff, failure) switch
        {
            ({ } delay, _) => new ActivityOutcome.BackOff(
                delay, attempt + 1, scheduled?.ToUtc() ?? Intent.OriginalScheduleTime),
            (_, null) => new ActivityOutcome.Completed(result),
            (_, { CanceledFailureInfo: not null }) => Wrap("Local Activity cancelled", failure),
            (_, { TimeoutFailureInfo: not null }) => Wrap("Local Activity timed out", failure),
            _ => new ActivityOutcome.Failed(failure),
        };
        Host.Resolve(new ActivationJob.ResolveActivity(Intent.Seq, outcome, IsLocal: true));
    }

    private ActivityOutcome.Failed Wrap(string message, Failure cause) => new(new()
    {
        Message = message,
        Cause = cause,
        ActivityFailureInfo = new()
        {
            ActivityType = new() { Name = Intent.ActivityType },
            ActivityId = Intent.ActivityId,
            RetryState = RetryState.CancelRequested,
        },
    });

    private void IssueMarker(LocalActivityResult result, DateTime? completeTime) => Host.Issue(this, new LocalActivityMarker
    {
        Seq = Intent.Seq,
        Attempt = (uint)result.Attempt,
        ActivityId = Intent.ActivityId,
        ActivityType = Intent.ActivityType,
        CompleteTime = completeTime is { } time ? MarkerInstant.From(time) : null,
        Backoff = result.BackOff is { } delay ? MarkerInstant.From(delay) : null,
        OriginalScheduleTime = MarkerInstant.From(Intent.OriginalScheduleTime!.Value),
        Result = result.Result,
        Failure = result.Failure,
    }.ToCommand(Intent.Metadata));

    private void RequireSame<T>(HistoryEvent e, string what, T recorded, T commanded)
    {
        if (!EqualityComparer<T>.Default.Equals(recorded, commanded))
        {
            throw Nondeterminism.Detail(DescribeCommand(), e, $"the {what} is '{recorded}' in history, '{commanded}' now");
        }
    }
}
