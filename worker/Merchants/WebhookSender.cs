using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database.Merchants;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Worker.Relays;

namespace TemporalDelivery.Worker.Merchants;

/// <summary>
/// Tells merchants' endpoints of what was recorded for them: at least once, those of one order in order. Each endpoint has a round of its
/// own, so that none waits for another's answers.
/// </summary>
internal sealed class WebhookSender(WebhookOutbox outbox, WebhookCall call, ILogger<WebhookSender> logger) : BackgroundService
{
    private const int AtOnce = 256;
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StoringTime = TimeSpan.FromSeconds(10);

    // Longer than a call may take, with its storing.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    // By endpoint.
    private readonly Dictionary<Guid, (int Calls, Task Round)> rounds = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await new RetryLoop("Sending webhooks", logger).RunAsync(SendAsync, stoppingToken);
        try
        {
            await Task.WhenAll(rounds.Values.Select(sending => sending.Round));
        }
        catch (Exception failure)
        {
            logger.LogWarning("What was sent last is sent again when its lease ends: {Reason}", failure.Message);
        }
    }

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        foreach (var (endpoint, (_, round)) in rounds.Where(sending => sending.Value.Round.IsCompleted).ToList())
        {
            rounds.Remove(endpoint);
            await round;
        }

        var room = AtOnce - rounds.Values.Sum(sending => sending.Calls);
        var due = room > 0 ? await outbox.TakeDueAsync(room, Lease, rounds.Keys, stoppingToken) : [];
        foreach (var ofOne in due.GroupBy(webhook => webhook.EndpointId))
        {
            rounds[ofOne.Key] = (ofOne.Count(), TellAsync([.. ofOne], stoppingToken));
        }

        if (due.Count == 0)
        {
            await Task.WhenAny([Task.Delay(Sweep, stoppingToken), .. rounds.Values.Select(sending => sending.Round)]);
        }
    }

    private async Task TellAsync(IReadOnlyList<DueWebhook> due, CancellationToken stoppingToken)
    {
        var sent = await Task.WhenAll(due.Select(webhook => call.SendAsync(webhook, stoppingToken)));
        using var deadline = new CancellationTokenSource(StoringTime);
        foreach (var (endpoint, reason) in await outbox.StoreAsync(sent, deadline.Token))
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
