using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>Holds the process's one connection that listens to NOTIFY, for all handlers, and gets another when it breaks.</summary>
internal sealed class NotificationListener(
    NpgsqlConnectionStringBuilder database,
    IEnumerable<INotificationHandler> handlers,
    ILogger<NotificationListener> logger
) : BackgroundService
{
    // A connection that died without a word is noticed after this long; until then nobody knows that notifications are missed.
    private const int KeepAliveSeconds = 1;

    private readonly IReadOnlyList<INotificationHandler> handlers = [.. handlers];
    private readonly RetryLoop retries = new("Listening to PostgreSQL", logger);
    private readonly string connectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString)
    {
        Pooling = false,
        KeepAlive = KeepAliveSeconds,
        ApplicationName = $"{AppDomain.CurrentDomain.FriendlyName} listener",
    }.ConnectionString;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => retries.RunAsync(ListenAsync, stoppingToken);

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        connection.Notification += (_, notification) => Tell(notification.Channel, notification.Payload);
        await connection.OpenAsync(stoppingToken);
        var listen = string.Join("; ", handlers.SelectMany(handler => handler.Channels).Distinct().Select(channel => $"listen {channel}"));
        await using (var command = new NpgsqlCommand(listen, connection))
        {
            await command.ExecuteNonQueryAsync(stoppingToken);
        }

        retries.Succeeded();
        foreach (var handler in handlers)
        {
            handler.Connected();
        }

        try
        {
            while (true)
            {
                await connection.WaitAsync(stoppingToken);
            }
        }
        finally
        {
            foreach (var handler in handlers)
            {
                handler.Disconnected();
            }
        }
    }

    private void Tell(string channel, string payload)
    {
        foreach (var handler in handlers)
        {
            if (handler.Channels.Contains(channel))
            {
                handler.Notified(channel, payload);
            }
        }
    }
}

/// <summary>Registers handlers of notifications.</summary>
public static class NotificationListenerSetup
{
    /// <summary>Adds a handler, itself registered as a singleton, and the listener where it is not there yet.</summary>
    public static IServiceCollection AddNotificationHandler<THandler>(this IServiceCollection services)
        where THandler : class, INotificationHandler =>
        services
            .AddSingleton<INotificationHandler>(provider => provider.GetRequiredService<THandler>())
            .AddHostedService<NotificationListener>();
}
