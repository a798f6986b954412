using MimeKit;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Worker.Mail;

/// <summary>How customers are written to. Configuration section <c>Mail</c>.</summary>
internal sealed record MailOptions
{
    /// <summary>The sender, e.g. <c>The shop &lt;shop@example.com&gt;</c>.</summary>
    public string? From { get; init; }

    /// <summary>The mail server.</summary>
    public SmtpOptions Smtp { get; init; } = new();

    /// <summary>The folder that mails are written to where there is no mail server.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether customers are written to at all.</summary>
    public bool IsOn => !string.IsNullOrEmpty(Smtp.Host) || !string.IsNullOrEmpty(Folder);

    /// <summary>The sender's address.</summary>
    /// <exception cref="ConfigurationException">It is none.</exception>
    public MailboxAddress Sender =>
        MailAddress.Read(From) ?? throw new ConfigurationException($"Mail:From is '{From}'; expected an address like shop@example.com");
}

/// <summary>The mail server. Configuration section <c>Mail:Smtp</c>.</summary>
internal sealed record SmtpOptions
{
    /// <summary>Its host; without it there is none.</summary>
    public string? Host { get; init; }

    /// <summary>Its port.</summary>
    public ushort Port { get; init; } = 587;

    /// <summary>How the connection is encrypted.</summary>
    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    /// <summary>Who we are there; without it nobody in particular.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }
}

/// <summary>How the connection to the mail server is encrypted.</summary>
internal enum SmtpSecurity
{
    /// <summary>From the command STARTTLS on; a server without it is refused.</summary>
    StartTls,

    /// <summary>From the first byte.</summary>
    Tls,

    /// <summary>Not at all.</summary>
    None,
}
