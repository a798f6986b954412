using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.State;

/// <summary>An open activity.</summary>
internal sealed class ActivityState
{
    /// <summary>Its scheduling, as in history.</summary>
    public required HistoryEvent Scheduled { get; init; }

    /// <summary>The scheduling's attributes.</summary>
    public ActivityTaskScheduledEventAttributes Attributes => Scheduled.ActivityTaskScheduledEventAttributes;

    /// <summary>Id of the scheduling event; names the activity within the run.</summary>
    public long ScheduledEventId => Scheduled.EventId;

    /// <summary>The current attempt, from 1.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>When the current attempt was put on its queue, or will be while <see cref="InBackoff"/>.</summary>
    public required DateTimeOffset ScheduledTime { get; set; }

    /// <summary>When a worker took the current attempt; null before.</summary>
    public DateTimeOffset? StartedTime { get; set; }

    /// <summary>When any attempt was last taken.</summary>
    public DateTimeOffset? LastStartedTime { get; set; }

    /// <summary>When the last failed attempt ended.</summary>
    public DateTimeOffset? LastAttemptCompleteTime { get; set; }

    /// <summary>The back-off before the current attempt.</summary>
    public TimeSpan? RetryInterval { get; set; }

    /// <summary>Waiting for the back-off to end.</summary>
    public bool InBackoff { get; set; }

    /// <summary>Id of the poll that took the current attempt.</summary>
    public string RequestId { get; set; } = "";

    /// <summary>The worker that has (last had) it.</summary>
    public string Identity { get; set; } = "";

    /// <summary>Last heartbeat of the current attempt.</summary>
    public DateTimeOffset? LastHeartbeatTime { get; set; }

    /// <summary>Details of the last heartbeat of any attempt.</summary>
    public Payloads? HeartbeatDetails { get; set; }

    /// <summary>Why the last attempt failed.</summary>
    public Failure? LastFailure { get; set; }

    /// <summary>The cancel request's event id, 0 when none.</summary>
    public long CancelRequestedEventId { get; set; }

    /// <summary>Whether a worker has it.</summary>
    public bool IsStarted => StartedTime is not null;

    /// <summary>Its deadline over all attempts.</summary>
    public DateTimeOffset? ScheduleToCloseDeadline => Deadline(Scheduled.EventTime.ToDateTimeOffset(), Attributes.ScheduleToCloseTimeout);

    /// <summary>By when a worker must take the current attempt; null while it is in back-off or taken.</summary>
    public DateTimeOffset? ScheduleToStartDeadline =>
        IsStarted || InBackoff ? null : Deadline(ScheduledTime, Attributes.ScheduleToStartTimeout);

    /// <summary>By when the worker that has it must answer.</summary>
    public DateTimeOffset? StartToCloseDeadline => Deadline(StartedTime, Attributes.StartToCloseTimeout);

    /// <summary>By when the next heartbeat must come.</summary>
    public DateTimeOffset? HeartbeatDeadline => Deadline(IsStarted ? LastHeartbeatTime ?? StartedTime : null, Attributes.HeartbeatTimeout);

    private static DateTimeOffset? Deadline(DateTimeOffset? from, Google.Protobuf.WellKnownTypes.Duration? timeout)
    {
        var span = timeout.ToSpan();
        return from is null || span == TimeSpan.Zero ? null : from.Value.SaturatingAdd(span);
    }
}
