using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Runtime;
using Temporalio.Workflows;

namespace Temporalio.Worker.Machines;

/// <summary>An activity: scheduled, perhaps asked to cancel, and its one outcome.</summary>
internal sealed class ActivityMachine : CommandMachine
{
    private readonly WorkflowIntent.ScheduleActivity intent;
    private State state = State.ScheduleIssued;
    private long scheduledEventId;

    internal ActivityMachine(IMachineHost host, WorkflowIntent.ScheduleActivity intent)
        : base(host)
    {
        this.intent = intent;
        host.Issue(this, new()
        {
            CommandType = CommandType.ScheduleActivityTask,
            ScheduleActivityTaskCommandAttributes = intent.Attributes,
            UserMetadata = intent.Metadata,
        });
    }

    private enum State
    {
        ScheduleIssued,
        Scheduled,
        CancelIssued,
        CancelRequested,
        Withdrawn,

        /// <summary>The workflow knows the outcome; whatever comes is ignored.</summary>
        Ended,
    }

    internal override bool IsWithdrawn => state == State.Withdrawn;

    private string Type => intent.Attributes.ActivityType.Name;

    private string Id => intent.Attributes.ActivityId;

    internal override string DescribeCommand() => state is State.ScheduleIssued or State.Withdrawn
        ? $"ScheduleActivityTask (activity {Type} with id {Id})"
        : $"RequestCancelActivityTask (activity {Type} with id {Id})";

    internal void Cancel()
    {
        switch (state)
        {
            case State.ScheduleIssued:
                state = State.Withdrawn;
                Resolve(Canceled(new()));
                break;
            case State.Scheduled when intent.CancellationType == ActivityCancellationType.Abandon:
                state = State.Ended;
                Resolve(Canceled(new()));
                break;
            case State.Scheduled:
                state = State.CancelIssued;
                Host.Issue(this, new()
                {
                    CommandType = CommandType.RequestCancelActivityTask,
                    RequestCancelActivityTaskCommandAttributes = new() { ScheduledEventId = scheduledEventId },
                });
                if (intent.CancellationType == ActivityCancellationType.TryCancel)
                {
                    Resolve(Canceled(new()));
                }
                break;
        }
    }

    internal override void OnCommandEvent(HistoryEvent e)
    {
        if (state == State.ScheduleIssued && e.ActivityTaskScheduledEventAttributes is { } scheduled)
        {
            if (Host.Flags.Applies(SdkFlags.IdAndTypeChecks, Host.IsReplaying))
            {
                RequireSame(e, "activity id", scheduled.ActivityId, Id);
                RequireSame(e, "activity type", scheduled.ActivityType?.Name, Type);
            }
            scheduledEventId = e.EventId;
            state = State.Scheduled;
        }
        else if (state == State.CancelIssued && e.EventType == EventType.ActivityTaskCancelRequested)
        {
            state = intent.CancellationType == ActivityCancellationType.TryCancel ? State.Ended : State.CancelRequested;
        }
        else
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
    }

    internal override void OnEvent(HistoryEvent e)
    {
        ActivityOutcome? outcome = e.AttributesCase switch
        {
            HistoryEvent.AttributesOneofCase.ActivityTaskStartedEventAttributes => null,
            HistoryEvent.AttributesOneofCase.ActivityTaskCompletedEventAttributes =>
                new ActivityOutcome.Completed(e.ActivityTaskCompletedEventAttributes.Result?.Payloads_.FirstOrDefault()),
            HistoryEvent.AttributesOneofCase.ActivityTaskFailedEventAttributes =>
                Failed(e.ActivityTaskFailedEventAttributes),
            HistoryEvent.AttributesOneofCase.ActivityTaskTimedOutEventAttributes =>
                TimedOut(e.ActivityTaskTimedOutEventAttributes),
            HistoryEvent.AttributesOneofCase.ActivityTaskCanceledEventAttributes =>
                Canceled(e.ActivityTaskCanceledEventAttributes),
            _ => throw Nondeterminism.Mismatch(DescribeCommand(), e),
        };
        if (outcome != null && state is State.Scheduled or State.CancelRequested)
        {
            state = State.Ended;
            Resolve(outcome!);
        }
    }

    private void Resolve(ActivityOutcome outcome) =>
        Host.Resolve(new ActivationJob.ResolveActivity(intent.Seq, outcome, IsLocal: false));

    private void RequireSame(HistoryEvent e, string what, string? recorded, string commanded)
    {
        if (recorded != commanded)
        {
            throw Nondeterminism.Detail(DescribeCommand(), e, $"the {what} is '{recorded}' in history, '{commanded}' now");
        }
    }

    private ActivityOutcome.Failed Failed(ActivityTaskFailedEventAttributes attributes) => new(new()
    {
        Message = "Activity task failed",
        Cause = attributes.Failure,
        ActivityFailureInfo = Info(
            attributes.Identity, attributes.RetryState, attributes.ScheduledEventId, attributes.StartedEventId),
    });

    private ActivityOutcome.Failed TimedOut(ActivityTaskTimedOutEventAttributes attributes) => new(new()
    {
        Message = "Activity task timed out",
        Cause = attributes.Failure,
        ActivityFailureInfo = Info(
            string.Empty, attributes.RetryState, attributes.ScheduledEventId, attributes.StartedEventId),
    });

    private ActivityOutcome.Failed Canceled(ActivityTaskCanceledEventAttributes attributes) => new(new()
    {
        Message = "Activity cancelled",
        Cause = new() { CanceledFailureInfo = new() { Details = attributes.Details } },
        ActivityFailureInfo = Info(
            attributes.Identity, RetryState.CancelRequested, attributes.ScheduledEventId, attributes.StartedEventId),
    });

    private ActivityFailureInfo Info(string identity, RetryState retryState, long scheduledId, long startedId) => new()
    {
        Identity = identity,
        ActivityType = new() { Name = Type },
        ActivityId = Id,
        RetryState = retryState,
        ScheduledEventId = scheduledId,
        StartedEventId = startedId,
    };
}
