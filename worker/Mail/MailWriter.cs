using System.Globalization;
using MimeKit;
using TemporalDelivery.Database.Mails;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Worker.Mail;

/// <summary>
/// Writes a mail to its customer. Written twice it bears the same Message-ID and the same date, by which a receiver knows it again.
/// </summary>
internal sealed class MailWriter(MailTemplates templates, ReceiptPin pins, MailboxAddress sender)
{
    /// <summary>Writes the mail; null when the customer's address is none.</summary>
    public MimeMessage? Write(DueMail mail)
    {
        if (MailAddress.Read(mail.Address) is not { } address)
        {
            return null;
        }

        var content = templates.Write(mail.Kind, mail.Language, Values(mail));
        var message = new MimeMessage
        {
            MessageId = $"{mail.EventId}@{sender.Domain}",
            Date = mail.RecordedAt,
            Subject = content.Subject,
            Body = new BodyBuilder { TextBody = content.Text, HtmlBody = content.Html }.ToMessageBody(),
        };
        message.From.Add(sender);
        message.To.Add(new MailboxAddress(OneLine(mail.Name), address.Address));
        message.Headers.Add(HeaderId.ContentLanguage, mail.Language);

        // So that out-of-office notes and the like stay away.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    private Dictionary<string, string> Values(DueMail mail)
    {
        var isGerman = mail.Language == "de";
        var parcel = mail.Delivery;
        var isOut = parcel is not null && WireNames.Parse<DeliveryState>(parcel.State) is DeliveryState.PickedUp or DeliveryState.Delivered;
        var awaitsReceipt = parcel is not null && WireNames.Parse<DeliveryState>(parcel.State) == DeliveryState.Delivered;
        var cause = mail.Facts.Cause;
        return new()
        {
            ["name"] = OneLine(mail.Name),
            ["order"] = mail.OrderId.ToString(),
            ["lines"] = string.Join(
                '\n',
                mail.Lines.Select(line => $"{line.Quantity} × {OneLine(line.Name)}: {Money(line.Quantity * line.UnitPriceCents)}")
            ),
            ["total"] = Money(mail.TotalCents),
            ["tracking"] = OneLine(parcel?.TrackingNumber ?? ""),
            ["pin"] = isOut ? pins.Of(parcel!.DeliveryOrderId) ?? "" : "",
            ["until"] = awaitsReceipt && parcel!.WaitsUntil is { } until ? Time(until) : "",
            ["cause"] = templates.Cause(cause, mail.Language),
            ["refunded"] = mail.Payment is { Status: "REFUNDED", AmountCents: > 0 and var back } ? Money(back) : "",
            ["owed"] = mail.Payment is { Status: "SETTLED" or "PENDING", AmountCents: > 0 and var owed } ? Money(owed) : "",
            ["uncharged"] = mail.Payment is null or { Status: "DECLINED" or "VOIDED" } or { AmountCents: 0 } ? "yes" : "",
            ["othermeans"] = cause is OrderFailure.PaymentDeclined or OrderFailure.PaymentTimedOut ? "yes" : "",
            ["later"] = cause == OrderFailure.OutOfStock ? "yes" : "",
            ["code"] = mail.Facts.VoucherCode ?? "",
            ["amount"] = Money(mail.Facts.AmountCents ?? 0),
        };

        string Money(long cents)
        {
            var euros = (cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);
            return $"{(isGerman ? euros.Replace('.', ',') : euros)} EUR";
        }

        string Time(DateTimeOffset at) =>
            at.UtcDateTime.ToString(isGerman ? "dd.MM.yyyy, HH:mm 'UTC'" : "d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
    }

    // A text of others makes no lines of ours.
    private static string OneLine(string text) => string.Concat(text.Where(letter => !char.IsControl(letter)));
}
