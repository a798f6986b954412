using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Worker.Relays;

/// <summary>Forgets the answers to POSTs with an Idempotency-Key after a week, so that their table does not grow for ever.</summary>
sealed class Forgetting(IdempotencyKeys keys, ILogger<Forgetting> logger) : BackgroundService
{
    static readonly TimeSpan Age = TimeSpan.FromDays(7);
    static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync("Forgetting old keys", ForgetAsync, logger, stoppingToken);

    async Task ForgetAsync(CancellationToken stoppingToken)
    {
        await keys.ForgetAsync(Age, stoppingToken);
        await Task.Delay(Pause, stoppingToken);
    }
}

/// <summary>Registers <see cref="Forgetting"/>.</summary>
static class ForgettingSetup
{
    public static void AddForgetting(this HostApplicationBuilder builder) => builder.Services.AddHostedService<Forgetting>();
}
