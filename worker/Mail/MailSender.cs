using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MimeKit;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Mails;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Retries;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Worker.Mail;

/// <summary>
/// Sends what is recorded: at least once, and the mails of an order in their order. A mail that is refused is tried for a day; a mail
/// server that is away delays nothing but mails.
/// </summary>
internal sealed class MailSender(MailStore mails, MailWriter writer, IMailTransport transport, WakeSignals wake, ILogger<MailSender> logger)
    : BackgroundService
{
    private const int Batch = 10;
    private const int MaxError = 500;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MailTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StoringTime = TimeSpan.FromSeconds(5);

    // What a batch has not begun by then is given back. With the last mail and the storing that is well within the lease.
    private static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    // While the process stops, a mail that is being sent has so long to arrive.
    private static readonly TimeSpan AtTheStop = TimeSpan.FromSeconds(5);

    private static readonly Backoff OfTheServer = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30));
    private static readonly Backoff OfAMail = new(TimeSpan.FromSeconds(10), TimeSpan.FromHours(1));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new RetryLoop("Sending mails", logger, OfTheServer).RunAsync(SendAsync, stoppingToken);

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        var due = await mails.TakeDueAsync(Batch, Lease, stoppingToken);
        if (due.Count == 0)
        {
            await wake.WaitAsync(Channels.MailRecorded, Sweep, stoppingToken);
            return;
        }

        var left = new Queue<DueMail>(due);
        try
        {
            await SendAsync(left, stoppingToken);
        }
        finally
        {
            foreach (var mail in left)
            {
                await StoreAsync(new MailOutcome.NotTried(mail.MailId), mail);
            }
        }
    }

    private async Task SendAsync(Queue<DueMail> left, CancellationToken stoppingToken)
    {
        using var batch = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        batch.CancelAfter(BatchTime);
        IMailSession? session = null;
        try
        {
            while (!batch.IsCancellationRequested && left.TryDequeue(out var mail))
            {
                if (Write(mail, out var outcome) is { } message)
                {
                    try
                    {
                        using var deadline = new CancellationTokenSource(MailTime);
                        await using var stop = stoppingToken.Register(() => deadline.CancelAfter(AtTheStop));
                        session ??= await transport.OpenAsync(deadline.Token);
                        outcome = Read(await session.SendAsync(message, deadline.Token), mail);
                    }
                    catch (Exception failure)
                    {
                        // Whether or not it arrived: it is sent again.
                        await StoreAsync(
                            new MailOutcome.Failed(
                                mail.MailId,
                                ForeignText.Cut(failure.Message, MaxError),
                                session is null ? TimeSpan.Zero : Pause(mail)
                            ),
                            mail
                        );
                        throw;
                    }
                }

                await StoreAsync(outcome, mail);
            }
        }
        finally
        {
            if (session is not null)
            {
                await session.DisposeAsync();
            }
        }
    }

    private MimeMessage? Write(DueMail mail, out MailOutcome outcome)
    {
        outcome = new MailOutcome.Suppressed(mail.MailId);
        if (mail.HasBounced)
        {
            return null;
        }

        outcome = new MailOutcome.Bounced(mail.MailId, mail.Address, "this is no address");
        try
        {
            return writer.Write(mail);
        }
        catch (Exception failure)
        {
            // A mistake of ours holds up this mail alone.
            outcome = new MailOutcome.Failed(
                mail.MailId,
                ForeignText.Cut($"it cannot be written: {failure.Message}", MaxError),
                Pause(mail)
            );
            return null;
        }
    }

    private static MailOutcome Read(MailRefusal? refusal, DueMail mail) =>
        refusal switch
        {
            null => new MailOutcome.Sent(mail.MailId),
            { IsBounce: true } => new MailOutcome.Bounced(mail.MailId, mail.Address, ForeignText.Cut(refusal.Reason, MaxError)),
            _ => new MailOutcome.Failed(mail.MailId, ForeignText.Cut(refusal.Reason, MaxError), Pause(mail)),
        };

    // Not cut off by the stop of the process: what was sent should be known to be.
    private async Task StoreAsync(MailOutcome outcome, DueMail mail)
    {
        using var deadline = new CancellationTokenSource(StoringTime);
        var state = await mails.SettleAsync(outcome, deadline.Token);
        if (state is MailState.Bounced or MailState.GivenUp)
        {
            logger.LogWarning(
                "Mail {Kind} of order {OrderId} is {State}: {Reason}",
                mail.Kind.WireName(),
                mail.OrderId,
                state.WireName(),
                outcome.Error
            );
        }
    }

    private static TimeSpan Pause(DueMail mail) => OfAMail.After(mail.Tries + 1);
}
