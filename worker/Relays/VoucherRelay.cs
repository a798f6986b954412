using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Worker.Relays;

/// <summary>
/// Lets the voucher module follow completed orders: soon after this process has published some, and by a sweep after others have.
/// </summary>
internal sealed class VoucherRelay(EarnedVouchers vouchers, WakeSignals wake, ILogger<VoucherRelay> logger) : BackgroundService
{
    private const int Batch = 100;
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(300);

    // Nobody waits for a voucher, so a batch may gather.
    private static readonly TimeSpan ForMore = TimeSpan.FromMilliseconds(200);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Issuing vouchers", logger).RunAsync(RelayAsync, stoppingToken);

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        if (!await vouchers.StartAsync(Batch, stoppingToken))
        {
            await wake.WaitAsync(Channels.OutboxPublished, Sweep, stoppingToken);
            await Task.Delay(ForMore, stoppingToken);
        }
    }
}

/// <summary>Registers <see cref="VoucherRelay"/>.</summary>
internal static class VoucherRelaySetup
{
    public static void AddVoucherRelay(this HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EarnedVouchers>();
        builder.Services.AddHostedService<VoucherRelay>();
    }
}
