using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Database;
using TemporalDelivery.Hosting.Postgres;

namespace TemporalDelivery.Worker.Relays;

/// <summary>Wakes this process's relays and its projector for what other processes commit.</summary>
internal sealed class NotifiedWakeSignals(WakeSignals wake) : INotificationHandler
{
    public IReadOnlyList<string> Channels { get; } =
    [
        Database.Messaging.Channels.Audited,
        Database.Messaging.Channels.PartnerEventStored,
        Database.Messaging.Channels.PaymentEventStored,
        Database.Messaging.Channels.OutboxFilled,
    ];

    public void Connected()
    {
        foreach (var channel in Channels)
        {
            wake.Signal(channel);
        }
    }

    // Until the next connection the sweeps find what there is.
    public void Disconnected() { }

    public void Notified(string channel, string payload) => wake.Signal(channel);
}

/// <summary>Registers <see cref="NotifiedWakeSignals"/>.</summary>
internal static class NotifiedWakeSignalsSetup
{
    public static void AddNotifiedWakeSignals(this HostApplicationBuilder builder) =>
        builder.Services.AddSingleton<NotifiedWakeSignals>().AddNotificationHandler<NotifiedWakeSignals>();
}
