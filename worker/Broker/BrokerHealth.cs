using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;

namespace TemporalDelivery.Worker.Broker;

/// <summary>
/// Whether messages go to the broker and come from it. Where they do not the host stays ready: orders go on, what is to be published waits
/// in the outbox, and the provider is asked about a pending payment.
/// </summary>
internal sealed class BrokerHealth(MessageBroker broker) : IHealthCheck
{
    private volatile bool isPublishing = true;
    private volatile IChannel? consuming;

    /// <summary>Messages come, by this channel; null when none come.</summary>
    public void Consumes(IChannel? channel) => consuming = channel;

    /// <summary>Whether the last message has gone.</summary>
    public void Publishes(bool hasGone) => isPublishing = hasGone;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        if (consuming is not { IsOpen: true } channel)
        {
            return HealthCheckResult.Degraded("no messages come from it");
        }

        if (!isPublishing)
        {
            return HealthCheckResult.Degraded("it does not take messages");
        }

        var dead = await channel.MessageCountAsync(broker.Topology.DeadPayments, cancellationToken);
        return dead == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"{dead} messages in {broker.Topology.DeadPayments} could not be dealt with");
    }
}
