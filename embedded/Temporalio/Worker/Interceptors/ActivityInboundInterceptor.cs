namespace Temporalio.Worker.Interceptors;

/// <summary>Calls that reach an activity attempt.</summary>
public abstract class ActivityInboundInterceptor
{
    /// <summary>Initializes a new instance of the <see cref="ActivityInboundInterceptor" /> class.</summary>
    /// <param name="next">Next in the chain.</param>
    protected ActivityInboundInterceptor(ActivityInboundInterceptor next) => MaybeNext = next;

    private protected ActivityInboundInterceptor()
    {
    }

    /// <summary>Gets the next in the chain.</summary>
    protected ActivityInboundInterceptor Next =>
        MaybeNext ?? throw new InvalidOperationException("No next interceptor");

    private protected ActivityInboundInterceptor? MaybeNext { get; init; }

    /// <summary>Called first, with the outbound calls, which may be wrapped before they are passed on.</summary>
    /// <param name="outbound">Outbound calls.</param>
    public virtual void Init(
        ActivityOutboundInterceptor outbound) => Next.Init(outbound);

    /// <summary>Runs the activity.</summary>
    /// <param name="input">What is asked.</param>
    /// <returns>Its result.</returns>
    public virtual Task<object?> ExecuteActivityAsync(
        ExecuteActivityInput input) => Next.ExecuteActivityAsync(input);
}
