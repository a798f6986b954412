using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Temporal.Server.Grpc;

/// <summary>
/// Asks a connection that has reached its age to go (GOAWAY): calls in progress end in peace, new ones open a new connection. That spreads
/// long-lived clients over servers behind a balancer, and lets go of what a connection has gathered.
/// </summary>
internal static class ConnectionAge
{
    /// <summary>Serves a connection, for about the given time and the end of its last call.</summary>
    public static async Task ServeAsync(ConnectionDelegate next, ConnectionContext connection, TimeSpan age, TimeProvider clock)
    {
        // Connections that were opened together should not all come back together.
        var limit = age * (0.9 + (Random.Shared.NextDouble() * 0.2));
        var lifetime = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        await using var timer = clock.CreateTimer(
            static state => ((IConnectionLifetimeNotificationFeature?)state)?.RequestClose(),
            lifetime,
            limit,
            Timeout.InfiniteTimeSpan
        );
        await next(connection);
    }
}
