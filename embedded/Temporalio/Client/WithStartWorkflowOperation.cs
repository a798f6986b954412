using System.Linq.Expressions;
using Temporalio.Api.Common.V1;
using Temporalio.Common;
using Temporalio.Workflows;

namespace Temporalio.Client;

/// <summary>A start that goes with an update. May be used once.</summary>
public abstract class WithStartWorkflowOperation : ICloneable
{
    private int used;

    internal WithStartWorkflowOperation(string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options)
    {
        Workflow = workflow;
        Args = args;
        Options = options;
    }

    /// <summary>Type of the workflow.</summary>
    public string Workflow { get; set; }

    /// <summary>Arguments of the workflow.</summary>
    public IReadOnlyCollection<object?> Args { get; set; }

    /// <summary>Options of the start; a conflict policy is required.</summary>
    public WorkflowOptions Options { get; set; }

    /// <summary>Headers, for interceptors.</summary>
    public IDictionary<string, Payload>? Headers { get; set; }

    internal abstract bool IsCompleted { get; }

    /// <summary>A start of a workflow with a result.</summary>
    public static WithStartWorkflowOperation<WorkflowHandle<TWorkflow, TResult>> Create<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(workflowRunCall);
        return new(
            WorkflowDefinition.NameFromRunMethodForCall(method),
            args,
            options,
            (client, id, runId) => new(client, id, null, runId, runId));
    }

    /// <summary>A start of a workflow without a result.</summary>
    public static WithStartWorkflowOperation<WorkflowHandle<TWorkflow>> Create<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(workflowRunCall);
        return new(
            WorkflowDefinition.NameFromRunMethodForCall(method),
            args,
            options,
            (client, id, runId) => new(client, id, null, runId, runId));
    }

    /// <summary>A start by name.</summary>
    public static WithStartWorkflowOperation<WorkflowHandle> Create(
        string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options) =>
        new(workflow, args, options, (client, id, runId) => new(client, id, null, runId, runId));

    /// <inheritdoc />
    public abstract object Clone();

    internal bool TryMarkUsed() => Interlocked.Exchange(ref used, 1) == 0;

    internal abstract void SetResult(ITemporalClient client, string id, string runId);

    internal abstract void SetException(Exception exception);
}

/// <summary>A start that goes with an update. May be used once.</summary>
/// <typeparam name="THandle">Type of the workflow's handle.</typeparam>
public sealed class WithStartWorkflowOperation<THandle> : WithStartWorkflowOperation
    where THandle : WorkflowHandle
{
    private readonly Func<ITemporalClient, string, string, THandle> createHandle;
    private readonly TaskCompletionSource<THandle> handle;

    internal WithStartWorkflowOperation(
        string workflow,
        IReadOnlyCollection<object?> args,
        WorkflowOptions options,
        Func<ITemporalClient, string, string, THandle> createHandle,
        TaskCompletionSource<THandle>? handle = null)
        : base(workflow, args, options)
    {
        this.createHandle = createHandle;
        this.handle = handle ?? new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal override bool IsCompleted => handle.Task.IsCompleted;

    /// <inheritdoc />
    public override object Clone() => new WithStartWorkflowOperation<THandle>(
        Workflow, Args, (WorkflowOptions)Options.Clone(), createHandle, handle)
    { Headers = Headers };

    /// <summary>The workflow's handle, as soon as it is started.</summary>
    public Task<THandle> GetHandleAsync() => handle.Task;

    internal override void SetResult(ITemporalClient client, string id, string runId) =>
        handle.TrySetResult(createHandle(client, id, runId));

    internal override void SetException(Exception exception) => handle.TrySetException(exception);
}
