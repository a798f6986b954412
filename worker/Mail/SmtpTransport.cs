using System.Text.RegularExpressions;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace TemporalDelivery.Worker.Mail;

/// <summary>Hands mails to a mail server, a connection per session.</summary>
internal sealed partial class SmtpTransport(SmtpOptions options) : IMailTransport
{
    public async Task<IMailSession> OpenAsync(CancellationToken cancellationToken)
    {
        var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(options.Host!, options.Port, Security, cancellationToken);
            if (!string.IsNullOrEmpty(options.User))
            {
                await client.AuthenticateAsync(options.User, options.Password ?? "", cancellationToken);
            }

            return new Session(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private SecureSocketOptions Security =>
        options.Security switch
        {
            SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
            SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
            _ => SecureSocketOptions.None,
        };

    private sealed partial class Session(SmtpClient client) : IMailSession
    {
        private static readonly TimeSpan LeaveTaking = TimeSpan.FromSeconds(2);

        public async Task<MailRefusal?> SendAsync(MimeMessage message, CancellationToken cancellationToken)
        {
            try
            {
                await client.SendAsync(message, cancellationToken);
                return null;
            }
            catch (SmtpCommandException refusal) when (client.IsConnected)
            {
                return new($"{(int)refusal.StatusCode} {refusal.Message}", IsBounce(refusal));
            }
        }

        public async ValueTask DisposeAsync()
        {
            using var deadline = new CancellationTokenSource(LeaveTaking);
            try
            {
                if (client.IsConnected)
                {
                    await client.DisconnectAsync(quit: true, deadline.Token);
                }
            }
            catch (Exception failure) when (failure is IOException or SmtpProtocolException or OperationCanceledException)
            {
                // The server has left first: all it has taken it has answered.
            }
            finally
            {
                client.Dispose();
            }
        }

        // What a server says of us (530 who are you, 550 5.7.1 no relaying here), of the way there or of a mailbox that is full (552) does
        // not say that nobody has the address. Where it gives an enhanced status code (RFC 3463) that is more exact.
        private static bool IsBounce(SmtpCommandException refusal) =>
            refusal.ErrorCode == SmtpErrorCode.RecipientNotAccepted
            && (
                EnhancedStatus().IsMatch(refusal.Message)
                    ? NoSuchAddress().IsMatch(refusal.Message)
                    : (int)refusal.StatusCode is 550 or 551 or 553
            );

        [GeneratedRegex(@"\A5\.\d{1,3}\.\d{1,3}")]
        private static partial Regex EnhancedStatus();

        [GeneratedRegex(@"\A5\.(0\.0|1\.([01236]|10)|2\.1)(?!\d)")]
        private static partial Regex NoSuchAddress();
    }
}
