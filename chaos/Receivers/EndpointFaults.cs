using Microsoft.AspNetCore.Http;
using TemporalDelivery.Chaos.Plan;
using TemporalDelivery.Tests.Processes.Receivers;

namespace TemporalDelivery.Chaos.Receivers;

/// <summary>Lets merchants' endpoints have their faults as planned, and none afterwards.</summary>
internal sealed class EndpointFaults(IReadOnlyList<WebhookReceiver> endpoints, Clock clock)
{
    /// <summary>Runs through the plan, each endpoint beside the others.</summary>
    public Task RunAsync(IReadOnlyList<PlannedEndpointFault> faults, CancellationToken cancellationToken) =>
        Task.WhenAll(faults.GroupBy(fault => fault.Endpoint).Select(ofOne => RunAsync(endpoints[ofOne.Key], ofOne, cancellationToken)));

    private async Task RunAsync(WebhookReceiver endpoint, IEnumerable<PlannedEndpointFault> faults, CancellationToken cancellationToken)
    {
        foreach (var fault in faults)
        {
            await clock.UntilAsync(fault.At, cancellationToken);
            clock.Say($"{endpoint.Name}: {fault.Fault} for {fault.Lasts.TotalSeconds:F1} s");
            endpoint.IsAway = fault.Fault == EndpointFault.Away;
            endpoint.Answer = fault.Fault switch
            {
                EndpointFault.ServerError => _ => Task.FromResult(Results.StatusCode(StatusCodes.Status500InternalServerError)),
                EndpointFault.Timeout => NeverAsync,
                _ => WebhookReceiver.Take,
            };
            await Task.Delay(fault.Lasts, cancellationToken);
            endpoint.IsAway = false;
            endpoint.Answer = WebhookReceiver.Take;
        }
    }

    private static async Task<IResult> NeverAsync(HttpContext context)
    {
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
        return Results.Empty;
    }
}
