using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Converters;
using Temporalio.Runtime;
using Temporalio.Worker.Runtime;
using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>Options of a replayer. At least one workflow is required.</summary>
public class WorkflowReplayerOptions : ICloneable
{
    private IList<WorkflowDefinition> workflows = [];

    /// <summary>Raised before each turn of a workflow, outside of its context. Must not block or throw.</summary>
    public event EventHandler<WorkflowTaskStartingEventArgs>? WorkflowTaskStarting;

    /// <summary>Raised after each turn of a workflow, outside of its context. Must not block or throw.</summary>
    public event EventHandler<WorkflowTaskCompletedEventArgs>? WorkflowTaskCompleted;

    /// <summary>Gets the workflows.</summary>
    public IList<WorkflowDefinition> Workflows => workflows;

    /// <summary>Gets or sets the namespace that workflows see.</summary>
    public string Namespace { get; set; } = "ReplayNamespace";

    /// <summary>Gets or sets the task queue that workflows see.</summary>
    public string TaskQueue { get; set; } = "ReplayTaskQueue";

    /// <summary>Gets or sets the converter.</summary>
    public DataConverter DataConverter { get; set; } = DataConverter.Default;

    /// <summary>Gets or sets the interceptors, the outermost first.</summary>
    public IReadOnlyCollection<Interceptors.IWorkerInterceptor>? Interceptors { get; set; }

    /// <summary>Gets or sets the build id.</summary>
    public string? BuildId { get; set; }

    /// <summary>Gets or sets the identity.</summary>
    public string? Identity { get; set; }

    /// <summary>Gets or sets a value indicating whether turns may take any time, for stepping through workflow code.</summary>
    public bool DebugMode { get; set; } = TemporalWorkerOptions.DebugModeWanted;

    /// <summary>Gets or sets a value indicating whether tasks on other schedulers in workflow code go unreported.</summary>
    public bool DisableWorkflowTracingEventListener { get; set; }

    /// <summary>Gets or sets the loggers.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Gets or sets the runtime; null means the default.</summary>
    public TemporalRuntime? Runtime { get; set; }

    /// <summary>Gets or sets the exceptions that fail any workflow rather than only its current task.</summary>
    public IReadOnlyCollection<Type>? WorkflowFailureExceptionTypes { get; set; }

    /// <summary>Gets or sets the plugins.</summary>
    public IReadOnlyCollection<ITemporalWorkerPlugin>? Plugins { get; set; }

    /// <summary>Adds a workflow.</summary>
    /// <typeparam name="T">Type with <see cref="WorkflowAttribute" />.</typeparam>
    /// <returns>This, for chaining.</returns>
    public WorkflowReplayerOptions AddWorkflow<T>() => AddWorkflow(typeof(T));

    /// <summary>Adds a workflow.</summary>
    /// <param name="type">Type with <see cref="WorkflowAttribute" />.</param>
    /// <returns>This, for chaining.</returns>
    public WorkflowReplayerOptions AddWorkflow(Type type) => AddWorkflow(WorkflowDefinition.Create(type));

    /// <summary>Adds a workflow.</summary>
    /// <param name="definition">Definition.</param>
    /// <returns>This, for chaining.</returns>
    public WorkflowReplayerOptions AddWorkflow(WorkflowDefinition definition)
    {
        Workflows.Add(definition);
        return this;
    }

    /// <summary>Makes a copy with a list of its own.</summary>
    /// <returns>The copy.</returns>
    public virtual object Clone()
    {
        var copy = (WorkflowReplayerOptions)MemberwiseClone();
        copy.workflows = [.. Workflows];
        return copy;
    }

    internal void OnTaskStarting(WorkflowInstance workflow) =>
        WorkflowTaskStarting?.Invoke(workflow, new(workflow));

    internal void OnTaskCompleted(WorkflowInstance workflow, Exception? failure) =>
        WorkflowTaskCompleted?.Invoke(workflow, new(workflow, failure));
}
