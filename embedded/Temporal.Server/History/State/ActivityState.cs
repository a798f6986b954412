using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Activity.V1;
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

    /// <summary>From when its time over all attempts counts: its scheduling, or the reset that scheduled it anew.</summary>
    public DateTimeOffset FirstScheduledTime { get; set; }

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

    /// <summary>The attempt as the worker that has it was told; a reset sets <see cref="Attempt"/> back under it.</summary>
    public int StartedAttempt { get; set; }

    /// <summary>Grows with what makes tasks dispatched before worthless although the attempt is the same.</summary>
    public int Stamp { get; set; }

    /// <summary>Who has paused it; null while it is not paused.</summary>
    public ActivityPause? Pause { get; set; }

    /// <summary>It was reset while a worker has it.</summary>
    public bool IsReset { get; set; }

    /// <summary>The next attempt does not get the heartbeat details of this one.</summary>
    public bool ForgetsHeartbeat { get; set; }

    /// <summary>All options as last changed from outside; null while those of the scheduling hold. Replaced, never modified.</summary>
    public ActivityOptions? ChangedOptions { get; set; }

    /// <summary>The queue that its attempts go to.</summary>
    public string TaskQueue => ChangedOptions?.TaskQueue.Name ?? Attributes.TaskQueue.Name;

    /// <summary>How long all attempts together may take; absent or zero for no limit.</summary>
    public Duration? ScheduleToCloseTimeout =>
        ChangedOptions is { } changed ? changed.ScheduleToCloseTimeout : Attributes.ScheduleToCloseTimeout;

    /// <summary>How long an attempt may wait for a worker; absent or zero for no limit.</summary>
    public Duration? ScheduleToStartTimeout =>
        ChangedOptions is { } changed ? changed.ScheduleToStartTimeout : Attributes.ScheduleToStartTimeout;

    /// <summary>How long a worker may have an attempt; absent or zero for no limit.</summary>
    public Duration? StartToCloseTimeout => ChangedOptions is { } changed ? changed.StartToCloseTimeout : Attributes.StartToCloseTimeout;

    /// <summary>How long a worker may be silent; absent or zero for no limit.</summary>
    public Duration? HeartbeatTimeout => ChangedOptions is { } changed ? changed.HeartbeatTimeout : Attributes.HeartbeatTimeout;

    /// <summary>When it is tried again; complete.</summary>
    public RetryPolicy RetryPolicy => ChangedOptions?.RetryPolicy ?? Attributes.RetryPolicy;

    /// <summary>Its priority.</summary>
    public Priority? Priority => ChangedOptions is { } changed ? changed.Priority : Attributes.Priority;

    /// <summary>Whether a worker has it.</summary>
    public bool IsStarted => StartedTime is not null;

    /// <summary>Whether its current attempt is on its queue.</summary>
    public bool IsOnQueue => !IsStarted && !InBackoff && Pause is null;

    /// <summary>When all its attempts must be over, paused or not.</summary>
    public DateTimeOffset? ExpirationTime => After(FirstScheduledTime, ScheduleToCloseTimeout);

    /// <summary>Its deadline over all attempts; none is watched while it is paused.</summary>
    public DateTimeOffset? ScheduleToCloseDeadline => Pause is null ? ExpirationTime : null;

    /// <summary>By when a worker must take the current attempt; null while it is not on its queue.</summary>
    public DateTimeOffset? ScheduleToStartDeadline => IsOnQueue ? After(ScheduledTime, ScheduleToStartTimeout) : null;

    /// <summary>By when the worker that has it must answer; null while it is paused.</summary>
    public DateTimeOffset? StartToCloseDeadline => Pause is null ? After(StartedTime, StartToCloseTimeout) : null;

    /// <summary>By when the next heartbeat must come; null while it is paused.</summary>
    public DateTimeOffset? HeartbeatDeadline =>
        Pause is null && IsStarted ? After(LastHeartbeatTime ?? StartedTime, HeartbeatTimeout) : null;

    /// <summary>When its back-off ends; null while it is in none, or paused.</summary>
    public DateTimeOffset? BackoffEnd => InBackoff && Pause is null ? ScheduledTime : null;

    private static DateTimeOffset? After(DateTimeOffset? from, Duration? timeout)
    {
        var span = timeout.ToSpan();
        return from is null || span == TimeSpan.Zero ? null : from.Value.SaturatingAdd(span);
    }
}
