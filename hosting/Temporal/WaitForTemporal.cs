using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Hosting.Retries;
using Temporalio.Client;

namespace TemporalDelivery.Hosting.Temporal;

/// <summary>Keeps what is registered after it from starting until Temporal answers, however long that takes.</summary>
internal sealed class WaitForTemporal(ITemporalClient temporal, ILogger<WaitForTemporal> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        new RetryLoop($"Reaching Temporal at {temporal.Connection.Options.TargetHost}", logger).UntilDoneAsync(
            cancellation => temporal.Connection.ConnectAsync().WaitAsync(cancellation),
            cancellationToken
        );

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
