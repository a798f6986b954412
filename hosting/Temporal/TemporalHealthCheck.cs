using Microsoft.Extensions.Diagnostics.HealthChecks;
using TemporalDelivery.Hosting.Health;
using Temporalio.Client;

namespace TemporalDelivery.Hosting.Temporal;

/// <summary>Healthy while Temporal says that it serves.</summary>
internal sealed class TemporalHealthCheck(ITemporalClient temporal) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var options = new RpcOptions
        {
            Retry = false,
            Timeout = HealthSetup.Deadline,
            CancellationToken = cancellationToken,
        };
        return await temporal.Connection.CheckHealthAsync(options: options).WaitAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("it says that it does not serve");
    }
}
