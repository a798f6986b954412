using System.Net.Sockets;
using Npgsql;
using Temporal.Server.Rpc;

namespace Temporal.Server.Store.Postgres;

/// <summary>Tells a database that is away for a while from one that says no, and how long to wait between tries.</summary>
internal static class Outages
{
    private const string ReadOnlyTransaction = "25006";
    private const string Cancelled = "57014";

    /// <summary>Whether another try, on a new connection, may go better.</summary>
    public static bool MayPass(Exception error) =>
        error switch
        {
            // A database that fails over is read-only for a moment; a statement is cancelled by an operator or a time-out, not by us.
            PostgresException postgres => postgres.IsTransient || postgres.SqlState is ReadOnlyTransaction or Cancelled,
            NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is IOException or SocketException or TimeoutException,
            IOException or SocketException or TimeoutException => true,
            _ => false,
        };

    /// <summary>
    /// The pause before the given retry (from 1): doubling from 50 ms to 1 s, spread so that many do not come back at once.
    /// </summary>
    public static TimeSpan Pause(int retry) =>
        TimeSpan.FromMilliseconds(Math.Min(1000, 25 << Math.Min(retry, 6)) * (0.75 + (Random.Shared.NextDouble() / 2)));

    /// <summary>The error for a caller whose patience ended.</summary>
    public static RpcException Unavailable(string message) => new(StatusCode.Unavailable, message);
}
