using Npgsql;
using TemporalDelivery.Api.Hosting;
using TemporalDelivery.Hosting.Postgres;

namespace TemporalDelivery.Api.StatusReads;

/// <summary>Holds one connection that listens, and gets another when it breaks.</summary>
sealed class DatabaseNotifications(IConfiguration configuration, IEnumerable<IDatabaseListener> listeners, ILogger<DatabaseNotifications> log) : BackgroundService
{
    // A connection that died without a word is noticed after this long; until then a cached row can be older than the table.
    const int KeepAliveSeconds = 5;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    readonly IReadOnlyList<IDatabaseListener> listeners = [.. listeners];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var connectionString = PostgresConnectionString.Parse(Storage.ConnectionString(configuration));
        connectionString.Pooling = false;
        connectionString.KeepAlive = KeepAliveSeconds;
        connectionString.ApplicationName = "temporal-delivery-api-listener";
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(connectionString.ConnectionString, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                log.LogWarning("Not listening to the database: {Reason}", failure.Message);
                await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    async Task ListenAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        connection.Notification += (_, notification) => Tell(notification.Channel, notification.Payload);
        await connection.OpenAsync(cancellationToken);
        var channels = listeners.SelectMany(listener => listener.Channels).Distinct();
        await using (var command = new NpgsqlCommand(string.Join("; ", channels.Select(channel => $"listen {channel}")), connection))
            await command.ExecuteNonQueryAsync(cancellationToken);

        foreach (var listener in listeners)
            listener.Connected();
        try
        {
            while (true)
                await connection.WaitAsync(cancellationToken);
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Disconnected();
        }
    }

    void Tell(string channel, string payload)
    {
        foreach (var listener in listeners)
        {
            if (listener.Channels.Contains(channel))
                listener.Notified(channel, payload);
        }
    }
}
