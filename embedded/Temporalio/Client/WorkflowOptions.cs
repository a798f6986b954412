using System.Linq.Expressions;
using Temporalio.Api.Enums.V1;
using Temporalio.Common;
using Temporalio.Workflows;

namespace Temporalio.Client;

/// <summary>Options of starting a workflow. Id and task queue are required.</summary>
public class WorkflowOptions : ICloneable
{
    /// <summary>Without id and task queue yet.</summary>
    public WorkflowOptions()
    {
    }

    /// <summary>With what is required.</summary>
    public WorkflowOptions(string id, string taskQueue)
    {
        Id = id;
        TaskQueue = taskQueue;
    }

    /// <summary>Workflow id.</summary>
    public string? Id { get; set; }

    /// <summary>Task queue.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>One line of Markdown for user interfaces.</summary>
    public string? StaticSummary { get; set; }

    /// <summary>Markdown for user interfaces.</summary>
    public string? StaticDetails { get; set; }

    /// <summary>Longest time for the chain of runs.</summary>
    public TimeSpan? ExecutionTimeout { get; set; }

    /// <summary>Longest time for one run.</summary>
    public TimeSpan? RunTimeout { get; set; }

    /// <summary>Longest time for one workflow task.</summary>
    public TimeSpan? TaskTimeout { get; set; }

    /// <summary>Whether the id of a closed workflow may be used again.</summary>
    public WorkflowIdReusePolicy IdReusePolicy { get; set; } = WorkflowIdReusePolicy.AllowDuplicate;

    /// <summary>What happens where a workflow with that id runs.</summary>
    public WorkflowIdConflictPolicy IdConflictPolicy { get; set; } = WorkflowIdConflictPolicy.Unspecified;

    /// <summary>How a failed workflow is tried again; null for not.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>When it runs again, in cron's form.</summary>
    public string? CronSchedule { get; set; }

    /// <summary>Values to show with it.</summary>
    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    /// <summary>Values to find it by.</summary>
    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    /// <summary>Wait before its first task; a signal ends it.</summary>
    public TimeSpan? StartDelay { get; set; }

    /// <summary>Signal to send with the start, to the workflow that runs or else the one that is started.</summary>
    public string? StartSignal { get; set; }

    /// <summary>Arguments of that signal.</summary>
    public IReadOnlyCollection<object?>? StartSignalArgs { get; set; }

    /// <summary>Whether a worker in this process may take the first task with the start's answer.</summary>
    public bool RequestEagerStart { get; set; }

    /// <summary>Options of the call.</summary>
    public RpcOptions? Rpc { get; set; }

    /// <summary>Priority.</summary>
    public Priority? Priority { get; set; }

    /// <summary>Versioning behaviour in place of its type's.</summary>
    public VersioningOverride? VersioningOverride { get; set; }

    /// <summary>Sets the signal to send with the start.</summary>
    /// <param name="signalCall">A call of the signal's method.</param>
    public void SignalWithStart<TWorkflow>(Expression<Func<TWorkflow, Task>> signalCall)
    {
        var (method, args) = ExpressionUtil.ExtractCall(signalCall);
        SignalWithStart(WorkflowSignalDefinition.NameFromMethodForCall(method), args);
    }

    /// <summary>Sets the signal to send with the start.</summary>
    public void SignalWithStart(string signal, IReadOnlyCollection<object?> args)
    {
        StartSignal = signal;
        StartSignalArgs = args;
    }

    /// <inheritdoc />
    public virtual object Clone()
    {
        var copy = (WorkflowOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
