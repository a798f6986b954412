using System.Linq.Expressions;
using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>A workflow that is not a child of this one; it need not exist.</summary>
public abstract class ExternalWorkflowHandle
{
    /// <summary>Gets the workflow id.</summary>
    public abstract string Id { get; }

    /// <summary>Gets the run id, or null for whichever run is open.</summary>
    public abstract string? RunId { get; }

    /// <summary>Signals the workflow.</summary>
    /// <typeparam name="TWorkflow">Workflow type with the signal method.</typeparam>
    /// <param name="signalCall">Call of the signal method.</param>
    /// <param name="options">Options.</param>
    /// <returns>A task that ends when the server has delivered the signal.</returns>
    public Task SignalAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> signalCall,
        ExternalWorkflowSignalOptions? options = null)
    {
        var (method, args) = ExpressionUtil.ExtractCall(signalCall);
        return SignalAsync(WorkflowSignalDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Signals the workflow by name.</summary>
    /// <param name="signal">Signal name.</param>
    /// <param name="args">Signal arguments.</param>
    /// <param name="options">Options.</param>
    /// <returns>A task that ends when the server has delivered the signal, and fails if there is no such workflow.</returns>
    public abstract Task SignalAsync(
        string signal,
        IReadOnlyCollection<object?> args,
        ExternalWorkflowSignalOptions? options = null);

    /// <summary>Asks the workflow to cancel.</summary>
    /// <returns>A task that ends when the server has delivered the request, and fails if there is no such workflow.</returns>
    public abstract Task CancelAsync();
}

/// <summary>A workflow of a known type that is not a child of this one.</summary>
/// <typeparam name="TWorkflow">Workflow type.</typeparam>
public abstract class ExternalWorkflowHandle<TWorkflow> : ExternalWorkflowHandle
{
    /// <summary>Signals the workflow.</summary>
    /// <param name="signalCall">Call of the signal method.</param>
    /// <param name="options">Options.</param>
    /// <returns>A task that ends when the server has delivered the signal.</returns>
    public Task SignalAsync(
        Expression<Func<TWorkflow, Task>> signalCall,
        ExternalWorkflowSignalOptions? options = null) =>
        SignalAsync<TWorkflow>(signalCall, options);
}
