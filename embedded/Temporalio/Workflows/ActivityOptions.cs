using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>
/// Options of one activity call. <see cref="StartToCloseTimeout" /> or <see cref="ScheduleToCloseTimeout" /> is
/// required. Not thread safe; treat as immutable once given to a call.
/// </summary>
public class ActivityOptions : ICloneable
{
    /// <summary>Gets or sets the longest time from scheduling to the final outcome, all attempts included.</summary>
    public TimeSpan? ScheduleToCloseTimeout { get; set; }

    /// <summary>Gets or sets the longest time an attempt may wait for a worker. Expiry is not retried.</summary>
    public TimeSpan? ScheduleToStartTimeout { get; set; }

    /// <summary>Gets or sets the longest time of a single attempt.</summary>
    public TimeSpan? StartToCloseTimeout { get; set; }

    /// <summary>Gets or sets the longest silence between two heartbeats; null means that none are expected.</summary>
    public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary>Gets or sets how failed attempts are retried; null means the server's default (without limit).</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>Gets or sets what happens when the call is canceled.</summary>
    public ActivityCancellationType CancellationType { get; set; } = ActivityCancellationType.TryCancel;

    /// <summary>Gets or sets the token that cancels the call; null means the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <summary>Gets or sets the task queue; null means the workflow's.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>Gets or sets a one-line summary in Markdown, shown in user interfaces.</summary>
    public string? Summary { get; set; }

    /// <summary>Gets or sets the activity id, unique among the open ones of the workflow; best left unset.</summary>
    public string? ActivityId { get; set; }

    /// <summary>Gets or sets the build-id compatibility wished for.</summary>
    [Obsolete("Worker Build Id versioning is deprecated in favor of Worker Deployment versioning")]
    public VersioningIntent VersioningIntent { get; set; } = VersioningIntent.Unspecified;

    /// <summary>Gets or sets a value indicating whether this activity is never started eagerly on this worker.</summary>
    public bool DisableEagerActivityExecution { get; set; }

    /// <summary>Gets or sets the priority among the tasks of the queue; null inherits the workflow's.</summary>
    public Priority? Priority { get; set; }

    /// <summary>Makes a shallow copy.</summary>
    /// <returns>The copy.</returns>
    public virtual object Clone() => MemberwiseClone();
}
