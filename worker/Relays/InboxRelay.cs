using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Worker.Relays;

/// <summary>
/// Hands the stored events of the delivery partner to the workflows of their deliveries: at least once, the workflow knows a repeated one
/// by its id. While Temporal is away they wait. An event whose workflow is over, or cannot be read, is kept as unroutable.
/// </summary>
internal sealed class InboxRelay(Inbox inbox, ITemporalClient temporal, WakeSignals wake, ILogger<InboxRelay> logger) : BackgroundService
{
    private const int Batch = 100;
    private const int AtOnce = 16;
    private const int TriesWithoutWorkflow = 8;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Handing on the partner's events", logger).RunAsync(RelayAsync, stoppingToken);

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        var events = await inbox.TakeDueAsync(Batch, Lease, stoppingToken);

        // Those of one delivery one after the other, as they came; deliveries beside each other.
        await Parallel.ForEachAsync(
            events.GroupBy(stored => stored.DeliveryOrderId),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
            async (ofOneDelivery, cancellationToken) =>
            {
                foreach (var stored in ofOneDelivery)
                {
                    await HandOnAsync(stored, cancellationToken);
                }
            }
        );

        if (events.Count < Batch)
        {
            await wake.WaitAsync(Channels.InboxFilled, Sweep, stoppingToken);
        }
    }

    private async Task HandOnAsync(StoredEvent stored, CancellationToken cancellationToken)
    {
        PartnerEvent partnerEvent;
        try
        {
            partnerEvent = JsonSerializer.Deserialize<PartnerEvent>(stored.Body, Json) ?? throw new JsonException("the body is null");
        }
        catch (JsonException failure)
        {
            await UnroutableAsync(stored, $"not a partner event: {failure.Message}", cancellationToken);
            return;
        }

        try
        {
            await temporal
                .GetWorkflowHandle<DeliveryWorkflow>(WorkflowIds.Delivery(stored.DeliveryOrderId))
                .SignalAsync(
                    workflow => workflow.PartnerEventAsync(partnerEvent),
                    new WorkflowSignalOptions
                    {
                        Rpc = new RpcOptions { Timeout = Answer, CancellationToken = cancellationToken },
                    }
                );
        }
        catch (RpcException failure) when (failure.IsMissingWorkflow() && (stored.IsOver || stored.Tries >= TriesWithoutWorkflow))
        {
            await UnroutableAsync(stored, failure.Message, cancellationToken);
            return;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            var delay = Backoff.Standard.After(stored.Tries + 1);
            logger.LogWarning(
                "Event {EventId} of delivery {DeliveryOrderId} waits {Delay} s: {Reason}",
                stored.EventId,
                stored.DeliveryOrderId,
                delay.TotalSeconds,
                failure.Message
            );
            await inbox.PutOffAsync(stored.InboxId, delay, failure.Message, cancellationToken);
            return;
        }

        await inbox.SettleAsync(stored.InboxId, InboxOutcome.Delivered, null, cancellationToken);
    }

    private async Task UnroutableAsync(StoredEvent stored, string reason, CancellationToken cancellationToken)
    {
        logger.LogWarning(
            "Event {EventId} of delivery {DeliveryOrderId} cannot be handed on: {Reason}",
            stored.EventId,
            stored.DeliveryOrderId,
            reason
        );
        await inbox.SettleAsync(stored.InboxId, InboxOutcome.Unroutable, reason, cancellationToken);
    }
}

/// <summary>Registers <see cref="InboxRelay"/>.</summary>
internal static class InboxRelaySetup
{
    public static void AddInboxRelay(this HostApplicationBuilder builder) => builder.Services.AddHostedService<InboxRelay>();
}
