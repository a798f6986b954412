using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Worker.Runtime;
using Temporalio.Worker.Tuning;
using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>
/// Options of a worker. <see cref="TaskQueue" /> and at least one activity or workflow are required. A worker copies
/// them when it is made.
/// </summary>
public class TemporalWorkerOptions : ICloneable
{
    private IList<ActivityDefinition> activities = [];
    private IList<WorkflowDefinition> workflows = [];

    /// <summary>Initializes a new instance of the <see cref="TemporalWorkerOptions" /> class.</summary>
    public TemporalWorkerOptions()
    {
    }

    /// <summary>Initializes a new instance of the <see cref="TemporalWorkerOptions" /> class.</summary>
    /// <param name="taskQueue">See <see cref="TaskQueue" />.</param>
    public TemporalWorkerOptions(string taskQueue) => TaskQueue = taskQueue;

    /// <summary>Raised before each turn of a workflow, outside of its context. Must not block or throw.</summary>
    public event EventHandler<WorkflowTaskStartingEventArgs>? WorkflowTaskStarting;

    /// <summary>Raised after each turn of a workflow, outside of its context. Must not block or throw.</summary>
    public event EventHandler<WorkflowTaskCompletedEventArgs>? WorkflowTaskCompleted;

    /// <summary>Gets or sets the task queue.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>Gets the activities.</summary>
    public IList<ActivityDefinition> Activities => activities;

    /// <summary>Gets the workflows.</summary>
    public IList<WorkflowDefinition> Workflows => workflows;

    /// <summary>Gets or sets the factory that starts activities.</summary>
    public TaskFactory ActivityTaskFactory { get; set; } = Task.Factory;

    /// <summary>Gets or sets the interceptors, the outermost first; those of the client come before.</summary>
    public IReadOnlyCollection<Interceptors.IWorkerInterceptor>? Interceptors { get; set; }

    /// <summary>Gets or sets the build id.</summary>
    [Obsolete("Use DeploymentOptions instead")]
    public string? BuildId
    {
        get => LegacyBuildId;
        set => LegacyBuildId = value;
    }

    /// <summary>Gets or sets a value indicating whether the build id is a version.</summary>
    [Obsolete("Use DeploymentOptions instead")]
    public bool UseWorkerVersioning
    {
        get => UsesLegacyVersioning;
        set => UsesLegacyVersioning = value;
    }

    /// <summary>Gets or sets the deployment version of this worker.</summary>
    public WorkerDeploymentOptions? DeploymentOptions { get; set; }

    /// <summary>Gets or sets the identity; null means the client's.</summary>
    public string? Identity { get; set; }

    /// <summary>Gets or sets the most activities at once; null means 100. Not together with <see cref="Tuner" />.</summary>
    public int? MaxConcurrentActivities { get; set; }

    /// <summary>Gets or sets the longest time between two heartbeats sent.</summary>
    public TimeSpan MaxHeartbeatThrottleInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets the time between two heartbeats sent for activities without heartbeat time-out.</summary>
    public TimeSpan DefaultHeartbeatThrottleInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the most activities that this worker starts per second.</summary>
    public double? MaxActivitiesPerSecond { get; set; }

    /// <summary>Gets or sets the most activities per second that the server gives out for the whole task queue.</summary>
    public double? MaxTaskQueueActivitiesPerSecond { get; set; }

    /// <summary>Gets or sets how long running activities may go on after a shutdown before they are canceled.</summary>
    public TimeSpan GracefulShutdownTimeout { get; set; } = TimeSpan.Zero;

    /// <summary>Gets or sets the most runs kept in memory; zero means that each task replays its whole history.</summary>
    public int MaxCachedWorkflows { get; set; } = 10000;

    /// <summary>Gets or sets the most workflow tasks at once; null means 100. Not together with <see cref="Tuner" />.</summary>
    public int? MaxConcurrentWorkflowTasks { get; set; }

