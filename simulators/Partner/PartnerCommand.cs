using TemporalDelivery.Simulators.CommandLine;
using TemporalDelivery.Simulators.Hosting;
using TemporalDelivery.Simulators.Ledgers;
using TemporalDelivery.Simulators.Schedules;
using TemporalDelivery.Simulators.Webhooks;

namespace TemporalDelivery.Simulators.Partner;

/// <summary><c>simulators partner</c>: the delivery company.</summary>
internal static class PartnerCommand
{
    public static readonly Command Definition = new(
        "a delivery partner that takes bookings and tells by webhook how they went",
        PartnerOptions.Settings,
        RunAsync
    );

    private static async Task<int> RunAsync(IConfiguration configuration)
    {
        var options = PartnerOptions.Read(configuration);
        await using var ledger = Ledger<PartnerEntry>.Open(options.Ledger);
        var builder = SimulatorHost.CreateBuilder(configuration);
        builder.Services.AddSingleton(ledger);
        builder.Services.AddSingleton(options);
        builder.Services.AddWebhooks(options.Webhook);
        builder.Services.AddSingleton<DeliveryBook>();
        builder.Services.AddSingleton(services => new Courier(
            services.GetRequiredService<DeliveryBook>(),
            options,
            services.GetRequiredService<WebhookSender>(),
            new Timetable(parallel: 64, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<Courier>>())
        ));
        builder.Services.AddHostedService(services => services.GetRequiredService<Courier>());

        var app = builder.Build();
        new InfrastructureFaults(options.ErrorRate, options.SilenceRate).Use(app);
        app.MapPartner();
        app.Logger.LogInformation(
            "Ledger {Ledger}: {Count} entries{Repaired}",
            options.Ledger,
            ledger.Recovered.Count,
            ledger.Repaired ? "; a torn last line was cut off" : ""
        );
        return await SimulatorHost.ServeAsync(app);
    }
}
