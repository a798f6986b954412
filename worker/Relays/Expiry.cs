using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Worker.Relays;

/// <summary>Forgets keys, messages, mails and operator tasks that were settled long ago, in batches that hold up nobody.</summary>
internal sealed class Expiry(ExpiredRecords records, RetentionOptions retention, ILogger<Expiry> logger) : BackgroundService
{
    private const int Batch = 1_000;
    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Forgetting what was settled long ago", logger).RunAsync(ForgetAsync, stoppingToken);

    private async Task ForgetAsync(CancellationToken stoppingToken)
    {
        var keys = await records.ForgetKeysAsync(retention.Keys, Batch, stoppingToken);
        var inbox = await records.ForgetInboxAsync(retention.Inbox, Batch, stoppingToken);
        var outbox = await records.ForgetOutboxAsync(retention.Outbox, Batch, stoppingToken);
        var tasks = await records.ForgetTasksAsync(retention.Tasks, Batch, stoppingToken);
        var mails = await records.ForgetMailsAsync(retention.Mails, Batch, stoppingToken);
        var isDone = new[] { keys, inbox, outbox, tasks, mails }.Max() < Batch;
        await Task.Delay(isDone ? Pause : BetweenBatches, stoppingToken);
    }
}

/// <summary>Registers <see cref="Expiry"/>.</summary>
internal static class ExpirySetup
{
    /// <exception cref="ConfigurationException">A value of the section <c>Retention</c> cannot be read.</exception>
    public static void AddExpiry(this HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(builder.Configuration.Section<RetentionOptions>("Retention"));
        builder.Services.AddHostedService<Expiry>();
    }
}
