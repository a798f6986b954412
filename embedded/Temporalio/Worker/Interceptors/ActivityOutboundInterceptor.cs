namespace Temporalio.Worker.Interceptors;

/// <summary>Calls that an activity attempt makes.</summary>
public abstract class ActivityOutboundInterceptor
{
    /// <summary>Initializes a new instance of the <see cref="ActivityOutboundInterceptor" /> class.</summary>
    /// <param name="next">Next in the chain.</param>
    protected ActivityOutboundInterceptor(ActivityOutboundInterceptor next) => MaybeNext = next;

    private protected ActivityOutboundInterceptor()
    {
    }

    /// <summary>Gets the next in the chain.</summary>
    protected ActivityOutboundInterceptor Next =>
        MaybeNext ?? throw new InvalidOperationException("No next interceptor");

    private protected ActivityOutboundInterceptor? MaybeNext { get; init; }

    /// <summary>Records a heartbeat.</summary>
    /// <param name="input">What is asked.</param>
    public virtual void Heartbeat(
        HeartbeatInput input) => Next.Heartbeat(input);
}
