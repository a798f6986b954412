using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Worker.Relays;

/// <summary>
/// Listens to what other processes commit and rings this process's bells for it. When it has just (re)connected it rings all of them: what was told
/// meanwhile is lost.
/// </summary>
sealed class WakeUps(NpgsqlDataSource source, Bells bells, ILogger<WakeUps> logger) : BackgroundService
{
    static readonly string[] Heard = [Channels.Audited, Channels.InboxFilled, Channels.OutboxFilled];
    static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync("Listening", ListenAsync, logger, stoppingToken);

    async Task ListenAsync(CancellationToken stoppingToken)
    {
        await using var connection = await source.OpenConnectionAsync(stoppingToken);
        connection.Notification += (_, notification) => bells.Ring(notification.Channel);
        await ExecuteAsync(connection, string.Join(';', Heard.Select(channel => $"listen {channel}")), stoppingToken);
        foreach (var channel in Heard)
            bells.Ring(channel);

        while (true)
        {
            // A connection that died without a word is found out by asking it something.
            if (!await connection.WaitAsync(SignOfLife, stoppingToken))
                await ExecuteAsync(connection, "select 1", stoppingToken);
        }
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>Registers <see cref="WakeUps"/>.</summary>
static class WakeUpsSetup
{
    public static void AddWakeUps(this HostApplicationBuilder builder) => builder.Services.AddHostedService<WakeUps>();
}
