using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Relay;

/// <summary>Registers the relay from accepted orders to their workflows.</summary>
internal static class RelaySetup
{
    /// <summary>
    /// Adds the relay with the sections <c>Relay</c> and <c>Orders</c> (the deadlines that each order's workflow is started with).
    /// </summary>
    /// <exception cref="ConfigurationException">A value of either cannot be read.</exception>
    public static void AddAcceptedOrdersRelay(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(builder.Configuration.Section<OrderOptions>("Orders"));
        builder.Services.AddSingleton(builder.Configuration.Section<RelayOptions>("Relay"));
        builder.Services.AddSingleton<OrderStarter>();
        builder.Services.AddSingleton<AcceptedOrdersRelay>().AddNotificationHandler<AcceptedOrdersRelay>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AcceptedOrdersRelay>());
    }
}
