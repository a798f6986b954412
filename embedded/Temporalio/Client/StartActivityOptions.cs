using Temporalio.Api.Enums.V1;
using Temporalio.Common;

namespace Temporalio.Client;

/// <summary>
/// Options of starting a standalone activity. Id, task queue and one of <see cref="ScheduleToCloseTimeout" /> and
/// <see cref="StartToCloseTimeout" /> are required.
/// </summary>
public class StartActivityOptions : ICloneable
{
    /// <summary>Without id and task queue yet.</summary>
    public StartActivityOptions()
    {
    }

    /// <summary>With id and task queue.</summary>
    public StartActivityOptions(string id, string taskQueue)
    {
        Id = id;
        TaskQueue = taskQueue;
    }

    /// <summary>Id of the activity.</summary>
    public string? Id { get; set; }

    /// <summary>Task queue.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>Longest time for all attempts.</summary>
    public TimeSpan? ScheduleToCloseTimeout { get; set; }

    /// <summary>Longest time in the task queue.</summary>
    public TimeSpan? ScheduleToStartTimeout { get; set; }

    /// <summary>Longest time for one attempt.</summary>
    public TimeSpan? StartToCloseTimeout { get; set; }

    /// <summary>Longest silence of an attempt.</summary>
    public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary>Whether the id of a closed activity may be used again.</summary>
    public ActivityIdReusePolicy IdReusePolicy { get; set; } = ActivityIdReusePolicy.AllowDuplicate;

    /// <summary>What happens where an activity with that id runs.</summary>
    public ActivityIdConflictPolicy IdConflictPolicy { get; set; } = ActivityIdConflictPolicy.Unspecified;

    /// <summary>How it is tried again; null for the server's policy.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>Values to find it by.</summary>
    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    /// <summary>One line of Markdown for user interfaces.</summary>
    public string? StaticSummary { get; set; }

    /// <summary>Markdown for user interfaces.</summary>
    public string? StaticDetails { get; set; }

    /// <summary>Priority.</summary>
    public Priority? Priority { get; set; }

    /// <summary>Wait before its first attempt.</summary>
    public TimeSpan? StartDelay { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (StartActivityOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