    /// <summary>Gets or sets the most local activities at once; null means 100. Not together with <see cref="Tuner" />.</summary>
    public int? MaxConcurrentLocalActivities { get; set; }

    /// <summary>Gets or sets a value indicating whether activities are run only as local ones of this worker's workflows.</summary>
    public bool LocalActivityWorkerOnly { get; set; }

    /// <summary>Gets or sets how long a task may wait on this worker's own queue before any worker may take it.</summary>
    public TimeSpan StickyQueueScheduleToStartTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the most polls for workflow tasks at once.</summary>
    public int MaxConcurrentWorkflowTaskPolls { get; set; } = 5;

    /// <summary>Gets or sets the share of those polls that is for new runs, at least one.</summary>
    public float NonStickyToStickyPollRatio { get; set; } = 0.2F;

    /// <summary>Gets or sets the most polls for activities at once.</summary>
    public int MaxConcurrentActivityTaskPolls { get; set; } = 5;

    /// <summary>Gets or sets how polls for workflow tasks are made; overrides <see cref="MaxConcurrentWorkflowTaskPolls" />.</summary>
    public PollerBehavior? WorkflowTaskPollerBehavior { get; set; }

    /// <summary>Gets or sets how polls for activities are made; overrides <see cref="MaxConcurrentActivityTaskPolls" />.</summary>
    public PollerBehavior? ActivityTaskPollerBehavior { get; set; }

    /// <summary>Gets or sets the exceptions that fail any workflow rather than only its current task.</summary>
    public IReadOnlyCollection<Type>? WorkflowFailureExceptionTypes { get; set; }

    /// <summary>Gets or sets what decides whether a patch is active in a run that meets it for the first time.</summary>
    public Func<PatchActivationInput, bool>? PatchActivationCallback { get; set; }

    /// <summary>Gets or sets a value indicating whether turns may take any time, for stepping through workflow code.</summary>
    public bool DebugMode { get; set; } = DebugModeWanted || Debugger.IsAttached;

    /// <summary>Gets or sets a value indicating whether tasks on other schedulers in workflow code go unreported.</summary>
    public bool DisableWorkflowTracingEventListener { get; set; }

    /// <summary>Gets or sets the loggers; null means the client's.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Gets or sets whether the stack trace query works.</summary>
    public WorkflowStackTrace WorkflowStackTrace { get; set; } = WorkflowStackTrace.None;

    /// <summary>Gets or sets what says how much is done at once, instead of the fixed numbers.</summary>
    public WorkerTuner? Tuner { get; set; }

    /// <summary>Gets or sets a value indicating whether activities are never asked for eagerly.</summary>
    public bool DisableEagerActivityExecution { get; set; }

    /// <summary>Gets or sets the most activities asked for eagerly with one workflow task.</summary>
    public int MaxEagerActivityReservationsPerWorkflowTask { get; set; } = 3;

    /// <summary>Gets or sets a value indicating whether payloads too large for the server are sent all the same.</summary>
    public bool DisablePayloadErrorLimit { get; set; }

    /// <summary>Gets or sets the plugins; those of the client come before.</summary>
    public IReadOnlyCollection<ITemporalWorkerPlugin>? Plugins { get; set; }

    internal string? LegacyBuildId { get; private set; }

    internal bool UsesLegacyVersioning { get; private set; }

