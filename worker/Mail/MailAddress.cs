using MimeKit;

namespace TemporalDelivery.Worker.Mail;

/// <summary>Reads addresses.</summary>
internal static class MailAddress
{
    /// <summary>The address, with a name or without; null when the text is none. One without a domain is none.</summary>
    public static MailboxAddress? Read(string? text) =>
        MailboxAddress.TryParse(text, out var address) && address.Domain.Length > 0 ? address : null;
}
