using TemporalDelivery.Simulators.CommandLine;
using TemporalDelivery.Simulators.Hosting;
using TemporalDelivery.Simulators.Ledgers;
using TemporalDelivery.Simulators.Schedules;
using TemporalDelivery.Simulators.Webhooks;

namespace TemporalDelivery.Simulators.Payments;

/// <summary><c>simulators payments</c>: the payment provider.</summary>
internal static class PaymentsCommand
{
    public static readonly Command Definition = new(
        "a payment provider that settles or declines as the payment token says",
        PaymentOptions.Settings,
        RunAsync
    );

    private static async Task<int> RunAsync(IConfiguration configuration)
    {
        var options = PaymentOptions.Read(configuration);
        await using var ledger = Ledger<PaymentEntry>.Open(options.Ledger);
        var builder = SimulatorHost.CreateBuilder(configuration);
        builder.Services.AddSingleton(ledger);
        builder.Services.AddSingleton(options);
        builder.Services.AddWebhooks(options.Webhook);
        builder.Services.AddSingleton<ChargeBook>();
        builder.Services.AddSingleton(services => new Settlement(
            services.GetRequiredService<ChargeBook>(),
            options,
            services.GetRequiredService<WebhookSender>(),
            new Timetable(parallel: 16, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<Settlement>>())
        ));
        builder.Services.AddHostedService(services => services.GetRequiredService<Settlement>());

        var app = builder.Build();
        new InfrastructureFaults(options.ErrorRate, options.SilenceRate).Use(app);
        app.MapPayments();
        app.Logger.LogInformation(
            "Ledger {Ledger}: {Count} entries{Repaired}",
            options.Ledger,
            ledger.Recovered.Count,
            ledger.Repaired ? "; a torn last line was cut off" : ""
        );
        return await SimulatorHost.ServeAsync(app);
    }
}
