namespace Temporalio.Activities;

/// <summary>Why an activity's cancellation token was cancelled, in full.</summary>
public class ActivityCancellationDetails
{
    /// <summary>The server no longer knows the activity.</summary>
    public bool IsGoneFromServer { get; init; }

    /// <summary>Its workflow asked for it.</summary>
    public bool IsCancelRequested { get; init; }

    /// <summary>A time-out passed.</summary>
    public bool IsTimedOut { get; init; }

    /// <summary>The worker stops.</summary>
    public bool IsWorkerShutdown { get; init; }

    /// <summary>The activity was paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The activity was reset.</summary>
    public bool IsReset { get; init; }

    /// <summary>A heartbeat could not be recorded.</summary>
    public bool IsHeartbeatRecordFailure { get; init; }
}
