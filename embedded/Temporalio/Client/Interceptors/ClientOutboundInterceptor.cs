namespace Temporalio.Client.Interceptors;

/// <summary>What every call of a client goes through. Each member calls the next unless it is overridden.</summary>
public abstract partial class ClientOutboundInterceptor
{
    /// <summary>Before another.</summary>
    protected ClientOutboundInterceptor(ClientOutboundInterceptor next) => MaybeNext = next;

    private protected ClientOutboundInterceptor()
    {
    }

    /// <summary>The next.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    protected ClientOutboundInterceptor Next => MaybeNext ?? throw new InvalidOperationException("No next interceptor");

    private protected ClientOutboundInterceptor? MaybeNext { get; init; }
}
