using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace TemporalDelivery.Hosting.Failures;

/// <summary>Which failures pass by themselves, so that trying again may help. Every other is a bug, or a fact that stays.</summary>
public static class TransientFailure
{
    // Beside what Npgsql calls transient: whatever whoever runs the database mends without a new build of this program.
    private static readonly string[] MendedOutside =
    [
        "08", // the connection
        "0A000", // a plan that a migration has overtaken
        "25006", // a standby that is still read only
        "26000", // a pooler that has lost a prepared statement
        "28", // a password that is being changed
        "3D000", // a database that is being restored
        "42501", // a right that is missing
        "53", // its resources
        "57", // an operator's intervention, a time-out
        "58", // its own system
    ];

    /// <summary>
    /// The network, the database as a server, somebody's time-out, and a process that is being stopped. An exception is judged with those
    /// that caused it.
    /// </summary>
    public static bool Is(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure switch
        {
            PostgresException postgres => postgres.IsTransient
                || MendedOutside.Any(code => postgres.SqlState.StartsWith(code, StringComparison.Ordinal)),
            // Without the server's word it is the way to the server: its name, its certificate, its pool.
            NpgsqlException => true,
            HttpRequestException
            or SocketException
            or AuthenticationException
            or IOException
            or TimeoutException
            or OperationCanceledException
            or ObjectDisposedException
            or OutOfMemoryException => true,
            AggregateException many => many.InnerExceptions.All(Is),
            _ => failure.InnerException is { } cause && Is(cause),
        };
    }
}
