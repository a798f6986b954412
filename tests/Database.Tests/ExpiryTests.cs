using Dapper;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Database.Tests;

public sealed class ExpiryTests
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_keys_are_forgotten_the_oldest_first_and_a_batch_at_a_time()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into orders.idempotency_keys (scope, key, request_hash, status_code, body, created_at)
            select 'scope', n::text, '', 200, '', now() - n * interval '1 day' from generate_series(1, 12) n
            """
        );

        Assert.Equal(3, await shop.Get<ExpiredRecords>().ForgetKeysAsync(Week, 3, Now));
        Assert.Equal("9", await TextAsync(shop, "select max(key::int) from orders.idempotency_keys"));
        Assert.Equal(3, await shop.Get<ExpiredRecords>().ForgetKeysAsync(Week, 100, Now));
        Assert.Equal("6", await TextAsync(shop, "select count(*) from orders.idempotency_keys"));
    }

    [Fact]
    public async Task Events_that_were_not_handed_on_are_never_forgotten()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into messages.inbox (sender, event_id, aggregate_id, body, received_at, handled_at, outcome)
            select 'partner', n::text, gen_random_uuid(), '{}', now() - interval '1 year',
                case when n > 1 then now() - n * interval '3 days' end, case when n > 1 then 'DELIVERED' end
            from generate_series(1, 4) n
            """
        );

        Assert.Equal(2, await shop.Get<ExpiredRecords>().ForgetInboxAsync(Week, 100, Now));

        Assert.Equal("1,2", await TextAsync(shop, "select string_agg(event_id, ',' order by event_id) from messages.inbox"));
    }

    [Fact]
    public async Task An_event_for_others_is_kept_until_every_reader_has_passed_it()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into messages.outbox (event_id, topic, aggregate_id, payload, position, published_at)
            select gen_random_uuid(), 'order.completed', gen_random_uuid(), '{}', n, now() - interval '1 year' from generate_series(1, 5) n;
            insert into messages.readers (reader, position) values ('archive', 4)
            """
        );
        var records = shop.Get<ExpiredRecords>();

        Assert.Equal(0, await records.ForgetOutboxAsync(Week, 100, Now));
        await shop.ExecuteAsync("update messages.readers set position = 2 where reader = 'vouchers'");
        Assert.Equal(2, await records.ForgetOutboxAsync(Week, 100, Now));
        await shop.ExecuteAsync("update messages.readers set position = 5 where reader = 'vouchers'");
        Assert.Equal(2, await records.ForgetOutboxAsync(Week, 100, Now));

        Assert.Equal("5", await TextAsync(shop, "select string_agg(position::text, ',') from messages.outbox"));
    }

    [Fact]
    public async Task Tasks_that_were_closed_long_ago_are_forgotten_with_all_that_happened_to_them()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into orders.operator_tasks (task_id, task_key, kind, detail, opened_at, closed_at, closed_by)
            select gen_random_uuid(), n::text, 'EVENTS_REFUSED', 'nonsense', now() - interval '1 year',
                case when n > 1 then now() - n * interval '3 days' end, case when n > 1 then 'system' end
            from generate_series(1, 4) n
            """
        );

        Assert.Equal(2, await shop.Get<ExpiredRecords>().ForgetTasksAsync(Week, 100, Now));

        Assert.Equal("1,2", await TextAsync(shop, "select string_agg(task_key, ',' order by task_key) from orders.operator_tasks"));
        Assert.Equal("2", await TextAsync(shop, "select count(*) from orders.operator_task_audit"));
    }

    [Fact]
    public async Task Mails_are_forgotten_when_they_were_sent_or_given_up_long_ago()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into messages.mails
                (mail_id, event_id, position, customer_id, order_id, kind, language, facts, state, recorded_at, settled_at)
            select gen_random_uuid(), gen_random_uuid(), n, gen_random_uuid(), gen_random_uuid(), 'ORDER_ACCEPTED', 'en', '{}',
                case when n > 1 then 'SENT' else 'WAITING' end, now() - interval '1 year', case when n > 1 then now() - n * interval '3 days' end
            from generate_series(1, 4) n
            """
        );

        Assert.Equal(2, await shop.Get<ExpiredRecords>().ForgetMailsAsync(Week, 100, Now));

        Assert.Equal("1,2", await TextAsync(shop, "select string_agg(position::text, ',' order by position) from messages.mails"));
    }

    [Fact]
    public async Task The_last_published_event_is_kept_for_the_position_of_the_next()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            update messages.readers set position = 5;
            insert into messages.outbox (event_id, topic, aggregate_id, payload, position, published_at)
            select gen_random_uuid(), 'order.completed', gen_random_uuid(), '{}', n, now() - interval '1 year' from generate_series(1, 5) n;
            insert into messages.outbox (event_id, topic, aggregate_id, payload)
            values (gen_random_uuid(), 'order.completed', gen_random_uuid(), '{}')
            """
        );

        Assert.Equal(4, await shop.Get<ExpiredRecords>().ForgetOutboxAsync(Week, 100, Now));
        Assert.Equal(0, await shop.Get<ExpiredRecords>().ForgetOutboxAsync(Week, 100, Now));

        Assert.Equal(6, Assert.Single(await shop.Get<Outbox>().PublishAsync(10, Now)).Position);
    }

    private static async Task<string?> TextAsync(Shop shop, string sql)
    {
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        return (await connection.ExecuteScalarAsync(sql))?.ToString();
    }
}
