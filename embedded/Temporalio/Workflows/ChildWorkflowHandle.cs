using System.Linq.Expressions;
using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>A started child workflow.</summary>
public abstract class ChildWorkflowHandle
{
    /// <summary>Gets the child's workflow id.</summary>
    public abstract string Id { get; }

    /// <summary>Gets the id of the child's first run.</summary>
    public abstract string FirstExecutionRunId { get; }

    /// <summary>Waits for the child's end and ignores its result.</summary>
    /// <returns>A task that ends as the child does.</returns>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    public Task GetResultAsync() => GetResultAsync<ValueTuple>();

    /// <summary>Waits for the child's result.</summary>
    /// <typeparam name="TResult">Type to convert the result to.</typeparam>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    public abstract Task<TResult> GetResultAsync<TResult>();

    /// <summary>Signals the child.</summary>
    /// <typeparam name="TWorkflow">Workflow type with the signal method.</typeparam>
    /// <param name="signalCall">Call of the signal method.</param>
    /// <param name="options">Options.</param>
    /// <returns>A task that ends when the server has delivered the signal.</returns>
    public Task SignalAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> signalCall,
        ChildWorkflowSignalOptions? options = null)
    {
        var (method, args) = ExpressionUtil.ExtractCall(signalCall);
        return SignalAsync(WorkflowSignalDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Signals the child by name.</summary>
    /// <param name="signal">Signal name.</param>
    /// <param name="args">Signal arguments.</param>
    /// <param name="options">Options.</param>
    /// <returns>A task that ends when the server has delivered the signal.</returns>
    public abstract Task SignalAsync(
        string signal,
        IReadOnlyCollection<object?> args,
        ChildWorkflowSignalOptions? options = null);
}

/// <summary>A started child workflow of a known type.</summary>
/// <typeparam name="TWorkflow">Workflow type.</typeparam>
public abstract class ChildWorkflowHandle<TWorkflow> : ChildWorkflowHandle
{
    /// <summary>Signals the child.</summary>
    /// <param name="signalCall">Call of the signal method.</param>
    /// <param name="options">Options.</param>
    /// <returns>A task that ends when the server has delivered the signal.</returns>
    public Task SignalAsync(
        Expression<Func<TWorkflow, Task>> signalCall,
        ChildWorkflowSignalOptions? options = null) =>
        SignalAsync<TWorkflow>(signalCall, options);
}

/// <summary>A started child workflow of a known type and result.</summary>
/// <typeparam name="TWorkflow">Workflow type.</typeparam>
/// <typeparam name="TResult">Result type.</typeparam>
public abstract class ChildWorkflowHandle<TWorkflow, TResult> : ChildWorkflowHandle<TWorkflow>
{
    /// <summary>Waits for the child's result.</summary>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    public new Task<TResult> GetResultAsync() => GetResultAsync<TResult>();
}
