using Npgsql;
using Temporal.Server.Rpc;

namespace Temporal.Server.Store.Postgres;

/// <summary>Runs statements that may be repeated, on pooled connections, and sits out a database that is away.</summary>
internal sealed class Reads(NpgsqlDataSource database, TimeSpan patience, TimeProvider clock)
{
    /// <summary>Runs a read (or an idempotent write), again and again if need be.</summary>
    /// <exception cref="RpcException">Unavailable: the database is away for too long. InvalidArgument: a value is none for PostgreSQL (a
    /// NUL in a text, say).</exception>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        using var driver = new DriverCancellation(limit.Token);
        Exception? problem = null;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(driver.Token).ConfigureAwait(false);
                return await read(connection, driver.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (Outages.MayPass(error) && !limit.IsCancellationRequested)
            {
                problem = error;
                await Task.Delay(Outages.Pause(tries), limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (PostgresException error) when (error.SqlState.StartsWith("22", StringComparison.Ordinal))
            {
                throw RpcException.InvalidArgument($"The request holds what PostgreSQL cannot read: {error.MessageText}.");
            }
            catch (Exception error) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw Outages.Unavailable($"The database is out of reach: {(problem ?? error).Message}");
            }
        }
    }
}