    /// <summary>A worker is of one version, which it states in one way.</summary>
    /// <exception cref="ArgumentException">It states it in two, or leaves it out, or moves runs between versions that the server does not know.</exception>
    internal void RequireOneVersion()
    {
        if (DeploymentOptions is not { } deployment)
        {
            return;
        }
        if (deployment.Version is null)
        {
            throw new ArgumentException($"{nameof(DeploymentOptions)}.{nameof(deployment.Version)} must be set");
        }
        if (UsesLegacyVersioning)
        {
            throw new ArgumentException($"{nameof(DeploymentOptions)} and UseWorkerVersioning cannot be used together");
        }
        if (LegacyBuildId is not null)
        {
            throw new ArgumentException($"{nameof(DeploymentOptions)} and BuildId cannot be used together");
        }
        if (!deployment.UseWorkerVersioning && deployment.DefaultVersioningBehavior != Common.VersioningBehavior.Unspecified)
        {
            throw new ArgumentException(
                $"{nameof(deployment.DefaultVersioningBehavior)} must be Unspecified when {nameof(deployment.UseWorkerVersioning)} is false");
        }
    }

    internal static bool DebugModeWanted =>
        Environment.GetEnvironmentVariable("TEMPORAL_DEBUG") is { } wanted &&
        (wanted == "1" || wanted.Equals("true", StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds an activity.</summary>
    /// <param name="del">Method with <see cref="ActivityAttribute" />.</param>
    /// <returns>This, for chaining.</returns>
    public TemporalWorkerOptions AddActivity(Delegate del) => AddActivity(ActivityDefinition.Create(del));

    /// <summary>Adds an activity.</summary>
    /// <param name="definition">Definition.</param>
    /// <returns>This, for chaining.</returns>
    public TemporalWorkerOptions AddActivity(ActivityDefinition definition)
    {
        Activities.Add(definition);
        return this;
    }

    /// <summary>Adds all methods of a type that have <see cref="ActivityAttribute" />.</summary>
    /// <typeparam name="T">Type.</typeparam>
    /// <param name="instance">Object to call them on; may be null if all are static.</param>
    /// <returns>This, for chaining.</returns>
    public TemporalWorkerOptions AddAllActivities<T>(T? instance) => AddAllActivities(typeof(T), instance);

    /// <summary>Adds all methods of a type that have <see cref="ActivityAttribute" />.</summary>
    /// <param name="type">Type.</param>
    /// <param name="instance">Object to call them on; may be null if all are static.</param>
    /// <returns>This, for chaining.</returns>
    public TemporalWorkerOptions AddAllActivities(Type type, object? instance)
    {
        foreach (var definition in ActivityDefinition.CreateAll(type, instance))
        {
            AddActivity(definition);
        }
        return this;
    }

    /// <summary>Adds a workflow.</summary>
    /// <typeparam name="T">Type with <see cref="WorkflowAttribute" />.</typeparam>
    /// <returns>This, for chaining.</returns>
    public TemporalWorkerOptions AddWorkflow<T>() => AddWorkflow(typeof(T));

    /// <summary>Adds a workflow.</summary>
    /// <param name="type">Type with <see cref="WorkflowAttribute" />.</param>
    /// <returns>This, for chaining.</returns>
    public TemporalWorkerOptions AddWorkflow(Type type) => AddWorkflow(WorkflowDefinition.Create(type));

    /// <summary>Adds a workflow.</summary>
    /// <param name="definition">Definition.</param>
    /// <returns>This, for chaining.</returns>
    public TemporalWorkerOptions AddWorkflow(WorkflowDefinition definition)
    {
        Workflows.Add(definition);
        return this;
    }

    /// <summary>Makes a copy with lists of its own.</summary>
    /// <returns>The copy.</returns>
    public virtual object Clone()
    {
        var copy = (TemporalWorkerOptions)MemberwiseClone();
        copy.activities = [.. Activities];
        copy.workflows = [.. Workflows];
        copy.DeploymentOptions = (WorkerDeploymentOptions?)DeploymentOptions?.Clone();
        return copy;
    }

    internal void OnTaskStarting(WorkflowInstance workflow) =>
        WorkflowTaskStarting?.Invoke(workflow, new(workflow));

    internal void OnTaskCompleted(WorkflowInstance workflow, Exception? failure) =>
        WorkflowTaskCompleted?.Invoke(workflow, new(workflow, failure));
}
