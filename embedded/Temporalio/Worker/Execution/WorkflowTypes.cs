using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Runtime;
using Temporalio.Workflows;

namespace Temporalio.Worker.Execution;

/// <summary>The workflow types of a worker, and the making of their instances.</summary>
internal sealed class WorkflowTypes
{
    private readonly Dictionary<string, WorkflowDefinition> definitions = [];
    private readonly WorkflowDefinition? dynamic;

    /// <exception cref="ArgumentException">A type twice, or one that cannot be made.</exception>
    internal WorkflowTypes(IEnumerable<WorkflowDefinition> workflows, WorkerDeploymentOptions? deployment)
    {
        foreach (var definition in workflows)
        {
            if (!definition.Instantiable)
            {
                throw new ArgumentException(
                    $"Workflow named {definition.Name} is not instantiable. Note, dependency injection is not supported " +
                    "in workflows. Workflows must be deterministic and self-contained with a lifetime controlled by Temporal.");
            }
            RequireVersioning(definition, deployment);
            if (definition.Name != null)
            {
                if (!definitions.TryAdd(definition.Name, definition))
                {
                    throw new ArgumentException($"Duplicate workflow named {definition.Name}");
                }
            }
            else
            {
                dynamic = dynamic == null ? definition : throw new ArgumentException("Multiple dynamic workflows provided");
            }
        }
    }

    /// <exception cref="ApplicationFailureException">The type is not one of this worker's.</exception>
    internal WorkflowInstance Create(
        WorkflowInstanceDetails details,
        string runId,
        ActivationJob.Initialize start,
        Activation activation)
    {
        var type = start.Started.WorkflowType.Name;
        var definition = definitions.GetValueOrDefault(type) ?? dynamic ?? throw new ApplicationFailureException(
            $"Workflow type {type} is not registered on this worker, available workflows: " +
            string.Join(", ", definitions.Keys.Order(StringComparer.Ordinal)),
            "NotFoundError");
        return new(details, definition, InfoOf(details, runId, start, activation), start, activation);
    }

    private static void RequireVersioning(WorkflowDefinition definition, WorkerDeploymentOptions? deployment)
    {
        if (deployment is { UseWorkerVersioning: true, DefaultVersioningBehavior: VersioningBehavior.Unspecified } &&
            definition.VersioningBehavior is null or VersioningBehavior.Unspecified)
        {
            throw new ArgumentException(
                $"Workflow named {definition.Name} must specify a versioning behavior, since the worker has no default.");
        }
    }

    private static WorkflowInfo InfoOf(
        WorkflowInstanceDetails details, string runId, ActivationJob.Initialize start, Activation activation)
    {
        var started = start.Started;
        var converter = details.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(details.Namespace, started.WorkflowId));
        return new(
            Attempt: started.Attempt,
            ContinuedRunId: NullIfEmpty(started.ContinuedExecutionRunId),
            CronSchedule: NullIfEmpty(started.CronSchedule),
            ExecutionTimeout: Wire.OptionalSpan(started.WorkflowExecutionTimeout),
            FirstExecutionRunId: started.FirstExecutionRunId,
            Headers: started.Header?.Fields,
            LastFailure: started.ContinuedFailure == null
                ? null
                : converter.FailureConverter.ToException(started.ContinuedFailure, converter.PayloadConverter),
            LastResult: started.LastCompletionResult?.Payloads_.Select(payload => new RawValue(payload)).ToArray(),
            Namespace: details.Namespace,
            Parent: started.ParentWorkflowExecution is { } parent
                ? new(started.ParentWorkflowNamespace, parent.RunId, parent.WorkflowId)
                : null,
            Priority: started.Priority is { } priority ? new(priority) : Priority.Default,
            RetryPolicy: started.RetryPolicy is { } retry ? RetryPolicy.FromProto(retry) : null,
            Root: started.RootWorkflowExecution is { } root ? new(root.RunId, root.WorkflowId) : null,
            RunId: runId,
            RunTimeout: Wire.OptionalSpan(started.WorkflowRunTimeout),
            StartTime: activation.Time,
            TaskQueue: details.TaskQueue,
            TaskTimeout: started.WorkflowTaskTimeout?.ToTimeSpan() ?? TimeSpan.Zero,
            WorkflowId: started.WorkflowId,
            WorkflowStartTime: start.StartTime,
            WorkflowType: started.WorkflowType.Name);
    }

    private static string? NullIfEmpty(string value) => value.Length == 0 ? null : value;
}
