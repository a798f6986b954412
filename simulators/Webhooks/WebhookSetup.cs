using TemporalDelivery.Simulators.Schedules;

namespace TemporalDelivery.Simulators.Webhooks;

/// <summary>Registers the sending of webhooks.</summary>
internal static class WebhookSetup
{
    /// <summary>Adds <see cref="WebhookSender"/> with its own timetable, so that a slow receiver holds up nothing else.</summary>
    public static void AddWebhooks(this IServiceCollection services, WebhookOptions options)
    {
        services.AddKeyedSingleton("webhooks", (provider, _) =>
            new Timetable(parallel: 32, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<WebhookSender>>())
        );
        services.AddHostedService(provider => provider.GetRequiredKeyedService<Timetable>("webhooks"));
        services.AddSingleton(
            new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 32 }) { Timeout = TimeSpan.FromSeconds(5) }
        );
        services.AddSingleton(provider => new WebhookSender(
            options,
            provider.GetRequiredService<HttpClient>(),
            provider.GetRequiredKeyedService<Timetable>("webhooks"),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WebhookSender>>()
        ));
    }
}
