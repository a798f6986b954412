namespace Temporal.Server.Store.Postgres;

/// <summary>
/// Hands a cancellation on to Npgsql. When the connection breaks at the same moment Npgsql's own handling of it may throw (seen with
/// 10.0.0: an ObjectDisposedException), and what a cancellation's handler throws reaches whoever cancels: on a timer, the whole process.
/// </summary>
internal sealed class DriverCancellation : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly CancellationTokenRegistration registration;

    /// <summary>Cancels <see cref="Token"/> when another token is cancelled.</summary>
    public DriverCancellation(CancellationToken outer) =>
        registration = outer.UnsafeRegister(static state => ((DriverCancellation)state!).Cancel(), this);

    /// <summary>The token for Npgsql.</summary>
    public CancellationToken Token => source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        registration.Dispose();
        source.Dispose();
    }

    private void Cancel()
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException error) when (error.Flatten().InnerExceptions.All(inner => inner is ObjectDisposedException))
        {
            // The connection is gone, and with it what there was to cancel.
            return;
        }
    }
}
