using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Health;
using TemporalDelivery.Worker.Relays;

namespace TemporalDelivery.Worker.Broker;

/// <summary>Registers what goes to the broker and comes from it.</summary>
internal static class BrokerSetup
{
    /// <summary>Publishes and consumes at <c>Broker:Url</c>; does nothing where that is not set.</summary>
    public static void AddBroker(this HostApplicationBuilder builder)
    {
        var options = builder.Configuration.Section<BrokerOptions>("Broker");
        if (string.IsNullOrEmpty(options.Url))
        {
            return;
        }

        builder.Services.AddSingleton(new MessageBroker(options)).AddSingleton<BrokerHealth>();
        builder.Services.AddHealthChecks().AddCheck<BrokerHealth>("broker", HealthStatus.Degraded, [], HealthSetup.Deadline);
        builder.AddOutboxReader<BrokerReader>();
        builder.Services.AddHostedService<PaymentConsumer>();
    }
}
