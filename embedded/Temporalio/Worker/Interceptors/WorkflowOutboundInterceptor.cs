using Temporalio.Workflows;

namespace Temporalio.Worker.Interceptors;

/// <summary>Calls that a workflow run makes.</summary>
public abstract class WorkflowOutboundInterceptor
{
    /// <summary>Initializes a new instance of the <see cref="WorkflowOutboundInterceptor" /> class.</summary>
    /// <param name="next">Next in the chain.</param>
    protected WorkflowOutboundInterceptor(WorkflowOutboundInterceptor next) => MaybeNext = next;

    private protected WorkflowOutboundInterceptor()
    {
    }

    /// <summary>Gets the next in the chain.</summary>
    protected WorkflowOutboundInterceptor Next =>
        MaybeNext ?? throw new InvalidOperationException("No next interceptor");

    private protected WorkflowOutboundInterceptor? MaybeNext { get; init; }

    /// <summary>Asks another workflow to cancel.</summary>
    /// <param name="input">What is asked.</param>
    /// <returns>A task that ends when the request is delivered.</returns>
    public virtual Task CancelExternalWorkflowAsync(
        CancelExternalWorkflowInput input) => Next.CancelExternalWorkflowAsync(input);

    /// <summary>Makes the exception that continues as new.</summary>
    /// <param name="input">What is asked.</param>
    /// <returns>The exception.</returns>
    public virtual ContinueAsNewException CreateContinueAsNewException(
        CreateContinueAsNewExceptionInput input) => Next.CreateContinueAsNewException(input);

    /// <summary>Waits for a timer.</summary>
    /// <param name="input">What is asked.</param>
    /// <returns>A task that ends when it fires.</returns>
    public virtual Task DelayAsync(
        DelayAsyncInput input) => Next.DelayAsync(input);

    /// <summary>Runs an activity.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="input">What is asked.</param>
    /// <returns>Its result.</returns>
    public virtual Task<TResult> ScheduleActivityAsync<TResult>(
        ScheduleActivityInput input) => Next.ScheduleActivityAsync<TResult>(input);

    /// <summary>Runs a local activity.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="input">What is asked.</param>
    /// <returns>Its result.</returns>
    public virtual Task<TResult> ScheduleLocalActivityAsync<TResult>(
        ScheduleLocalActivityInput input) => Next.ScheduleLocalActivityAsync<TResult>(input);

    /// <summary>Signals a child.</summary>
    /// <param name="input">What is asked.</param>
    /// <returns>A task that ends when the signal is delivered.</returns>
    public virtual Task SignalChildWorkflowAsync(
        SignalChildWorkflowInput input) => Next.SignalChildWorkflowAsync(input);

    /// <summary>Signals another workflow.</summary>
    /// <param name="input">What is asked.</param>
    /// <returns>A task that ends when the signal is delivered.</returns>
    public virtual Task SignalExternalWorkflowAsync(
        SignalExternalWorkflowInput input) => Next.SignalExternalWorkflowAsync(input);

    /// <summary>Starts a child.</summary>
    /// <typeparam name="TWorkflow">Workflow type.</typeparam>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="input">What is asked.</param>
    /// <returns>Its handle, once started.</returns>
    public virtual Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(
        StartChildWorkflowInput input) => Next.StartChildWorkflowAsync<TWorkflow, TResult>(input);
}
