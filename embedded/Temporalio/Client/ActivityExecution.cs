using Temporalio.Api.Activity.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Common;

namespace Temporalio.Client;

/// <summary>A standalone activity as lists show it. Times are UTC.</summary>
public class ActivityExecution
{
    private readonly Lazy<SearchAttributeCollection> searchAttributes;

    /// <summary>From the wire.</summary>
    protected internal ActivityExecution(ActivityExecutionListInfo rawInfo, string clientNamespace)
        : this(clientNamespace, rawInfo.SearchAttributes)
    {
        ActivityId = rawInfo.ActivityId;
        ActivityRunId = rawInfo.RunId.Length == 0 ? null : rawInfo.RunId;
        ActivityType = rawInfo.ActivityType?.Name ?? string.Empty;
        CloseTime = rawInfo.CloseTime?.ToDateTime();
        ExecutionDuration = rawInfo.ExecutionDuration?.ToTimeSpan();
        ScheduledTime = rawInfo.ScheduleTime?.ToDateTime() ?? default;
        StateTransitionCount = rawInfo.StateTransitionCount;
        Status = rawInfo.Status;
        TaskQueue = rawInfo.TaskQueue;
    }

    private protected ActivityExecution(ActivityExecutionInfo info, string clientNamespace)
        : this(clientNamespace, info.SearchAttributes)
    {
        ActivityId = info.ActivityId;
        ActivityRunId = info.RunId.Length == 0 ? null : info.RunId;
        ActivityType = info.ActivityType?.Name ?? string.Empty;
        CloseTime = info.CloseTime?.ToDateTime();
        ExecutionDuration = info.ExecutionDuration?.ToTimeSpan();
        ScheduledTime = info.ScheduleTime?.ToDateTime() ?? default;
        StateTransitionCount = info.StateTransitionCount;
        Status = info.Status;
        TaskQueue = info.TaskQueue;
    }

    private ActivityExecution(string clientNamespace, SearchAttributes? received)
    {
        Namespace = clientNamespace;
        searchAttributes = new(() => received is null
            ? SearchAttributeCollection.Empty
            : SearchAttributeCollection.FromProto(received));
    }

    /// <summary>Id of the activity.</summary>
    public string ActivityId { get; private init; } = string.Empty;

    /// <summary>Run id.</summary>
    public string? ActivityRunId { get; private init; }

    /// <summary>Type.</summary>
    public string ActivityType { get; private init; } = string.Empty;

    /// <summary>When it closed; null while it runs.</summary>
    public DateTime? CloseTime { get; private init; }

    /// <summary>From being scheduled to being closed; null while it runs.</summary>
    public TimeSpan? ExecutionDuration { get; private init; }

    /// <summary>Namespace.</summary>
    public string Namespace { get; private init; }

    /// <summary>When it was scheduled.</summary>
    public DateTime ScheduledTime { get; private init; }

    /// <summary>Number of changes of its state.</summary>
    public long StateTransitionCount { get; private init; }

    /// <summary>Status.</summary>
    public ActivityExecutionStatus Status { get; private init; }

    /// <summary>Task queue.</summary>
    public string TaskQueue { get; private init; } = string.Empty;

    /// <summary>Values to find it by.</summary>
    public SearchAttributeCollection TypedSearchAttributes => searchAttributes.Value;
}
