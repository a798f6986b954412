using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Operators;

namespace TemporalDelivery.Database.Tests;

/// <summary>Messages that do not get on: one task for all of a kind, which is closed when they do.</summary>
public sealed class BacklogTaskTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_that_wait_for_long_to_be_handed_on_are_one_task_per_sender_until_they_are()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into messages.inbox (sender, event_id, aggregate_id, body, received_at, last_error)
            select 'partner', 'evt-' || n, gen_random_uuid(), '{}', now() - interval '1 hour', 'it is away' from generate_series(1, 1000) n;
            insert into messages.inbox (sender, event_id, aggregate_id, body) values ('payments', 'evt-1', gen_random_uuid(), '{}')
            """
        );

        await CheckAsync(shop, 3);
        var (kind, detail) = await shop.SingleAsync<(string, string)>("select kind, detail from orders.operator_tasks");
        await shop.ExecuteAsync("update messages.inbox set handled_at = now(), outcome = 'DELIVERED' where event_id <> 'evt-7'");
        await CheckAsync(shop);
        var whileOneWaits = await OpenAsync(shop);
        await shop.ExecuteAsync("update messages.inbox set handled_at = now(), outcome = 'DELIVERED' where handled_at is null");
        await CheckAsync(shop);

        Assert.Equal("EVENTS_WAITING", kind);
        Assert.StartsWith("event evt-1 of partner about ", detail, StringComparison.Ordinal);
        Assert.EndsWith("to be handed on: it is away", detail, StringComparison.Ordinal);
        Assert.Single(whileOneWaits);
        Assert.Empty(await OpenAsync(shop));
    }

    [Fact]
    public async Task Mails_that_wait_for_an_hour_to_be_sent_are_one_task_until_they_are()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into messages.mails (mail_id, event_id, position, customer_id, order_id, kind, language, facts, recorded_at, last_error)
            select gen_random_uuid(), gen_random_uuid(), n, gen_random_uuid(), gen_random_uuid(), 'ON_ITS_WAY', 'en', '{}',
                now() - n * interval '20 minutes', 'it is away'
            from generate_series(1, 10) n
            """
        );

        await CheckAsync(shop, 3);
        var detail = await shop.SingleAsync<string>("select detail from orders.operator_tasks");
        var open = await OpenAsync(shop);
        await shop.ExecuteAsync("update messages.mails set state = 'SENT', settled_at = now() where position > 2");
        await CheckAsync(shop);

        Assert.StartsWith("mail ON_ITS_WAY of order ", detail, StringComparison.Ordinal);
        Assert.EndsWith("to be sent: it is away", detail, StringComparison.Ordinal);
        Assert.Equal(["mails 1"], open);
        Assert.Empty(await OpenAsync(shop));
    }

    [Fact]
    public async Task Refused_events_are_one_task_per_sender_and_refusal_and_again_when_another_comes_after_the_closing()
    {
        await using var shop = await Shop.OpenAsync();
        await RefusedAsync(shop, "UNROUTABLE", 500);
        await RefusedAsync(shop, "CONFLICTING", 500);

        await CheckAsync(shop, 3);
        var open = await OpenAsync(shop);
        await shop.ExecuteAsync("update orders.operator_tasks set closed_at = now(), closed_by = 'operator:jane'");
        await CheckAsync(shop, 3);
        var afterTheClosing = await OpenAsync(shop);
        await RefusedAsync(shop, "CONFLICTING", 1);
        await CheckAsync(shop, 3);

        Assert.Equal(["inbox/payments/CONFLICTING 1", "inbox/payments/UNROUTABLE 1"], open);
        Assert.Empty(afterTheClosing);
        Assert.Equal(["inbox/payments/CONFLICTING 2"], await OpenAsync(shop));
    }

    [Fact]
    public async Task An_outbox_that_is_not_published_is_a_task_until_it_is()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into messages.outbox (event_id, topic, aggregate_id, payload, recorded_at)
            select gen_random_uuid(), 'order.completed', gen_random_uuid(), '{}', now() - n * interval '6 minutes' from generate_series(1, 5) n
            """
        );

        await CheckAsync(shop, 3);
        var whileItWaits = await OpenAsync(shop);
        await shop.Get<Outbox>().PublishAsync(10, Now);
        await CheckAsync(shop);

        Assert.Equal(["outbox/publishing 1"], whileItWaits);
        Assert.Empty(await OpenAsync(shop));
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_a_task_until_it_does()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into messages.outbox (event_id, topic, aggregate_id, payload, position, published_at)
            select gen_random_uuid(), 'order.completed', gen_random_uuid(), '{}', n, now() - interval '1 hour' from generate_series(1, 3) n
            """
        );

        await CheckAsync(shop, 3);
        var whileItIsBehind = await OpenAsync(shop);
        await shop.ExecuteAsync("update messages.readers set position = 3");
        await CheckAsync(shop);

        Assert.Equal(["outbox/vouchers 1"], whileItIsBehind);
        Assert.EndsWith(
            "nobody has tried; where nobody is to, its row of messages.readers has to be deleted",
            await shop.SingleAsync<string>("select detail from orders.operator_tasks"),
            StringComparison.Ordinal
        );
        Assert.Empty(await OpenAsync(shop));
    }

    [Fact]
    public async Task What_has_only_just_come_is_no_backlog()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into messages.inbox (sender, event_id, aggregate_id, body) values ('partner', 'evt-1', gen_random_uuid(), '{}');
            insert into messages.outbox (event_id, topic, aggregate_id, payload) values (gen_random_uuid(), 't', gen_random_uuid(), '{}');
            insert into messages.outbox (event_id, topic, aggregate_id, payload, position, published_at)
            values (gen_random_uuid(), 't', gen_random_uuid(), '{}', 1, now())
            """
        );

        await CheckAsync(shop);

        Assert.Empty(await OpenAsync(shop));
    }

    private static async Task CheckAsync(Shop shop, int times = 1) => await ShopSteps.AtOnceAsync(times, async () =>
        {
            await shop.Get<BacklogTasks>().CheckAsync(Patience, Now);
            return true;
        });

    private static Task RefusedAsync(Shop shop, string outcome, int count) =>
        shop.ExecuteAsync(
            """
            insert into messages.inbox (sender, event_id, aggregate_id, body, handled_at, outcome, outcome_detail)
            select 'payments', 'evt-' || n, gen_random_uuid(), gen_random_uuid()::text, now(), @outcome, 'it cannot be read'
            from generate_series(1, @count) n
            on conflict do nothing
            """,
            new { outcome, count }
        );

    private static Task<IReadOnlyList<string>> OpenAsync(Shop shop) =>
        shop.ListAsync<string>("select task_key || ' ' || occurrence from orders.operator_tasks where closed_at is null order by task_key");
}
