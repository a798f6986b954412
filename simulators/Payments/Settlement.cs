using System.Text.Json;
using System.Text.Json.Serialization;
using TemporalDelivery.Simulators.Schedules;
using TemporalDelivery.Simulators.Webhooks;

namespace TemporalDelivery.Simulators.Payments;

/// <summary>
/// Decides pending charges after a while and has it told until it is acknowledged; goes on from the ledger after a restart.
/// </summary>
internal sealed class Settlement(ChargeBook book, PaymentOptions options, WebhookSender webhooks, Timetable timetable) : IHostedService
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var charge in book.All)
        {
            if (charge is { Decided: { } decided, Acknowledged: false })
            {
                Tell(decided);
            }

            Plan(charge);
        }

        return timetable.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => timetable.StopAsync(cancellationToken);

    /// <summary>Plans the decision of a charge that is pending.</summary>
    public void Plan(Charge charge)
    {
        if (charge is not { Outcome: ChargeStatus.Pending, Refunded: null })
        {
            return;
        }

        timetable.At(charge.Charged.At + options.Pace, async _ =>
        {
            if (await book.DecideAsync(charge.Charged.PaymentId, Strikes(options.LossRate)) is { } decided)
            {
                Tell(decided);
            }
        });
    }

    private void Tell(PaymentEntry.Decided decided)
    {
        if (decided.Unsent)
        {
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(decided.Event, Json);
        webhooks.Send(decided.Event.EventId, body, acknowledged: async () =>
        {
            if (Strikes(options.DuplicateRate))
            {
                webhooks.Send(decided.Event.EventId, body, acknowledged: () => Task.CompletedTask);
            }

            await book.AcknowledgeAsync(decided);
        });
    }

    private static bool Strikes(double rate) => Random.Shared.NextDouble() < rate;
}
