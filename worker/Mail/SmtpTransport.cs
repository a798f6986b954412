using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace TemporalDelivery.Worker.Mail;

/// <summary>Hands mails to a mail server, a connection per session.</summary>
internal sealed class SmtpTransport(SmtpOptions options) : IMailTransport
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

    private sealed class Session(SmtpClient client) : IMailSession
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

        // What a server says of us (530 who are you, 550 5.7.1 no relaying here) is no word about the recipient.
        private static bool IsBounce(SmtpCommandException refusal) =>
            refusal.ErrorCode == SmtpErrorCode.RecipientNotAccepted
            && (int)refusal.StatusCode is >= 550 and <= 559
            && !refusal.Message.StartsWith("5.7.", StringComparison.Ordinal);
    }
}
