using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Workflows;

/// <summary>What is known about the running workflow from its start.</summary>
/// <param name="Attempt">Attempt of the run, from 1.</param>
/// <param name="ContinuedRunId">Run that this one continues.</param>
/// <param name="CronSchedule">Cron schedule.</param>
/// <param name="ExecutionTimeout">Longest time of the whole chain of runs.</param>
/// <param name="FirstExecutionRunId">First run of the chain.</param>
/// <param name="Headers">Headers of the start.</param>
/// <param name="LastFailure">Failure of the previous run, for retries and cron.</param>
/// <param name="LastResult">Result of the last completed run, for cron.</param>
/// <param name="Namespace">Namespace.</param>
/// <param name="Parent">Parent workflow.</param>
/// <param name="Priority">Priority of the workflow.</param>
/// <param name="RetryPolicy">Retry policy of the workflow.</param>
/// <param name="Root">Root of the tree of parents.</param>
/// <param name="RunId">Run id.</param>
/// <param name="RunTimeout">Longest time of one run.</param>
/// <param name="StartTime">When this run's first task started, in UTC.</param>
/// <param name="TaskQueue">Task queue.</param>
/// <param name="TaskTimeout">Longest time of one workflow task.</param>
/// <param name="WorkflowId">Workflow id.</param>
/// <param name="WorkflowStartTime">When the workflow was started, in UTC.</param>
/// <param name="WorkflowType">Workflow type name.</param>
public record WorkflowInfo(
    int Attempt,
    string? ContinuedRunId,
    string? CronSchedule,
    TimeSpan? ExecutionTimeout,
    string FirstExecutionRunId,
    IReadOnlyDictionary<string, Api.Common.V1.Payload>? Headers,
    Exception? LastFailure,
    IReadOnlyCollection<IRawValue>? LastResult,
    string Namespace,
    WorkflowInfo.ParentInfo? Parent,
    Priority Priority,
    RetryPolicy? RetryPolicy,
    WorkflowInfo.RootInfo? Root,
    string RunId,
    TimeSpan? RunTimeout,
    DateTime StartTime,
    string TaskQueue,
    TimeSpan TaskTimeout,
    string WorkflowId,
    DateTime WorkflowStartTime,
    string WorkflowType)
{
    internal Dictionary<string, object> LoggerScope { get; } = new()
    {
        ["Attempt"] = Attempt,
        ["Namespace"] = Namespace,
        ["FirstExecutionRunId"] = FirstExecutionRunId,
        ["RunId"] = RunId,
        ["TaskQueue"] = TaskQueue,
        ["WorkflowId"] = WorkflowId,
        ["WorkflowType"] = WorkflowType,
    };

    /// <summary>The parent of a workflow.</summary>
    /// <param name="Namespace">Namespace.</param>
    /// <param name="RunId">Run id.</param>
    /// <param name="WorkflowId">Workflow id.</param>
    public record ParentInfo(
        string Namespace,
        string RunId,
        string WorkflowId);

    /// <summary>The root of a workflow's tree of parents.</summary>
    /// <param name="RunId">Run id.</param>
    /// <param name="WorkflowId">Workflow id.</param>
    public record RootInfo(
        string RunId,
        string WorkflowId);
}
