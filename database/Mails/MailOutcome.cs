namespace TemporalDelivery.Database.Mails;

/// <summary>What became of a mail that was taken to be sent.</summary>
/// <param name="MailId">Which mail.</param>
/// <param name="Error">Why it was not sent, when that was tried.</param>
public abstract record MailOutcome(Guid MailId, string? Error = null)
{
    /// <summary>The mail server has it.</summary>
    public sealed record Sent(Guid MailId) : MailOutcome(MailId);

    /// <summary>It was not begun: it is due again.</summary>
    public sealed record NotTried(Guid MailId) : MailOutcome(MailId);

    /// <summary>
    /// It could not be sent: it is due again after <paramref name="Pause"/>, or given up when it has been tried for long.
    /// </summary>
    public sealed record Failed(Guid MailId, string Error, TimeSpan Pause) : MailOutcome(MailId, Error);

    /// <summary>The address takes no mail, now or later.</summary>
    public sealed record Bounced(Guid MailId, string Address, string Error) : MailOutcome(MailId, Error);

    /// <summary>The address has bounced before.</summary>
    public sealed record Suppressed(Guid MailId) : MailOutcome(MailId);
}
