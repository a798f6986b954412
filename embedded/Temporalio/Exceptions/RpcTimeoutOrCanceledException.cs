namespace Temporalio.Exceptions;

/// <summary>A call was given up by its time-out or by its caller.</summary>
public class RpcTimeoutOrCanceledException : TemporalException
{
    /// <summary>Wraps the reason.</summary>
    public RpcTimeoutOrCanceledException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
