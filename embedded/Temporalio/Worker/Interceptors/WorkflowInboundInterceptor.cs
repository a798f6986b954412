namespace Temporalio.Worker.Interceptors;

/// <summary>Calls that reach a workflow run, in the workflow's own context.</summary>
public abstract class WorkflowInboundInterceptor
{
    /// <summary>Initializes a new instance of the <see cref="WorkflowInboundInterceptor" /> class.</summary>
    /// <param name="next">Next in the chain.</param>
    protected WorkflowInboundInterceptor(WorkflowInboundInterceptor next) => MaybeNext = next;

    private protected WorkflowInboundInterceptor()
    {
    }

    /// <summary>Gets the next in the chain.</summary>
    protected WorkflowInboundInterceptor Next =>
        MaybeNext ?? throw new InvalidOperationException("No next interceptor");

    private protected WorkflowInboundInterceptor? MaybeNext { get; init; }

    /// <summary>Called first, with the outbound calls, which may be wrapped before they are passed on.</summary>
    /// <param name="outbound">Outbound calls.</param>
    public virtual void Init(
        WorkflowOutboundInterceptor outbound) => Next.Init(outbound);

    /// <summary>Runs the workflow.</summary>
    /// <param name="input">What is asked.</param>
    /// <returns>Its result.</returns>
    public virtual Task<object?> ExecuteWorkflowAsync(
        ExecuteWorkflowInput input) => Next.ExecuteWorkflowAsync(input);

    /// <summary>Handles a signal.</summary>
    /// <param name="input">What is asked.</param>
    /// <returns>A task that ends with the handler.</returns>
    public virtual Task HandleSignalAsync(
        HandleSignalInput input) => Next.HandleSignalAsync(input);

    /// <summary>Answers a query.</summary>
    /// <param name="input">What is asked.</param>
    /// <returns>The answer.</returns>
    public virtual object? HandleQuery(
        HandleQueryInput input) => Next.HandleQuery(input);

    /// <summary>Validates an update; called only if there is a validator.</summary>
    /// <param name="input">What is asked.</param>
    public virtual void ValidateUpdate(
        HandleUpdateInput input) => Next.ValidateUpdate(input);

    /// <summary>Handles an update.</summary>
    /// <param name="input">What is asked.</param>
    /// <returns>Its result.</returns>
    public virtual Task<object?> HandleUpdateAsync(
        HandleUpdateInput input) => Next.HandleUpdateAsync(input);
}
