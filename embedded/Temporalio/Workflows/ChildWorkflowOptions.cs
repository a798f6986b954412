using Temporalio.Api.Enums.V1;
using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>Options of a child workflow.</summary>
public class ChildWorkflowOptions : ICloneable
{
    /// <summary>Gets or sets the workflow id; null means a new one, deterministic on replay.</summary>
    public string? Id { get; set; }

    /// <summary>Gets or sets the task queue; null means the parent's.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>Gets or sets a fixed one-line summary in Markdown, shown in user interfaces.</summary>
    public string? StaticSummary { get; set; }

    /// <summary>Gets or sets fixed details in Markdown, shown in user interfaces.</summary>
    public string? StaticDetails { get; set; }

    /// <summary>Gets or sets how a failed run is retried; null means not at all.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>Gets or sets what happens when the call is canceled.</summary>
    public ChildWorkflowCancellationType CancellationType { get; set; } =
        ChildWorkflowCancellationType.WaitCancellationCompleted;

    /// <summary>Gets or sets the token that cancels the child; null means the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <summary>Gets or sets what becomes of the child when the parent closes.</summary>
    public ParentClosePolicy ParentClosePolicy { get; set; } = ParentClosePolicy.Terminate;

    /// <summary>Gets or sets the longest time of the whole chain of runs.</summary>
    public TimeSpan? ExecutionTimeout { get; set; }

    /// <summary>Gets or sets the longest time of one run.</summary>
    public TimeSpan? RunTimeout { get; set; }

    /// <summary>Gets or sets the longest time of one workflow task.</summary>
    public TimeSpan? TaskTimeout { get; set; }

    /// <summary>Gets or sets whether the id of a closed workflow may be used again.</summary>
    public WorkflowIdReusePolicy IdReusePolicy { get; set; } = WorkflowIdReusePolicy.AllowDuplicate;

    /// <summary>Gets or sets the cron schedule.</summary>
    public string? CronSchedule { get; set; }

    /// <summary>Gets or sets the memo; values are converted, null is not allowed.</summary>
    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    /// <summary>Gets or sets the search attributes.</summary>
    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    /// <summary>Gets or sets the build-id compatibility wished for.</summary>
    [Obsolete("Worker Build Id versioning is deprecated in favor of Worker Deployment versioning")]
    public VersioningIntent VersioningIntent { get; set; } = VersioningIntent.Unspecified;

    /// <summary>Gets or sets the priority among the tasks of the queue; null inherits the parent's.</summary>
    public Priority? Priority { get; set; }

    /// <summary>Makes a shallow copy.</summary>
    /// <returns>The copy.</returns>
    public virtual object Clone() => MemberwiseClone();
}
