using Microsoft.Extensions.DependencyInjection;
using Refit;

namespace TemporalDelivery.Activities.Payments;

/// <summary>Registers the payment provider's client.</summary>
public static class PaymentProviderSetup
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The provider at this address; a call that takes longer than ten seconds fails and is tried again by Temporal.</summary>
    public static IServiceCollection AddPaymentProvider(this IServiceCollection services, Uri address)
    {
        services.AddRefitGeneratedClient<IPaymentProvider>().ConfigureHttpClient(client =>
        {
            client.BaseAddress = address;
            client.Timeout = Timeout;
        });
        return services;
    }
}
