using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Hosting.Retries;
using Temporalio.Client;
using Temporalio.Common;

namespace TemporalDelivery.Hosting.Temporal;

/// <summary>
/// Keeps what is registered after it from starting until the namespace has the search attributes that workflows are started with: it adds
/// them where it may, and otherwise waits for whoever may, saying what is missing. The host is not ready before.
/// </summary>
internal sealed class WaitForSearchAttributes(
    ITemporalClient temporal,
    IReadOnlyCollection<SearchAttributeKey> attributes,
    ILogger<WaitForSearchAttributes> logger
) : IHostedService, IHealthCheck
{
    private volatile bool isOver;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await new RetryLoop("Registering search attributes", logger).UntilDoneAsync(
            cancellation => SearchAttributeRegistration.RegisterAsync(temporal, attributes, cancellation),
            cancellationToken
        );
        isOver = true;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(
            isOver ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the namespace is not known to have them; the log says why")
        );
}
