using Microsoft.Extensions.DependencyInjection;
using Refit;

namespace TemporalDelivery.Activities.Partner;

/// <summary>Registers the delivery partner's client.</summary>
public static class DeliveryPartnerSetup
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The partner at this address; a call that takes longer than ten seconds fails and is tried again by Temporal.</summary>
    public static IServiceCollection AddDeliveryPartner(this IServiceCollection services, Uri address)
    {
        services.AddRefitGeneratedClient<IDeliveryPartner>().ConfigureHttpClient(client =>
        {
            client.BaseAddress = address;
            client.Timeout = Timeout;
        });
        return services;
    }
}
