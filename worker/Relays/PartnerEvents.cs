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
internal sealed class PartnerEvents(ITemporalClient temporal, LatePartnerEvents late) : IEventHandler
{
    private const int MaxNote = 1_000;
    private const int MaxName = 200;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public EventSender Sender => EventSender.Partner;

    public async Task<(InboxOutcome Outcome, string? Detail)> HandOnAsync(StoredEvent stored, CancellationToken cancellationToken)
    {
        var partnerEvent = Read(stored.Body);
        var graph = DeliveryGraph.OfVersion(stored.GraphVersion!.Value);
        var state = WireNames.Parse<DeliveryState>(stored.DeliveryState!);
        if (graph.Fit(state, partnerEvent.Type, ActorKind.Partner) == EventFit.Stale)
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

    private static PartnerEvent Read(string body)
    {
        var read = JsonSerializer.Deserialize<PartnerEvent>(body, Json) ?? throw new JsonException("the body is null");
        return read with
        {
            PartnerDeliveryNumber = ForeignText.Cut(read.PartnerDeliveryNumber, MaxName),
            Reason = ForeignText.Cut(read.Reason, MaxName),
            Note = ForeignText.Cut(read.Note, MaxNote),
        };
    }
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
