using TemporalDelivery.Api.Hosting;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Relay;

/// <summary>Registers the relay from accepted orders to their workflows.</summary>
static class RelaySetup
{
    /// <summary>Adds the relay with the sections <c>Relay</c> and <c>Orders</c> (the deadlines that each order's workflow is started with).</summary>
    /// <exception cref="ConfigurationFault">A value of either cannot be read.</exception>
    public static void AddAcceptedOrdersRelay(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(Read<OrderOptions>(builder.Configuration, "Orders"));
        builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(Read<RelayOptions>(builder.Configuration, "Relay")));
        builder.Services.AddSingleton<OrderStarter>();
        builder.Services.AddSingleton<AcceptedOrdersRelay>();
        builder.Services.AddSingleton<IDatabaseListener>(services => services.GetRequiredService<AcceptedOrdersRelay>());
        builder.Services.AddHostedService(services => services.GetRequiredService<AcceptedOrdersRelay>());
    }

    static T Read<T>(ConfigurationManager configuration, string section)
        where T : class, new()
    {
        try
        {
            return configuration.GetSection(section).Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new T();
        }
        catch (InvalidOperationException failure)
        {
            throw new ConfigurationFault(failure.InnerException is null ? failure.Message : $"{failure.Message} {failure.InnerException.Message}", failure);
        }
    }
}
