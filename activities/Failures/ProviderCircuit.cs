using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Polly.CircuitBreaker;

namespace TemporalDelivery.Activities.Failures;

/// <summary>
/// Whether another company's interface is called at all. Where at least half of its answers are failures, calls fail at once for some
/// seconds, then one tries: a dead system does not hold the slots of those that live. It is seen in the host's health, which stays ready,
/// and in the meter <c>TemporalDelivery.Providers</c>: <c>provider.circuit.open</c>, 0 or 1, by <c>provider</c>.
/// </summary>
/// <typeparam name="TApi">Its interface.</typeparam>
internal sealed class ProviderCircuit<TApi> : IHealthCheck
{
    private readonly string provider;

    public ProviderCircuit(string provider, IMeterFactory meters)
    {
        this.provider = provider;
        meters
            .Create("TemporalDelivery.Providers")
            .CreateObservableGauge(
                "provider.circuit.open",
                () => new Measurement<int>(IsOpen ? 1 : 0, new KeyValuePair<string, object?>("provider", provider)),
                description: "1 while the provider is not called because it has been failing."
            );
    }

    /// <summary>What the breaker's state is told to.</summary>
    public CircuitBreakerStateProvider State { get; } = new();

    private bool IsOpen => State.CircuitState is CircuitState.Open or CircuitState.Isolated;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(
            IsOpen
                ? HealthCheckResult.Degraded($"the {provider} has been failing and is not called for a while")
                : HealthCheckResult.Healthy()
        );
}
