using System.Text.Json;
using System.Text.Json.Serialization;
using TemporalDelivery.Simulators.Schedules;
using TemporalDelivery.Simulators.Webhooks;

namespace TemporalDelivery.Simulators.Partner;

/// <summary>
/// Drives deliveries at the configured pace and has every event told until it is acknowledged. All it needs to go on after
/// having been killed is in the book: when a delivery was booked, what happened since, and what was acknowledged.
/// </summary>
internal sealed class Courier(DeliveryBook book, PartnerOptions options, WebhookSender webhooks, Timetable timetable) : IHostedService
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Takes up every unfinished delivery where the ledger left it.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var delivery in book.All)
        {
            foreach (var untold in delivery.Untold)
            {
                Tell(untold);
            }

            Drive(delivery);
        }

        return timetable.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => timetable.StopAsync(cancellationToken);

    /// <summary>Plans what is left of a delivery.</summary>
    public void Drive(Delivery delivery)
    {
        if (!delivery.Booked.Accepted || delivery.Booked.Held || delivery.Cancelled)
        {
            return;
        }

        switch (delivery.Happened)
        {
            case []:
                timetable.At(delivery.Booked.At + options.Pace, _ => PickUpAsync(delivery.Booked));
                break;
            case [var pickedUp]:
                timetable.At(pickedUp.At + options.Pace, _ => FinishAsync(delivery.Booked, held: null));
                break;
        }
    }

    private async Task PickUpAsync(PartnerEntry.Booked booked)
    {
        if (await book.HappenAsync(booked.Number, PartnerEventTypes.PickedUp, reason: null, Strikes(options.LossRate)) is not { } pickedUp)
        {
            return;
        }

        var held = Strikes(options.DisorderRate);
        if (!held)
        {
            Tell(pickedUp);
        }

        timetable.At(pickedUp.At + options.Pace, _ => FinishAsync(booked, held ? pickedUp : null));
    }

    private async Task FinishAsync(PartnerEntry.Booked booked, PartnerEntry.Happened? held)
    {
        var type = booked.Fails is null ? PartnerEventTypes.Delivered : PartnerEventTypes.Failed;
        if (await book.HappenAsync(booked.Number, type, booked.Fails, Strikes(options.LossRate)) is { } end)
        {
            Tell(end, then: held);
        }
    }

    private void Tell(PartnerEntry.Happened happened, PartnerEntry.Happened? then = null)
    {
        if (happened.Unsent)
        {
            if (then is not null)
            {
                Tell(then);
            }

            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(happened.Event, Json);
        webhooks.Send(happened.Event.EventId, body, acknowledged: async () =>
        {
            if (then is not null)
            {
                Tell(then);
            }

            if (Strikes(options.DuplicateRate))
            {
                webhooks.Send(happened.Event.EventId, body, acknowledged: () => Task.CompletedTask);
            }

            await book.AcknowledgeAsync(happened);
        });
    }

    private static bool Strikes(double rate) => Random.Shared.NextDouble() < rate;
}
