using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>Options of continuing as new; whatever is unset is taken over from this run.</summary>
public class ContinueAsNewOptions : ICloneable
{
    /// <summary>Gets or sets the task queue.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>Gets or sets the longest time of the next run.</summary>
    public TimeSpan? RunTimeout { get; set; }

    /// <summary>Gets or sets the longest time of one workflow task.</summary>
    public TimeSpan? TaskTimeout { get; set; }

    /// <summary>Gets or sets how long the first task of the next run is held back.</summary>
    public TimeSpan? BackoffStartInterval { get; set; }

    /// <summary>Gets or sets how a failed run is retried.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>Gets or sets the memo; values are converted, null is not allowed.</summary>
    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    /// <summary>Gets or sets the search attributes.</summary>
    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    /// <summary>Gets or sets the build-id compatibility wished for.</summary>
    [Obsolete("Worker Build Id versioning is deprecated in favor of Worker Deployment versioning")]
    public VersioningIntent VersioningIntent { get; set; } = VersioningIntent.Unspecified;

    /// <summary>Gets or sets which worker version the next run starts on.</summary>
    public InitialVersioningBehavior? InitialVersioningBehavior { get; set; }

    /// <summary>Makes a shallow copy.</summary>
    /// <returns>The copy.</returns>
    public virtual object Clone() => MemberwiseClone();
}
