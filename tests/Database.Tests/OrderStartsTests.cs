using Dapper;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.Payments;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class OrderStartsTests
{
    private const int Floor = 50;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Orders_are_taken_in_the_order_of_acceptance()
    {
        await using var shop = await Shop.OpenAsync();
        var orders = await AcceptAsync(shop, 6);

        var first = await shop.TakeStartsAsync(4);
        var second = await shop.TakeStartsAsync(4);

        Assert.Equal(orders, first.Concat(second).Select(start => start.OrderId));
    }

    [Fact]
    public async Task Relays_that_take_at_once_take_each_order_once()
    {
        await using var shop = await Shop.OpenAsync();
        var orders = await AcceptAsync(shop, 40);

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => shop.TakeStartsAsync(), Now)));

        Assert.Equal(orders.Order(), taken.SelectMany(starts => starts).Select(start => start.OrderId).Order());
    }

    [Fact]
    public async Task The_window_closes_however_many_relays_take_and_opens_when_orders_wait_or_end()
    {
        await using var shop = await Shop.OpenAsync();
        await AcceptAsync(shop, Floor + 30);

        var relays = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => shop.TakeStartsAsync(40), Now)));
        var taken = relays.SelectMany(starts => starts).ToList();
        await shop.StartAsync(taken);

        Assert.Equal(Floor, taken.Count);
        Assert.Empty(await shop.TakeStartsAsync());

        await PaymentIsPendingAsync(shop, taken[0]);
        await EndsAsync(shop, taken[1]);

        // Two that have left make room for two, and for as many again until the next two seconds.
        Assert.Equal(4, (await shop.TakeStartsAsync()).Count);
        Assert.Empty(await shop.TakeStartsAsync());
    }

    [Fact]
    public async Task Orders_that_are_stuck_hold_up_nobody()
    {
        await using var shop = await Shop.OpenAsync();
        await AcceptAsync(shop, Floor + 10);
        await shop.StartAsync(await shop.TakeStartsAsync(Floor));
        Assert.Empty(await shop.TakeStartsAsync());

        await shop.ExecuteAsync("update orders.starts set taken_at = taken_at - interval '10 seconds'");

        Assert.Equal(10, (await shop.TakeStartsAsync()).Count);
    }

    [Fact]
    public async Task An_order_that_cannot_be_started_waits_and_lets_the_others_go_by()
    {
        await using var shop = await Shop.OpenAsync();
        var orders = await AcceptAsync(shop, 3);
        var bad = Assert.Single(await shop.TakeStartsAsync(1));

        var next = await shop.Get<OrderStarts>().TakeAsync([Refused(bad, "too large")], 10, Now);

        Assert.Equal(orders.Skip(1), next.Starts.Select(start => start.OrderId));
        await shop.ExecuteAsync("update orders.starts set next_try_at = now() where last_error = 'too large'");
        var again = Assert.Single(await shop.TakeStartsAsync());
        Assert.Equal((bad.OrderId, 1), (again.OrderId, again.Tries));
    }

    [Fact]
    public async Task An_order_that_is_given_back_is_due_at_once_and_has_not_failed()
    {
        await using var shop = await Shop.OpenAsync();
        await AcceptAsync(shop, 1);
        var taken = Assert.Single(await shop.TakeStartsAsync());

        await shop.Get<OrderStarts>().TakeAsync([new(taken.OrderId, 1, StartVerdict.GivenBack, "Temporal is away")], 0, Now);

        var again = Assert.Single(await shop.TakeStartsAsync());
        Assert.Equal((taken.OrderId, 0), (again.OrderId, again.Tries));
    }

    [Fact]
    public async Task An_order_that_is_refused_again_and_again_becomes_an_operators_until_it_is_started()
    {
        await using var shop = await Shop.OpenAsync();
        await AcceptAsync(shop, 1);
        var starts = shop.Get<OrderStarts>();
        var bad = Assert.Single(await shop.TakeStartsAsync());
        for (var tries = 1; tries < OrderStarts.TriesBeforeTask; tries++)
        {
            await starts.TakeAsync([Refused(bad, "too large")], 0, Now);
        }

        await starts.TakeAsync([new(bad.OrderId, 1, StartVerdict.GivenBack, "Temporal is away")], 0, Now);
        Assert.Empty(await TasksAsync(shop));
        await starts.TakeAsync([Refused(bad, "too large")], 0, Now);
        await starts.TakeAsync([Refused(bad, "still too large")], 0, Now);
        Assert.Equal([("ORDER_NOT_STARTED", "its workflow cannot be started: too large", true)], await TasksAsync(shop));

        await shop.StartAsync([bad]);
        Assert.Equal([("ORDER_NOT_STARTED", "its workflow cannot be started: too large", false)], await TasksAsync(shop));
    }

    [Fact]
    public async Task What_a_relay_took_and_never_told_of_is_taken_again_when_the_lease_ends()
    {
        await using var shop = await Shop.OpenAsync();
        await AcceptAsync(shop, 1);
        var taken = Assert.Single(await shop.TakeStartsAsync());
        Assert.Empty(await shop.TakeStartsAsync());

        await shop.ExecuteAsync("update orders.starts set next_try_at = next_try_at - interval '30 seconds'");

        Assert.Equal(taken.OrderId, Assert.Single(await shop.TakeStartsAsync()).OrderId);
    }

    [Fact]
    public async Task A_start_that_is_told_of_after_the_order_was_retried_is_not_the_retrys()
    {
        await using var shop = await Shop.OpenAsync();
        var order = Assert.Single(await AcceptAsync(shop, 1));
        var first = await shop.TakeStartsAsync();
        await shop.ExecuteAsync("update orders.orders set status = 'FAILED'");
        Assert.Equal(2, (await shop.Get<OrderStore>().RetryAsync(new(order, Actor.System, "again"), null, Now)).Attempt);

        await shop.StartAsync(first);
        await EndsAsync(shop, first[0]);

        Assert.Equal(2, Assert.Single(await shop.TakeStartsAsync()).Attempt);
    }

    [Fact]
    public async Task What_has_started_and_waited_is_forgotten_and_what_has_not_is_kept()
    {
        await using var shop = await Shop.OpenAsync();
        var orders = await AcceptAsync(shop, 3);
        var taken = await shop.TakeStartsAsync(2);
        await shop.StartAsync(taken);
        await EndsAsync(shop, taken[0]);
        await shop.ExecuteAsync("update orders.starts set waiting_at = waiting_at - interval '6 seconds'");

        await shop.TakeStartsAsync(1);

        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(
            orders.Skip(1),
            await connection.QueryAsync<Guid>("select order_id from orders.starts order by accepted_at, order_id")
        );
    }

    [Fact]
    public async Task Looking_in_vain_takes_no_transaction_id()
    {
        await using var shop = await Shop.OpenAsync();
        await AcceptAsync(shop, 1);
        await shop.TakeStartsAsync();
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        await using var transaction = await connection.BeginTransactionAsync(Now);

        await connection.ExecuteAsync(OrderStarts.TakeSql, new { limit = 10, Lease = TimeSpan.FromSeconds(30) }, transaction);

        Assert.Null(
            await connection.ExecuteScalarAsync<string?>("select pg_current_xact_id_if_assigned()::text", transaction: transaction)
        );
    }

    private static StartOutcome Refused(TakenStart start, string reason) =>
        new(start.OrderId, start.Attempt, StartVerdict.Refused, reason, TimeSpan.FromHours(1));

    private static async Task<IEnumerable<(string Kind, string Detail, bool IsOpen)>> TasksAsync(Shop shop)
    {
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        return await connection.QueryAsync<(string, string, bool)>("select kind, detail, closed_at is null from orders.operator_tasks");
    }

    private static async Task<IReadOnlyList<Guid>> AcceptAsync(Shop shop, int count)
    {
        var drafts = new List<AcceptedOrder>();
        var one = await shop.DraftAsync(Shop.Ada, ("EBOOK-SQL", 1));
        for (var number = 0; number < count; number++)
        {
            drafts.Add(one with { OrderId = Guid.CreateVersion7() });
        }

        // Some in one request, the others after them.
        await shop.AcceptAsync([.. drafts.Take((count + 1) / 2)]);
        if (count > 1)
        {
            await shop.AcceptAsync([.. drafts.Skip((count + 1) / 2)]);
        }

        return
        [
            .. drafts
                .Take((count + 1) / 2)
                .Select(draft => draft.OrderId)
                .Order()
                .Concat(drafts.Skip((count + 1) / 2).Select(draft => draft.OrderId).Order()),
        ];
    }

    private static async Task PaymentIsPendingAsync(Shop shop, TakenStart order)
    {
        var attempt = new OrderAttempt(order.OrderId, order.Attempt);
        await shop.Get<PaymentStore>().BeginAsync(new(order.OrderId, order.Attempt, DiscountCents: 0), Now);
        await shop.Get<PaymentStore>().StoreAsync(attempt, ChargeOutcome.Pending, "pay_1", null, Now);
    }

    private static Task EndsAsync(Shop shop, TakenStart order) =>
        shop.ExecuteAsync(StartWindow.Leave, new { order.OrderId, order.Attempt });
}
