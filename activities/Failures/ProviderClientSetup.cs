using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Refit;

namespace TemporalDelivery.Activities.Failures;

/// <summary>Registers the client of another company's HTTP interface.</summary>
internal static class ProviderClientSetup
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(30);
    private const double FailureRatio = 0.5;
    private const int MinimumThroughput = 20;

    /// <summary>
    /// The interface at this address. A call that takes longer than ten seconds fails; calls are not made while its
    /// <see cref="ProviderCircuit{TApi}"/> is open. Nothing is repeated here: Temporal does that.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="provider">What people call it.</param>
    /// <param name="address">Where it is.</param>
    public static void AddProvider<TApi>(this IServiceCollection services, string provider, Uri address)
        where TApi : class
    {
        services.AddMetrics();
        services.AddSingleton(root => ActivatorUtilities.CreateInstance<ProviderCircuit<TApi>>(root, provider));
        services.AddHealthChecks().AddCheck<ProviderCircuit<TApi>>(provider);
        services
            .AddRefitGeneratedClient<TApi>(ProviderCall.Settings)
            .ConfigureHttpClient(client =>
            {
                client.BaseAddress = address;
                client.Timeout = System.Threading.Timeout.InfiniteTimeSpan;
            })
            .AddResilienceHandler(provider, (pipeline, context) => pipeline
                    .AddCircuitBreaker(
                        new HttpCircuitBreakerStrategyOptions
                        {
                            FailureRatio = FailureRatio,
                            MinimumThroughput = MinimumThroughput,
                            SamplingDuration = Sampling,
                            BreakDuration = Break,
                            StateProvider = context.ServiceProvider.GetRequiredService<ProviderCircuit<TApi>>().State,
                        }
                    )
                    .AddTimeout(Timeout));
    }
}
