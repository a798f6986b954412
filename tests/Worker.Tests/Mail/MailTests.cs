using System.Net;
using MimeKit;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Worker.Tests.Mail;

public sealed class MailTests(Mailroom mailroom) : IClassFixture<Mailroom>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_that_concerns_a_customer_is_told_in_their_language()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        await using var sending = await room.SendToAsync(server);
        var until = new DateTimeOffset(2026, 12, 5, 14, 30, 0, TimeSpan.Zero);
        var told = new List<string>();

        foreach (var language in (string[])["en", "de"])
        {
            var patron = await room.PatronAsync(language, "Jörg");
            await TellAsync(patron, "order.accepted", new { totalCents = 14550 });
            await room.ParcelAsync(patron, "PICKED_UP", until);
            await TellAsync(patron, "delivery.picked_up", new { deliveryOrderId = patron.Delivery, attempt = 1 });
            await room.ParcelAsync(patron, "DELIVERED", until);
            await TellAsync(patron, "delivery.delivered", new { deliveryOrderId = patron.Delivery, attempt = 1 });
            await TellAsync(
                patron,
                "customer.reminder",
                new
                {
                    deliveryOrderId = patron.Delivery,
                    state = "DELIVERED",
                    until,
                }
            );
            await room.ParcelAsync(patron, "PENDING_BY_OPERATOR");
            await TellAsync(
                patron,
                "delivery.failed",
                new
                {
                    deliveryOrderId = patron.Delivery,
                    attempt = 1,
                    reason = "RECIPIENT_ABSENT",
                }
            );
            await room.PaidAsync(patron, "DECLINED");
            await TellAsync(
                patron,
                "order.failed",
                new
                {
                    attempt = 1,
                    failure = "PAYMENT_DECLINED",
                    reason = "no funds",
                }
            );
            await room.PaidAsync(patron, "REFUNDED");
            await TellAsync(
                patron,
                "order.cancelled",
                new
                {
                    attempt = 1,
                    failure = (string?)null,
                    reason = "changed my mind",
                }
            );
            await TellAsync(patron, "customer.voucher_earned", new { code = "ABCD-EFGH", amountCents = 500 });

            async Task TellAsync(Patron whom, string topic, object more)
            {
                var before = server.Received.Count;
                await room.ReadAsync(whom, topic, more);
                var mail = (await server.UntilAsync(before + 1))[^1];
                var message = mail.Message;
                Assert.Equal($"{whom.Customer}@example.com", mail.Recipient);
                Assert.Equal("Jörg", message.To.Mailboxes.Single().Name);
                Assert.Equal("The shop", message.From.Mailboxes.Single().Name);
                Assert.Equal(language, message.Body!.Headers[HeaderId.ContentLanguage]);
                Assert.Equal(Words(mail.Text), Words(WebUtility.HtmlDecode(StripTags(mail.Html))));
                told.Add($"{message.Subject}\n\n{Anonymous(mail.Text, whom)}");
            }
        }

        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Mail", "mails.txt"), Now),
            string.Join("\n----\n", told)
        );
    }

    [Theory]
    [InlineData("en", "OUT_OF_STOCK", null, 0, "You have not been charged.", "You can try again when it is in stock.")]
    [InlineData("de", "PAYMENT_TIMED_OUT", "VOIDED", 14550, "Ihnen wurde nichts berechnet.", "einer anderen Karte")]
    [InlineData("en", "ORDER_INVALID", "REFUNDED", 0, "You have not been charged.", "no longer sold")]
    [InlineData("en", "SOMETHING_NEW", "REFUNDED", 990, "We have given your 9.90 EUR back.", "something went wrong")]
    [InlineData("de", "UNEXPECTED", "SETTLED", 990, "Ihre 9,90 EUR konnten wir noch nicht zurückzahlen.", "etwas ist schiefgegangen")]
    public async Task Whoever_hears_of_a_failure_hears_of_the_money_and_of_what_can_be_done(
        string language,
        string failure,
        string? payment,
        long cents,
        params string[] sentences
    )
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        await using var sending = await room.SendToAsync(server);
        var patron = await room.PatronAsync(language);
        if (payment is not null)
        {
            await room.PaidAsync(patron, payment, cents);
        }

        await room.ReadAsync(
            patron,
            "order.failed",
            new
            {
                attempt = 1,
                failure,
                reason = "NullReferenceException",
            }
        );

        var text = Assert.Single(await server.UntilAsync(1)).Text;
        Assert.All(sentences, sentence => Assert.Contains(sentence, text, StringComparison.Ordinal));
        Assert.DoesNotContain("NullReferenceException", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_that_comes_after_the_receipt_asks_for_no_PIN_any_more()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        var patron = await room.PatronAsync();
        await room.ParcelAsync(patron, "DELIVERY_CONFIRMED");
        await room.ReadAsync(patron, "delivery.delivered", new { deliveryOrderId = patron.Delivery });

        await using var sending = await room.SendToAsync(server);

        var text = Assert.Single(await server.UntilAsync(1)).Text;
        Assert.DoesNotContain(patron.Pin, text, StringComparison.Ordinal);
        Assert.DoesNotContain("PIN", text, StringComparison.Ordinal);
        Assert.EndsWith("has been delivered.", text.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_customer_is_called_is_text_and_nothing_else()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        await using var sending = await room.SendToAsync(server);
        const string Name = "<script>alert('{{pin}}')</script> & \"Söhne\"";

        await room.ReadAsync(await room.PatronAsync(name: $"{Name}\r\nBcc: all@example.com\n\n"), "order.accepted");

        var mail = Assert.Single(await server.UntilAsync(1));
        var greeting = $"Hello {Name}Bcc: all@example.com,";
        Assert.Contains(greeting, mail.Text, StringComparison.Ordinal);
        Assert.Contains($"<p>{WebUtility.HtmlEncode(greeting)}</p>", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<Data>", mail.Html, StringComparison.Ordinal);
        Assert.Empty(mail.Message.Bcc);
        Assert.Equal($"{Name}Bcc: all@example.com", mail.Message.To.Mailboxes.Single().Name);
    }

    [Fact]
    public async Task An_event_that_is_read_twice_is_one_mail()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        var patron = await room.PatronAsync();
        var accepted = await room.ReadAsync(patron, "order.accepted");
        await room.ReadAsync(accepted);

        await using var sending = await room.SendToAsync(server);
        await room.UntilAsync("SENT", 1);
        await room.ReadAsync(accepted);
        await room.ReadAsync(patron, "order.failed", new { attempt = 1 });
        await server.UntilAsync(2);

        Assert.Equal(["We have your order", "Your order could not be carried out"], server.Received.Select(mail => mail.Message.Subject));
        Assert.Equal($"{accepted.EventId}@shop.example", server.Received[0].Message.MessageId);
    }

    [Fact]
    public async Task A_mail_whose_sender_died_before_it_knew_is_sent_again_and_known_by_its_id()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        await room.ReadAsync(await room.PatronAsync(), "order.accepted");
        await room.ExecuteAsync(
            """
            create function messages.refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end';
            create trigger cut before update of state on messages.mails for each row when (new.state = 'SENT')
                execute function messages.refuse()
            """
        );
        await using (var dying = await room.SendToAsync(server))
        {
            await server.UntilAsync(1);
        }

        await room.ExecuteAsync("drop function messages.refuse cascade; update messages.mails set next_try_at = now()");
        await using var sending = await room.SendToAsync(server);
        await server.UntilAsync(2);
        await room.UntilAsync("SENT", 1);

        Assert.Single(server.Received.Select(mail => (mail.Message.MessageId, mail.Message.Date)).Distinct());
    }

    [Fact]
    public async Task A_mail_whose_receipt_was_not_heard_is_sent_again_and_known_by_its_id()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        server.BeforeAnswer = _ => server.Received.Count == 1 ? throw new IOException("hung up") : Task.CompletedTask;
        await room.ReadAsync(await room.PatronAsync(), "order.accepted");
        await using var sending = await room.SendToAsync(server);
        await room.UntilTriedAsync(1);

        await room.ExecuteAsync("update messages.mails set next_try_at = now()");
        await room.UntilAsync("SENT", 1);

        Assert.Equal(2, server.Received.Count);
        Assert.Single(server.Received.Select(mail => mail.Message.MessageId).Distinct());
        Assert.Equal(2, Assert.Single(await room.StandingAsync()).Tries);
    }

    [Fact]
    public async Task While_the_mail_server_is_away_mails_wait_and_then_come_in_the_order_of_their_events()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        await server.StopAsync();
        await using var sending = await room.SendToAsync(server);
        Patron[] patrons = [.. await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => room.PatronAsync()))];
        var expected = patrons.ToDictionary(patron => $"{patron.Customer}@example.com", _ => new List<string>());
        foreach (var topic in (string[])["order.accepted", "order.failed", "order.cancelled"])
        {
            foreach (var patron in patrons)
            {
                var message = await room.ReadAsync(patron, topic, new { attempt = 1 });
                expected[$"{patron.Customer}@example.com"].Add($"{message.EventId}@shop.example");
            }
        }

        await room.UntilTriedAsync(1);
        server.Listen();
        await room.UntilAsync("SENT", 36);

        Assert.Equal(36, server.Received.Count);
        Assert.All(server.Received.GroupBy(mail => mail.Recipient), mails =>
            Assert.Equal(expected[mails.Key], mails.Select(mail => mail.Message.MessageId))
        );
    }

    [Fact]
    public async Task A_mail_server_that_is_killed_under_load_loses_nothing_and_repeats_by_the_same_id_only()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        await using var sending = await room.SendToAsync(server);
        await using var beside = await room.SendToAsync(server);
        var expected = new List<string>();
        for (var count = 0; count < 60; count++)
        {
            var message = await room.ReadAsync(await room.PatronAsync(), "order.accepted");
            expected.Add($"{message.EventId}@shop.example");
            if (count % 20 == 10)
            {
                await server.StopAsync();
                server.Listen();
            }
        }

        await room.ExecuteAsync("update messages.mails set next_try_at = now() where tries > 0");
        await room.UntilAsync("SENT", 60);

        Assert.Equal(expected.Order(), server.Received.Select(mail => mail.Message.MessageId!).Distinct().Order());
    }

    [Fact]
    public async Task An_address_that_nobody_has_gets_no_further_mail_until_it_is_another()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        server.Refuse = recipient => recipient.StartsWith("gone", StringComparison.Ordinal) ? "550 5.1.1 no such user" : null;
        await using var sending = await room.SendToAsync(server);
        var patron = await room.PatronAsync(address: "gone@example.com");

        await room.ReadAsync(patron, "order.accepted");
        await room.UntilAsync("BOUNCED", 1);
        await room.ReadAsync(patron, "order.failed", new { attempt = 1 });
        await room.UntilAsync("SUPPRESSED", 1);
        await room.ExecuteAsync("update orders.customers set email = 'new@example.com' where customer_id = @Customer", patron);
        await room.ReadAsync(patron, "order.cancelled", new { attempt = 1 });
        await room.UntilAsync("SENT", 1);

        Assert.Equal("new@example.com", Assert.Single(server.Received).Recipient);
        Assert.Equal([("BOUNCED", 1, "550 5.1.1 no such user"), ("SUPPRESSED", 0, null), ("SENT", 1, null)], await room.StandingAsync());
        Assert.Equal($"Mail ORDER_ACCEPTED of order {patron.Order} is BOUNCED: 550 5.1.1 no such user", Assert.Single(room.Warnings));
    }

    [Fact]
    public async Task Who_places_an_order_is_told_and_a_mail_server_that_is_away_holds_up_no_event()
    {
        await using var shop = await Shop.OpenAsync();
        await using var server = SmtpServer.Start();
        await server.StopAsync();
        shop.Settings["Mail:From"] = "shop@shop.example";
        shop.Settings["Mail:Smtp:Host"] = "127.0.0.1";
        shop.Settings["Mail:Smtp:Port"] = $"{server.Port}";
        shop.Settings["Mail:Smtp:Security"] = "None";
        await shop.RelayAsync("127.0.0.1:1");
        await shop.UntilAsync("select count(*) from messages.readers where reader = 'mail'", 1L);

        var order = await shop.PendingAsync("pay_1");
        await shop.UntilAsync("select count(*) from messages.mails where last_error is not null", 1L);
        await shop.UntilAsync(
            "select max(position) = (select position from messages.readers where reader = 'mail') from messages.outbox",
            true
        );
        server.Listen();

        var mail = Assert.Single(await server.UntilAsync(1));
        Assert.Equal(("ada@example.com", "Ihre Bestellung ist bei uns"), (mail.Recipient, mail.Message.Subject));
        Assert.Contains($"{order}", mail.Text, StringComparison.Ordinal);
        await shop.UntilAsync("select state from messages.mails", "SENT");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("@")]
    [InlineData("")]
    public async Task An_address_that_is_none_bounces_here(string address)
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        await using var sending = await room.SendToAsync(server);

        await room.ReadAsync(await room.PatronAsync(address: address), "order.accepted");
        await room.UntilAsync("BOUNCED", 1);

        Assert.Empty(server.Received);
        Assert.Equal("this is no address", Assert.Single(await room.StandingAsync()).Error);
    }

    [Theory]
    [InlineData("451 4.7.1 come back later")]
    [InlineData("550 5.7.1 no relaying here")]
    [InlineData("550 5.1.8 your domain is not known")]
    [InlineData("550 5.2.2 mailbox full")]
    [InlineData("552 mailbox full")]
    [InlineData("554 5.4.14 too many hops")]
    [InlineData("503 5.5.1 not now")]
    public async Task What_says_nothing_of_the_recipient_is_tried_again_for_a_day_and_then_given_up(string refusal)
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        server.Refuse = _ => refusal;
        await using var sending = await room.SendToAsync(server);
        await room.ReadAsync(await room.PatronAsync(), "order.accepted");
        await room.UntilTriedAsync(1);
        var before = Assert.Single(await room.StandingAsync());

        await room.ExecuteAsync("update messages.mails set recorded_at = now() - interval '25 hours', next_try_at = now()");
        await room.UntilAsync("GIVEN_UP", 1);

        Assert.Equal(("WAITING", 1, refusal), before);
        Assert.Equal(("GIVEN_UP", 2, refusal), Assert.Single(await room.StandingAsync()));
        Assert.Contains(refusal, Assert.Single(room.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_kept_as_far_as_a_text_can_bear_it()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        server.Refuse = _ => "451 4.3.0 \0odd";
        await using var sending = await room.SendToAsync(server);

        await room.ReadAsync(await room.PatronAsync(), "order.accepted");
        await room.UntilTriedAsync(1);

        Assert.Equal("451 4.3.0 odd", Assert.Single(await room.StandingAsync()).Error);
    }

    [Theory]
    [InlineData("550 no such user")]
    [InlineData("553 5.1.3 what is that?")]
    [InlineData("550 5.2.1 the mailbox is closed")]
    public async Task What_says_that_nobody_has_the_address_is_a_bounce(string refusal)
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        server.Refuse = _ => refusal;
        await using var sending = await room.SendToAsync(server);

        await room.ReadAsync(await room.PatronAsync(), "order.accepted");
        await room.UntilAsync("BOUNCED", 1);

        Assert.Equal(("BOUNCED", 1, refusal), Assert.Single(await room.StandingAsync()));
    }

    [Fact]
    public async Task A_mail_that_is_refused_holds_up_no_other_order()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        server.Refuse = recipient => recipient.StartsWith("full", StringComparison.Ordinal) ? "452 4.2.2 mailbox full" : null;
        var full = await room.PatronAsync(address: "full@example.com");

        await room.ReadAsync(full, "order.accepted");
        await room.ReadAsync(full, "order.failed", new { attempt = 1 });
        await using var sending = await room.SendToAsync(server);
        await room.ReadAsync(await room.PatronAsync(), "order.accepted");
        await room.UntilAsync("SENT", 1);
        await room.UntilTriedAsync(1);

        Assert.Equal([("WAITING", 1), ("WAITING", 0), ("SENT", 1)], (await room.StandingAsync()).Select(mail => (mail.State, mail.Tries)));
        await room.ExecuteAsync(
            "do $$ begin assert 1 = (select count(distinct next_try_at) from messages.mails where state = 'WAITING'); end $$"
        );
    }

    [Fact]
    public async Task Whoever_is_told_to_sign_in_does()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start(login: "shop:s3cret");
        await room.ReadAsync(await room.PatronAsync(), "order.accepted");
        await using (var wrong = await room.SendToAsync(server, ("Mail:Smtp:User", "shop"), ("Mail:Smtp:Password", "guess")))
        {
            await room.UntilTriedAsync(1);
        }

        await using var right = await room.SendToAsync(server, ("Mail:Smtp:User", "shop"), ("Mail:Smtp:Password", "s3cret"));
        await room.UntilAsync("SENT", 1);

        Assert.Single(server.Received);
    }

    [Fact]
    public async Task Nothing_is_said_in_the_clear_to_a_server_that_cannot_encrypt_unless_that_is_allowed()
    {
        var room = await mailroom.EmptyAsync();
        await using var server = SmtpServer.Start();
        await room.ReadAsync(await room.PatronAsync(), "order.accepted");

        await using var sending = await room.SendToAsync(server, ("Mail:Smtp:Security", "StartTls"));
        await room.UntilTriedAsync(1);

        Assert.Contains("STARTTLS", Assert.Single(await room.StandingAsync()).Error, StringComparison.Ordinal);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task Without_a_mail_server_mails_are_files_one_for_each_event()
    {
        var room = await mailroom.EmptyAsync();
        var folder = Directory.CreateTempSubdirectory("mails-");
        try
        {
            var patron = await room.PatronAsync("de");
            var accepted = await room.ReadAsync(patron, "order.accepted");
            await using var sending = await room.SendAsync(("Mail:Folder", Path.Combine(folder.FullName, "new")));
            await room.UntilAsync("SENT", 1);
            await room.ExecuteAsync("update messages.mails set state = 'WAITING', settled_at = null");
            await room.ReadAsync(patron, "order.cancelled", new { attempt = 1 });
            await room.UntilAsync("SENT", 2);

            var files = Directory.GetFiles(Path.Combine(folder.FullName, "new"));
            Assert.Equal(2, files.Length);
            var message = await MimeMessage.LoadAsync(Path.Combine(folder.FullName, "new", $"{accepted.EventId}.eml"), Now);
            Assert.Equal("Ihre Bestellung ist bei uns", message.Subject);
            Assert.Equal($"{patron.Customer}@example.com", message.To.Mailboxes.Single().Address);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("order.accepted", "null", "it names no customer")]
    [InlineData("order.accepted", "{}", "it names no customer")]
    [InlineData("order.accepted", """{"customerId":"01920000-0000-7000-8000-000000000001"}""", "there is no order")]
    [InlineData("customer.voucher_earned", """{"customerId":"01920000-0000-7000-8000-000000000001","code":"A"}""", "it names no voucher")]
    public async Task An_event_that_is_of_no_use_is_told_as_such(string topic, string payload, string fault)
    {
        var room = await mailroom.EmptyAsync();
        var message = room.Event(await room.PatronAsync(), topic) with { Payload = payload };

        var refusal = await Assert.ThrowsAsync<PoisonMessageException>(() => room.ReadAsync(message));

        Assert.StartsWith(fault, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await room.StandingAsync());
    }

    [Fact]
    public async Task An_order_that_is_another_customers_is_told_to_nobody()
    {
        var room = await mailroom.EmptyAsync();
        var (patron, stranger) = (await room.PatronAsync(), await room.PatronAsync());

        await Assert.ThrowsAsync<PoisonMessageException>(() =>
            room.ReadAsync(patron with { Customer = stranger.Customer }, "order.accepted")
        );
    }

    private static string StripTags(string html) =>
        System.Text.RegularExpressions.Regex.Replace(html[html.IndexOf("<body", StringComparison.Ordinal)..], "<[^>]*>", " ");

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string Anonymous(string text, Patron patron) =>
        text.ReplaceLineEndings("\n").Replace($"{patron.Order}", "ORDER").Replace(patron.Pin, "PIN");
}
