using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Worker.Relays;

/// <summary>
/// The delivery partner's events: signals to the workflows of their deliveries, which know a repeated one by its id. What can have no
/// effect any more, by the row and its graph, is only recorded: a delivery never goes back, so its workflow could do no more, and a partner
/// that repeats itself under fresh ids fills no history. A parcel that arrives after the end becomes an operator's task.
/// </summary>
internal sealed class PartnerEvents(ITemporalClient temporal, LatePartnerEvents late, ReceiptPins pins) : IEventHandler
{
    private const int MaxNote = 1_000;
    private const int MaxName = 200;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public EventSender Sender => EventSender.Partner;

    public async Task<(InboxOutcome Outcome, string? Detail)> HandOnAsync(StoredEvent stored, CancellationToken cancellationToken)
    {
        var partnerEvent = await ReadAsync(stored, cancellationToken);
        var graph = DeliveryGraph.OfVersion(stored.GraphVersion!.Value);
        var state = WireNames.Parse<DeliveryState>(stored.DeliveryState!);
        if (graph.Fit(state, partnerEvent.Type, ActorKind.Partner) == EventFit.Stale && !IsNewProof(graph, state, partnerEvent))
        {
            return await RecordLateAsync(stored, partnerEvent, cancellationToken);
        }

        try
        {
            await temporal
                .GetWorkflowHandle<DeliveryWorkflow>(WorkflowIds.Delivery(stored.AggregateId))
                .SignalAsync(
                    workflow => workflow.PartnerEventAsync(partnerEvent),
                    new WorkflowSignalOptions { Rpc = new RpcOptions { CancellationToken = cancellationToken } }
                );
            return (InboxOutcome.Delivered, null);
        }
        catch (RpcException failure) when (failure.IsMissingWorkflow() && stored.IsOver)
        {
            // Another delivery order took over while this one's workflow was lost.
            return await RecordLateAsync(stored, partnerEvent, cancellationToken);
        }
    }

    private async Task<(InboxOutcome Outcome, string? Detail)> RecordLateAsync(
        StoredEvent stored,
        PartnerEvent partnerEvent,
        CancellationToken cancellationToken
    )
    {
        await late.RecordAsync(new StalePartnerEvents(stored.AggregateId, [partnerEvent]), cancellationToken);
        return (InboxOutcome.Late, $"{partnerEvent.Type}, but the delivery is {stored.DeliveryState}");
    }

    // Told a second time, but with the recipient's PIN.
    private static bool IsNewProof(DeliveryGraph graph, DeliveryState state, PartnerEvent partnerEvent) =>
        partnerEvent.IsProven && graph.Refusal(state, DeliveryEvents.ConfirmReceipt, ActorKind.Recipient) is null;

    private async Task<PartnerEvent> ReadAsync(StoredEvent stored, CancellationToken cancellationToken)
    {
        var told = JsonSerializer.Deserialize<Told>(stored.Body, Json) ?? throw new JsonException("the body is null");
        var partnerEvent = new PartnerEvent(
            told.EventId,
            told.Type,
            ForeignText.Cut(told.PartnerDeliveryNumber, MaxName),
            ForeignText.Cut(told.Reason, MaxName),
            ForeignText.Cut(told.Note, MaxNote),
            told.OccurredAt
        );
        return await pins.ProveAsync(stored.AggregateId, partnerEvent, ReceiptPin.From(told.Pin), cancellationToken);
    }

    // What is proven is for us to say: the partner brings a PIN.
    private sealed record Told(
        string EventId,
        string Type,
        string? PartnerDeliveryNumber,
        string? Reason,
        string? Note,
        DateTimeOffset OccurredAt,
        JsonElement? Pin
    );
}

/// <summary>Registers <see cref="PartnerEvents"/> and the relay that brings them.</summary>
internal static class PartnerEventsSetup
{
    public static void AddPartnerEvents(this HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PartnerEvents>();
        builder.Services.AddHostedService<InboxRelay<PartnerEvents>>();
    }
}
