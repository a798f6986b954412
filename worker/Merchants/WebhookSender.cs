using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database.Merchants;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Worker.Relays;

namespace TemporalDelivery.Worker.Merchants;

/// <summary>
/// Tells merchants' endpoints of what was recorded for them: at least once, those of one order in order, each endpoint beside the others.
/// </summary>
internal sealed class WebhookSender(WebhookOutbox outbox, WebhookCall call, ILogger<WebhookSender> logger) : BackgroundService
{
    private const int Batch = 64;
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(500);

    // Longer than a call may take, with its storing.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Sending webhooks", logger).RunAsync(SendAsync, stoppingToken);

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        var due = await outbox.TakeDueAsync(Batch, Lease, stoppingToken);
        if (due.Count == 0)
        {
            await Task.Delay(Sweep, stoppingToken);
            return;
        }

        var sent = await Task.WhenAll(due.Select(webhook => call.SendAsync(webhook, stoppingToken)));
        foreach (var (endpoint, reason) in await outbox.StoreAsync(sent, CancellationToken.None))
        {
            logger.LogWarning("Webhook endpoint {EndpointId} is paused: {Reason}", endpoint, reason);
        }
    }
}

/// <summary>Registers webhooks to merchants.</summary>
internal static class WebhookSetup
{
    /// <exception cref="ConfigurationException">A value of the section <c>Webhooks:Outgoing</c> cannot be read.</exception>
    public static void AddMerchantWebhooks(this HostApplicationBuilder builder)
    {
        var options = builder.Configuration.Section<WebhookOptions>("Webhooks:Outgoing");
        builder.Services.AddSingleton(new WebhookCall(WebhookHttp.Create(options), TimeProvider.System));
        builder.AddOutboxReader<WebhookReader>();
        builder.Services.AddHostedService<WebhookSender>();
    }
}
