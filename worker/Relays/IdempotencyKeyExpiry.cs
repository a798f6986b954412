using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Worker.Relays;

/// <summary>Forgets the answers to requests with an Idempotency-Key after a week, so that their table does not grow for ever.</summary>
internal sealed class IdempotencyKeyExpiry(IdempotencyKeys keys, ILogger<IdempotencyKeyExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(7);
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Expiring idempotency keys", logger).RunAsync(ExpireAsync, stoppingToken);

    private async Task ExpireAsync(CancellationToken stoppingToken)
    {
        await keys.ForgetAsync(Age, stoppingToken);
        await Task.Delay(Pause, stoppingToken);
    }
}

/// <summary>Registers <see cref="IdempotencyKeyExpiry"/>.</summary>
internal static class IdempotencyKeyExpirySetup
{
    public static void AddIdempotencyKeyExpiry(this HostApplicationBuilder builder) =>
        builder.Services.AddHostedService<IdempotencyKeyExpiry>();
}
