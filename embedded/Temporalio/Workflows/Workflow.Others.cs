using System.Linq.Expressions;
using Temporalio.Common;

namespace Temporalio.Workflows;

public static partial class Workflow
{
    /// <summary>Makes the exception whose throwing continues the workflow as new.</summary>
    /// <typeparam name="TWorkflow">Workflow type of the next run.</typeparam>
    /// <typeparam name="TResult">Its result type.</typeparam>
    /// <param name="workflowRunCall">Call of its run method.</param>
    /// <param name="options">Options.</param>
    /// <returns>The exception to throw.</returns>
    public static ContinueAsNewException CreateContinueAsNewException<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall,
        ContinueAsNewOptions? options = null)
    {
        var (method, args) = ExpressionUtil.ExtractCall(workflowRunCall);
        return CreateContinueAsNewException(WorkflowDefinition.NameFromRunMethodForCall(method), args, options);
    }

    /// <summary>Makes the exception whose throwing continues the workflow as new.</summary>
    /// <typeparam name="TWorkflow">Workflow type of the next run.</typeparam>
    /// <param name="workflowRunCall">Call of its run method.</param>
    /// <param name="options">Options.</param>
    /// <returns>The exception to throw.</returns>
    public static ContinueAsNewException CreateContinueAsNewException<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall,
        ContinueAsNewOptions? options = null)
    {
        var (method, args) = ExpressionUtil.ExtractCall(workflowRunCall);
        return CreateContinueAsNewException(WorkflowDefinition.NameFromRunMethodForCall(method), args, options);
    }

    /// <summary>Makes the exception whose throwing continues the workflow as new.</summary>
    /// <param name="workflow">Workflow type name of the next run.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="options">Options.</param>
    /// <returns>The exception to throw.</returns>
    public static ContinueAsNewException CreateContinueAsNewException(
        string workflow,
        IReadOnlyCollection<object?> args,
        ContinueAsNewOptions? options = null) =>
        Context.CreateContinueAsNewException(workflow, args, options);

    /// <summary>Starts a child workflow and waits for its result.</summary>
    /// <typeparam name="TWorkflow">Workflow type.</typeparam>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="workflowRunCall">Call of its run method.</param>
    /// <param name="options">Options.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">The id is in use.</exception>
    public static async Task<TResult> ExecuteChildWorkflowAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall,
        ChildWorkflowOptions? options = null)
    {
        var handle = await StartChildWorkflowAsync(workflowRunCall, options).ConfigureAwait(true);
        return await handle.GetResultAsync().ConfigureAwait(true);
    }

    /// <summary>Starts a child workflow and waits for its end.</summary>
    /// <typeparam name="TWorkflow">Workflow type.</typeparam>
    /// <param name="workflowRunCall">Call of its run method.</param>
    /// <param name="options">Options.</param>
    /// <returns>A task that ends with the child.</returns>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">The id is in use.</exception>
    public static async Task ExecuteChildWorkflowAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall,
        ChildWorkflowOptions? options = null)
    {
        var handle = await StartChildWorkflowAsync(workflowRunCall, options).ConfigureAwait(true);
        await handle.GetResultAsync().ConfigureAwait(true);
    }

    /// <summary>Starts a child workflow by name and waits for its end.</summary>
    /// <param name="workflow">Workflow type name.</param>
    /// <param name="args">Arguments.</param>
    /// <param name="options">Options.</param>
    /// <returns>A task that ends with the child.</returns>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    public static async Task ExecuteChildWorkflowAsync(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions? options = null)
    {
        var handle = await StartChildWorkflowAsync(workflow, args, options).ConfigureAwait(true);
        await handle.GetResultAsync().ConfigureAwait(true);
    }

    /// <summary>Starts a child workflow by name and waits for its result.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="workflow">Workflow type name.</param>
    /// <param name="args">Arguments.</param>
    /// <param name="options">Options.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    public static async Task<TResult> ExecuteChildWorkflowAsync<TResult>(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions? options = null)
    {
        var handle = await StartChildWorkflowAsync(workflow, args, options).ConfigureAwait(true);
        return await handle.GetResultAsync<TResult>().ConfigureAwait(true);
    }

    /// <summary>Starts a child workflow.</summary>
    /// <typeparam name="TWorkflow">Workflow type.</typeparam>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="workflowRunCall">Call of its run method.</param>
    /// <param name="options">Options.</param>
    /// <returns>The handle, once the child has started.</returns>
    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">The id is in use.</exception>
    public static Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall,
        ChildWorkflowOptions? options = null)
    {
        var (method, args) = ExpressionUtil.ExtractCall(workflowRunCall);
        return Context.StartChildWorkflowAsync<TWorkflow, TResult>(
            WorkflowDefinition.NameFromRunMethodForCall(method), args, options ?? new());
    }

    /// <summary>Starts a child workflow.</summary>
    /// <typeparam name="TWorkflow">Workflow type.</typeparam>
    /// <param name="workflowRunCall">Call of its run method.</param>
    /// <param name="options">Options.</param>
    /// <returns>The handle, once the child has started.</returns>
    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">The id is in use.</exception>
    public static async Task<ChildWorkflowHandle<TWorkflow>> StartChildWorkflowAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, ChildWorkflowOptions? options = null)
    {
        var (method, args) = ExpressionUtil.ExtractCall(workflowRunCall);
        return await Context.StartChildWorkflowAsync<TWorkflow, ValueTuple>(
            WorkflowDefinition.NameFromRunMethodForCall(method), args, options ?? new()).ConfigureAwait(true);
    }

    /// <summary>Starts a child workflow by name.</summary>
    /// <param name="workflow">Workflow type name.</param>
    /// <param name="args">Arguments.</param>
    /// <param name="options">Options.</param>
    /// <returns>The handle, once the child has started.</returns>
    /// <exception cref="Exceptions.WorkflowAlreadyStartedException">The id is in use.</exception>
    public static async Task<ChildWorkflowHandle> StartChildWorkflowAsync(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions? options = null) =>
        await Context.StartChildWorkflowAsync<ValueTuple, ValueTuple>(
            workflow, args, options ?? new()).ConfigureAwait(true);

    /// <summary>Makes a handle of another workflow, to signal or cancel it.</summary>
    /// <param name="id">Workflow id.</param>
    /// <param name="runId">Run id; null means whichever run is open.</param>
    /// <returns>The handle.</returns>
    public static ExternalWorkflowHandle GetExternalWorkflowHandle(
        string id, string? runId = null) => GetExternalWorkflowHandle<ValueTuple>(id, runId);

    /// <summary>Makes a handle of another workflow, to signal or cancel it.</summary>
    /// <typeparam name="TWorkflow">Workflow type.</typeparam>
    /// <param name="id">Workflow id.</param>
    /// <param name="runId">Run id; null means whichever run is open.</param>
    /// <returns>The handle.</returns>
    public static ExternalWorkflowHandle<TWorkflow> GetExternalWorkflowHandle<TWorkflow>(
        string id, string? runId = null) =>
        Context.GetExternalWorkflowHandle<TWorkflow>(id, runId);
}
