using System.Text.Json;
using TemporalDelivery.Database.Mails;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Worker.Relays;

namespace TemporalDelivery.Worker.Mail;

/// <summary>
/// Records a mail of each event that a customer is told of. Nothing is sent here, so a mail server that is away holds up no event.
/// </summary>
internal sealed class MailReader(MailStore mails) : IOutboxReader
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly Dictionary<string, MailKind> Kinds = new()
    {
        ["order.accepted"] = MailKind.OrderAccepted,
        ["order.failed"] = MailKind.OrderFailed,
        ["order.cancelled"] = MailKind.OrderCancelled,
        ["delivery.picked_up"] = MailKind.OnItsWay,
        ["delivery.delivered"] = MailKind.Delivered,
        ["delivery.failed"] = MailKind.DeliveryFailed,
        ["customer.reminder"] = MailKind.ReceiptReminder,
        ["customer.voucher_earned"] = MailKind.VoucherEarned,
    };

    public string Name => "mail";

    public bool Wants(string topic) => Kinds.ContainsKey(topic);

    public async Task ReadAsync(OutboxEvent message, CancellationToken cancellationToken)
    {
        var kind = Kinds[message.Topic];
        var mail = Read(message, kind);
        if (!await mails.RecordAsync(mail, cancellationToken))
        {
            throw new PoisonMessageException($"there is no order {mail.OrderId} of a customer {mail.CustomerId}");
        }
    }

    private static RecordedMail Read(OutboxEvent message, MailKind kind)
    {
        var told = JsonSerializer.Deserialize<Told>(message.Payload, Json);
        return told switch
        {
            null or { CustomerId: null } => throw new PoisonMessageException("it names no customer"),
            { Code: null } or { AmountCents: null } when kind == MailKind.VoucherEarned => throw new PoisonMessageException(
                "it names no voucher"
            ),
            _ => new(
                message.EventId,
                message.Position,
                told.CustomerId.Value,
                message.OrderId,
                told.DeliveryOrderId,
                kind,
                new(
                    kind is MailKind.OrderFailed or MailKind.OrderCancelled ? told.Attempt : null,
                    kind == MailKind.OrderFailed ? told.Failure : told.Reason,
                    told.Code,
                    told.AmountCents
                )
            ),
        };
    }

    private sealed record Told(
        Guid? CustomerId,
        Guid? DeliveryOrderId,
        int? Attempt,
        string? Failure,
        string? Reason,
        string? Code,
        long? AmountCents
    );
}
