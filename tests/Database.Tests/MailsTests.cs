using Dapper;
using TemporalDelivery.Database.Mails;

namespace TemporalDelivery.Database.Tests;

public sealed class MailsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_one_event_there_is_one_mail_whoever_records_it()
    {
        await using var shop = await Shop.OpenAsync();
        var mail = Mail((await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 1))).OrderId, 1);

        var isKnown = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.Get<MailStore>().RecordAsync(mail, Now)));

        Assert.All(isKnown, Assert.True);
        Assert.Single((await shop.Get<MailStore>().ListAsync(Shop.Ada, null, 10, Now)).Items);
    }

    [Fact]
    public async Task A_mail_says_what_the_tables_say_when_it_is_sent_in_the_language_of_when_it_was_recorded()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2), ("EBOOK-SQL", 1));
        var facts = new MailFacts(Attempt: 1, Cause: "OUT_OF_STOCK");
        await shop.Get<MailStore>().RecordAsync(Mail(order.OrderId, 1) with { Kind = MailKind.OrderFailed, Facts = facts }, Now);
        await shop.ExecuteAsync(
            """
            update orders.customers set language = 'en', email = 'new@example.com', name = 'Countess' where customer_id = @Ada;
            insert into orders.payments (payment_id, order_id, attempt, status, amount_cents) values (gen_random_uuid(), @OrderId, 1, 'REFUNDED', 11099)
            """,
            new { Shop.Ada, order.OrderId }
        );

        var due = Assert.Single(await shop.Get<MailStore>().TakeDueAsync(10, Minute, Now));

        Assert.Equal(("de", "Countess", "new@example.com", false), (due.Language, due.Name, due.Address, due.HasBounced));
        Assert.Equal(facts, due.Facts);
        Assert.Equal(11_099, due.TotalCents);
        Assert.Equal([new("Designing Data-Intensive Applications", 2, 4550), new("SQL in practice (e-book)", 1, 1999)], due.Lines);
        Assert.Equal(new MailPayment("REFUNDED", 11_099), due.Payment);
        Assert.Null(due.Delivery);
    }

    [Fact]
    public async Task Of_each_order_the_first_mail_that_waits_is_due_and_belongs_to_one_sender()
    {
        await using var shop = await Shop.OpenAsync();
        var store = shop.Get<MailStore>();
        Guid[] orders =
        [
            .. (await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1))))).Select(order =>
                order.OrderId
            ),
        ];
        foreach (var (order, index) in orders.Select((order, index) => (order, index)))
        {
            // In whichever order they are recorded, they are sent in that of their events.
            await store.RecordAsync(Mail(order, 101 + index), Now);
            await store.RecordAsync(Mail(order, 1 + index), Now);
        }

        var taken = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => store.TakeDueAsync(2, Minute, Now))))
            .SelectMany(due => due)
            .ToList();
        var all = taken.Concat(await store.TakeDueAsync(10, Minute, Now)).ToList();

        Assert.Equal(orders.Order(), all.Select(due => due.OrderId).Order());
        Assert.Equal(MailState.Sent, await store.SettleAsync(new MailOutcome.Sent(all[0].MailId), Now));
        Assert.Equal([all[0].OrderId], (await store.TakeDueAsync(10, Minute, Now)).Select(due => due.OrderId));
        Assert.Equal([.. Enumerable.Range(1, 6), 101L + Array.IndexOf(orders, all[0].OrderId)], await PositionsAsync(shop, "next_try_at > now() or state = 'SENT'"));
    }

    [Fact]
    public async Task What_nothing_is_told_of_is_due_again_after_its_lease()
    {
        await using var shop = await Shop.OpenAsync();
        var store = shop.Get<MailStore>();
        await store.RecordAsync(Mail((await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1))).OrderId, 1), Now);

        var first = Assert.Single(await store.TakeDueAsync(10, TimeSpan.Zero, Now));
        var second = Assert.Single(await store.TakeDueAsync(10, Minute, Now));

        Assert.Equal(first.MailId, second.MailId);
        Assert.Empty(await store.TakeDueAsync(10, Minute, Now));
    }

    [Fact]
    public async Task What_is_settled_stays_so_whoever_comes_later()
    {
        await using var shop = await Shop.OpenAsync();
        var store = shop.Get<MailStore>();
        await store.RecordAsync(Mail((await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1))).OrderId, 1), Now);
        var mail = Assert.Single(await store.TakeDueAsync(10, Minute, Now)).MailId;

        Assert.Equal(MailState.Sent, await store.SettleAsync(new MailOutcome.Sent(mail), Now));
        Assert.Equal(MailState.Sent, await store.SettleAsync(new MailOutcome.Bounced(mail, "ada@example.com", "550"), Now));

        Assert.Equal("SENT", Assert.Single((await store.ListAsync(null, null, 10, Now)).Items).State);
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from messages.bounced_addresses"));
    }

    [Fact]
    public async Task A_try_that_fails_waits_and_one_that_was_not_made_does_not()
    {
        await using var shop = await Shop.OpenAsync();
        var store = shop.Get<MailStore>();
        await store.RecordAsync(Mail((await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1))).OrderId, 1), Now);
        await shop.ExecuteAsync("update messages.mails set recorded_at = now() - interval '2 days'");
        var mail = Assert.Single(await store.TakeDueAsync(10, Minute, Now)).MailId;

        Assert.Equal(MailState.Waiting, await store.SettleAsync(new MailOutcome.NotTried(mail), Now));
        Assert.Equal(0, Assert.Single(await store.TakeDueAsync(10, Minute, Now)).Tries);
        await shop.ExecuteAsync("update messages.mails set recorded_at = now() - interval '23 hours'");
        Assert.Equal(MailState.Waiting, await store.SettleAsync(new MailOutcome.Failed(mail, new string('x', 9_000), Minute), Now));
        Assert.Empty(await store.TakeDueAsync(10, Minute, Now));
        await shop.ExecuteAsync("update messages.mails set recorded_at = now() - interval '25 hours'");
        Assert.Equal(MailState.GivenUp, await store.SettleAsync(new MailOutcome.Failed(mail, "away", Minute), Now));

        var stored = Assert.Single((await store.ListAsync(null, null, 10, Now)).Items);
        Assert.Equal((2, "away", null), (stored.Tries, stored.LastError, stored.NextTryAt));
        Assert.NotNull(stored.SettledAt);
    }

    [Fact]
    public async Task A_customer_of_another_language_than_those_we_write_cannot_be()
    {
        await using var shop = await Shop.OpenAsync();

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => shop.ExecuteAsync("update orders.customers set language = 'fr'"));
    }

    private static RecordedMail Mail(Guid order, long position) =>
        new(Guid.CreateVersion7(), position, Shop.Ada, order, null, MailKind.OrderAccepted, new());

    private static async Task<IReadOnlyList<long>> PositionsAsync(Shop shop, string condition)
    {
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        return [.. await connection.QueryAsync<long>($"select position from messages.mails where {condition} order by position")];
    }
}
