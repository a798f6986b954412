using System.Text.Json.Serialization;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Activities;

/// <summary>What an activity can know about its own attempt.</summary>
/// <param name="ActivityId">Id of the activity.</param>
/// <param name="ActivityType">Type name.</param>
/// <param name="Attempt">Attempt, beginning with 1.</param>
/// <param name="CurrentAttemptScheduledTime">When this attempt was scheduled.</param>
/// <param name="DataConverter">Converts its values.</param>
/// <param name="HeartbeatDetails">What the last attempt said last.</param>
/// <param name="HeartbeatTimeout">Longest silence allowed.</param>
/// <param name="IsLocal">Whether it runs in the workflow's worker.</param>
/// <param name="Namespace">Namespace of the activity.</param>
/// <param name="Priority">Priority.</param>
/// <param name="RetryPolicy">How it is retried, where the server says.</param>
/// <param name="ScheduleToCloseTimeout">Longest time for all attempts.</param>
/// <param name="ScheduledTime">When the first attempt was scheduled.</param>
/// <param name="StartToCloseTimeout">Longest time for one attempt.</param>
/// <param name="StartedTime">When this attempt started.</param>
/// <param name="TaskQueue">Task queue.</param>
/// <param name="TaskToken">Token that identifies this attempt to the server.</param>
/// <param name="WorkflowId">Workflow that it belongs to, null for none.</param>
/// <param name="WorkflowNamespace">Namespace of that workflow.</param>
/// <param name="WorkflowRunId">Run of that workflow.</param>
/// <param name="WorkflowType">Type of that workflow.</param>
public record ActivityInfo(
    string ActivityId,
    string ActivityType,
    int Attempt,
    DateTime CurrentAttemptScheduledTime,
    [property: JsonIgnore] DataConverter DataConverter,
    IReadOnlyCollection<Payload> HeartbeatDetails,
    TimeSpan? HeartbeatTimeout,
    bool IsLocal,
    string Namespace,
    Temporalio.Common.Priority Priority,
    Temporalio.Common.RetryPolicy? RetryPolicy,
    TimeSpan? ScheduleToCloseTimeout,
    DateTime ScheduledTime,
    TimeSpan? StartToCloseTimeout,
    DateTime StartedTime,
    string TaskQueue,
    byte[] TaskToken,
    string? WorkflowId,
    string? WorkflowNamespace,
    string? WorkflowRunId,
    string? WorkflowType)
{
    /// <summary>Whether it belongs to a workflow.</summary>
    public bool IsWorkflowActivity => WorkflowId is not null;

    /// <summary>What every log line of the activity carries.</summary>
    internal Dictionary<string, object> LoggerScope { get; } =
        WorkflowId is null
            ? new() { ["ActivityId"] = ActivityId, ["ActivityType"] = ActivityType, ["Attempt"] = Attempt, ["Namespace"] = Namespace }
            : new()
            {
                ["ActivityId"] = ActivityId,
                ["ActivityType"] = ActivityType,
                ["Attempt"] = Attempt,
                ["Namespace"] = Namespace,
                ["WorkflowId"] = WorkflowId,
                ["WorkflowNamespace"] = WorkflowNamespace!,
                ["WorkflowRunId"] = WorkflowRunId!,
                ["WorkflowType"] = WorkflowType!,
            };

    /// <summary>Converts one of the heartbeat details.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none at that index.</exception>
    public Task<T> HeartbeatDetailAtAsync<T>(int index) => DataConverter.ToValueAsync<T>(HeartbeatDetails.ElementAt(index));
}
