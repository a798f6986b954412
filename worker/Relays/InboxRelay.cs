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
/// <para>What became of a batch is stored with the taking of the next one.</para>
/// </summary>
internal sealed class InboxRelay(Inbox inbox, ITemporalClient temporal, WakeSignals wake, ILogger<InboxRelay> logger) : BackgroundService
{
    private const int Batch = 100;
    private const int AtOnce = 16;
    private const int TriesWithoutWorkflow = 8;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    // What a batch has not begun by then is given back. With the last answers and the storing of outcomes that is well within the lease.
    private static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    // Other processes' events come together: for as long after a wake-up this looks by itself, often.
    private static readonly TimeSpan Busy = Announcements.Spacing + TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WhileBusy = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AtTheStop = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private IReadOnlyList<HandedOn> handedOn = [];
    private DateTimeOffset busyUntil;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await new RetryLoop("Handing on the partner's events", logger).RunAsync(RelayAsync, stoppingToken);
        if (handedOn.Count == 0)
        {
            return;
        }

        using var deadline = new CancellationTokenSource(AtTheStop);
        try
        {
            await inbox.TakeDueAsync(handedOn, 0, Lease, deadline.Token);
        }
        catch (Exception failure)
        {
            logger.LogWarning("The last events are handed on again when their lease ends: {Reason}", failure.Message);
        }
    }

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        var events = await inbox.TakeDueAsync(handedOn, Batch, Lease, stoppingToken);
        handedOn = await HandOnAsync(events, stoppingToken);
        if (events.Count == Batch)
        {
            return;
        }

        // Both to merge what comes close together and to store soon what became of this batch.
        var isBusy = events.Count > 0 || DateTimeOffset.UtcNow < busyUntil;
        if (await wake.WaitAsync(Channels.InboxFilled, isBusy ? WhileBusy : Sweep, stoppingToken) || events.Count > 0)
        {
            busyUntil = DateTimeOffset.UtcNow + Busy;
        }
    }

    // Those of one delivery one after the other, as they came; deliveries beside each other.
    private async Task<IReadOnlyList<HandedOn>> HandOnAsync(IReadOnlyList<StoredEvent> events, CancellationToken stoppingToken)
    {
        using var batch = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        batch.CancelAfter(BatchTime);
        using var hands = new SemaphoreSlim(AtOnce);
        var ofDeliveries = await Task.WhenAll(
            events
                .GroupBy(stored => stored.DeliveryOrderId)
                .Select(async ofOneDelivery =>
                {
                    await hands.WaitAsync();
                    try
                    {
                        var outcomes = new List<HandedOn>();
                        foreach (var stored in ofOneDelivery)
                        {
                            outcomes.Add(batch.IsCancellationRequested ? new(stored.InboxId, null) : await HandOnAsync(stored));
                        }

                        return outcomes;
                    }
                    finally
                    {
                        hands.Release();
                    }
                })
        );
        return [.. ofDeliveries.SelectMany(outcomes => outcomes)];
    }

    private async Task<HandedOn> HandOnAsync(StoredEvent stored)
    {
        PartnerEvent partnerEvent;
        try
        {
            partnerEvent = JsonSerializer.Deserialize<PartnerEvent>(stored.Body, Json) ?? throw new JsonException("the body is null");
        }
        catch (JsonException failure)
        {
            return Unroutable(stored, $"not a partner event: {failure.Message}");
        }

        try
        {
            await temporal
                .GetWorkflowHandle<DeliveryWorkflow>(WorkflowIds.Delivery(stored.DeliveryOrderId))
                .SignalAsync(
                    workflow => workflow.PartnerEventAsync(partnerEvent),
                    new WorkflowSignalOptions { Rpc = new RpcOptions { Timeout = Answer } }
                );
            return new(stored.InboxId, InboxOutcome.Delivered);
        }
        catch (RpcException failure) when (failure.IsMissingWorkflow() && (stored.IsOver || stored.Tries >= TriesWithoutWorkflow))
        {
            return Unroutable(stored, failure.Message);
        }
        catch (Exception failure)
        {
            var pause = Backoff.Standard.After(stored.Tries + 1);
            logger.LogWarning(
                "Event {EventId} of delivery {DeliveryOrderId} waits {Pause} s: {Reason}",
                stored.EventId,
                stored.DeliveryOrderId,
                pause.TotalSeconds,
                failure.Message
            );
            return new(stored.InboxId, null, failure.Message, pause);
        }
    }

    private HandedOn Unroutable(StoredEvent stored, string reason)
    {
        logger.LogWarning(
            "Event {EventId} of delivery {DeliveryOrderId} cannot be handed on: {Reason}",
            stored.EventId,
            stored.DeliveryOrderId,
            reason
        );
        return new(stored.InboxId, InboxOutcome.Unroutable, reason);
    }
}

/// <summary>Registers <see cref="InboxRelay"/>.</summary>
internal static class InboxRelaySetup
{
    public static void AddInboxRelay(this HostApplicationBuilder builder) => builder.Services.AddHostedService<InboxRelay>();
}
