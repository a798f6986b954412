using MimeKit;

namespace TemporalDelivery.Worker.Mail;

/// <summary>Where mails go.</summary>
internal interface IMailTransport
{
    /// <summary>Begins to hand over mails. Any exception means that nothing can be handed over now.</summary>
    public Task<IMailSession> OpenAsync(CancellationToken cancellationToken);
}

/// <summary>Mails are being handed over.</summary>
internal interface IMailSession : IAsyncDisposable
{
    /// <summary>
    /// Hands a mail over. After any exception it is unknown whether that has happened, and the session is of no use any more.
    /// </summary>
    /// <returns>Why it was not taken; null when it was.</returns>
    public Task<MailRefusal?> SendAsync(MimeMessage message, CancellationToken cancellationToken);
}

/// <summary>A mail is not taken.</summary>
/// <param name="Reason">In the words of who refused it.</param>
/// <param name="IsBounce">It will never be: there is no such recipient.</param>
internal sealed record MailRefusal(string Reason, bool IsBounce);
