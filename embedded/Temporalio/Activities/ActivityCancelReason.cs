namespace Temporalio.Activities;

/// <summary>Why an activity's cancellation token was cancelled.</summary>
public enum ActivityCancelReason
{
    /// <summary>It was not, or nobody said why.</summary>
    None,

    /// <summary>The server no longer knows the activity: it timed out or its workflow is closed.</summary>
    GoneFromServer,

    /// <summary>Its workflow asked for it.</summary>
    CancelRequested,

    /// <summary>A time-out passed.</summary>
    Timeout,

    /// <summary>The worker stops.</summary>
    WorkerShutdown,

    /// <summary>A heartbeat could not be recorded.</summary>
    HeartbeatRecordFailure,

    /// <summary>The activity was paused.</summary>
    Paused,

    /// <summary>The activity was reset.</summary>
    Reset,
}
