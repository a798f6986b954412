using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>
/// Options of a local activity call. <see cref="StartToCloseTimeout" /> or <see cref="ScheduleToCloseTimeout" /> is
/// required.
/// </summary>
public class LocalActivityOptions : ICloneable
{
    /// <summary>Gets or sets the longest time from scheduling to the final outcome, all attempts included.</summary>
    public TimeSpan? ScheduleToCloseTimeout { get; set; }

    /// <summary>Gets or sets the longest time to wait for a free slot of the worker. Expiry is not retried.</summary>
    public TimeSpan? ScheduleToStartTimeout { get; set; }

    /// <summary>Gets or sets the longest time of a single attempt.</summary>
    public TimeSpan? StartToCloseTimeout { get; set; }

    /// <summary>Gets or sets how failed attempts are retried; null means the default (without limit).</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>Gets or sets what happens when the call is canceled.</summary>
    public ActivityCancellationType CancellationType { get; set; } = ActivityCancellationType.TryCancel;

    /// <summary>Gets or sets the token that cancels the call; null means the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <summary>Gets or sets the activity id; best left unset.</summary>
    public string? ActivityId { get; set; }

    /// <summary>Gets or sets the back-off above which a durable timer is used between attempts; null means a minute.</summary>
    public TimeSpan? LocalRetryThreshold { get; set; }

    /// <summary>Gets or sets a one-line summary in Markdown, shown in user interfaces.</summary>
    public string? Summary { get; set; }

    /// <summary>Makes a shallow copy.</summary>
    /// <returns>The copy.</returns>
    public virtual object Clone() => MemberwiseClone();
}
