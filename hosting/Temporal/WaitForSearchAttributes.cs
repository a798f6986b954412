using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Hosting.Retries;
using Temporalio.Client;
using Temporalio.Common;

namespace TemporalDelivery.Hosting.Temporal;

/// <summary>
/// Keeps what is registered after it from starting until the namespace has the search attributes that workflows are started with: it adds
/// them where it may, and otherwise waits for whoever may, saying what is missing.
/// </summary>
internal sealed class WaitForSearchAttributes(
    ITemporalClient temporal,
    IReadOnlyCollection<SearchAttributeKey> attributes,
    ILogger<WaitForSearchAttributes> logger
) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        new RetryLoop("Registering search attributes", logger).UntilDoneAsync(
            cancellation => SearchAttributeRegistration.RegisterAsync(temporal, attributes, cancellation),
            cancellationToken
        );

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
