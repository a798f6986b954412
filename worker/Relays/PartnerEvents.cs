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
/// The delivery partner's events: signals to the workflows of their deliveries, which know a repeated one by its id. What comes after the
/// end of a delivery is recorded, and a parcel that arrives then becomes an operator's task.
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
        if (
            stored.EndedIn is { } state
            && DeliveryGraph.OfVersion(stored.GraphVersion!.Value).IsTerminal(WireNames.Parse<DeliveryState>(state))
        )
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
        catch (RpcException failure) when (failure.IsMissingWorkflow() && stored.EndedIn is not null)
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
        await late.RecordAsync(stored.AggregateId, partnerEvent, cancellationToken);
        return (InboxOutcome.Late, $"{partnerEvent.Type}, but the delivery is {stored.EndedIn}");
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
