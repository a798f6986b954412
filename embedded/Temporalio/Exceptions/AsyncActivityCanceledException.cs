namespace Temporalio.Exceptions;

/// <summary>A heartbeat of an asynchronously completed activity learnt that the activity was cancelled, paused or reset.</summary>
public class AsyncActivityCanceledException : TemporalException
{
    /// <summary>The activity is cancelled.</summary>
    public AsyncActivityCanceledException()
        : base("Activity cancelled")
    {
    }
}
