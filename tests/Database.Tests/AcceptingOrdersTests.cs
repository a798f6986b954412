using System.Text.Json;
using Dapper;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Database.Tests;

public sealed class AcceptingOrdersTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_accepted_order_can_be_read_at_once()
    {
        await using var shop = await Shop.OpenAsync();

        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2), ("EBOOK-SQL", 1));

        var document = await shop.Get<StatusReader>().FindOrderAsync(order.OrderId, Now);
        Assert.NotNull(document);
        Assert.Equal((Shop.Ada, "PENDING", 1L), (document.CustomerId, document.Status, document.Version));
        using var json = JsonDocument.Parse(document.Json);
        Assert.Equal(2 * 4550 + 1999, json.RootElement.GetProperty("totalCents").GetInt32());
        Assert.Equal(
            ["BOOK-DDIA", "EBOOK-SQL"],
            json.RootElement.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("sku").GetString())
        );
        Assert.Equal("ACCEPTED", json.RootElement.GetProperty("history")[0].GetProperty("event").GetString());
        Assert.Equal("Berlin", json.RootElement.GetProperty("deliveryAddress").GetProperty("city").GetString());
        Assert.EndsWith("Z", json.RootElement.GetProperty("placedAt").GetString());
    }

    [Fact]
    public async Task An_accepted_order_is_to_be_started_as_it_was_accepted()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("BOOK-DDIA", 2), ("EBOOK-SQL", 1));

        var start = Assert.Single(await shop.TakeStartsAsync());

        Assert.Equal(
            new TakenStart(
                order.OrderId,
                1,
                order.CustomerId,
                order.Lines.Sum(line => line.TotalCents),
                VoucherCode: null,
                Tries: 0,
                order.Lines.Count
            ),
            start
        );
    }

    [Fact]
    public async Task An_answer_names_the_orders_in_the_order_of_the_request()
    {
        await using var shop = await Shop.OpenAsync();
        var one = await shop.DraftAsync(Shop.Ada, ("BOOK-DDIA", 1));
        AcceptedOrder[] orders = [.. Enumerable.Range(0, 5).Select(_ => one with { OrderId = Guid.NewGuid() })];

        var accepted = Assert.IsType<AcceptResult.Accepted>(await shop.AcceptAsync(orders));

        using var answer = JsonDocument.Parse(accepted.Answer.Body);
        Assert.Equal(
            orders.Select(order => order.OrderId),
            answer.RootElement.EnumerateArray().Select(order => order.GetProperty("orderId").GetGuid())
        );
    }

    [Fact]
    public async Task Many_orders_are_accepted_together_or_not_at_all()
    {
        await using var shop = await Shop.OpenAsync();
        var good = await shop.DraftAsync(Shop.Ada, ("BOOK-DDIA", 1));
        var bad = good with { OrderId = Guid.CreateVersion7(), CustomerId = Guid.CreateVersion7() };

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => shop.AcceptAsync([good, bad]));

        Assert.Null(await shop.Get<StatusReader>().FindOrderAsync(good.OrderId, Now));
        Assert.Empty(await shop.TakeStartsAsync());
    }

    [Fact]
    public async Task The_same_key_and_body_get_the_same_answer_and_store_nothing_more()
    {
        await using var shop = await Shop.OpenAsync();
        var request = new IdempotentRequest("ada POST /orders", "k1", [1, 2, 3]);
        var order = await shop.DraftAsync(Shop.Ada, ("BOOK-DDIA", 1));
        var first = await shop.AcceptAsync([order], request);
        var accepted = Assert.IsType<AcceptResult.Accepted>(first);

        var second = await shop.AcceptAsync([await shop.DraftAsync(Shop.Ada, ("BOOK-DDIA", 1))], request);

        var repeated = Assert.IsType<AcceptResult.Accepted>(second);
        Assert.Equal((201, $"/orders/{order.OrderId}"), (repeated.Answer.StatusCode, repeated.Answer.Location));
        Assert.Equal(accepted.Answer, repeated.Answer);
        Assert.Equal($"[{(await shop.Get<StatusReader>().FindOrderAsync(order.OrderId, Now))!.Json}]", accepted.Answer.Body);
        Assert.Single(await shop.TakeStartsAsync());
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.AcceptAsync([await shop.DraftAsync(Shop.Ada, ("BOOK-DDIA", 1))], new IdempotentRequest("s", "k1", [1]));

        var other = await shop.AcceptAsync([await shop.DraftAsync(Shop.Ada, ("BOOK-DDIA", 9))], new IdempotentRequest("s", "k1", [2]));

        Assert.IsType<AcceptResult.KeyReused>(other);
        Assert.Single(await shop.TakeStartsAsync());
    }

    [Fact]
    public async Task A_key_used_many_times_at_once_accepts_one_order()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.DraftAsync(Shop.Ada, ("BOOK-DDIA", 1));
        var request = new IdempotentRequest("s", "k1", [1]);

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ => Task.Run(() => shop.AcceptAsync([order with { OrderId = Guid.CreateVersion7() }], request), Now))
        );

        Assert.Single(results.Cast<AcceptResult.Accepted>().Distinct());
        Assert.Single(await shop.TakeStartsAsync());
    }

    [Fact]
    public async Task Accepting_wakes_whoever_listens()
    {
        await using var shop = await Shop.OpenAsync();
        await using var listener = await shop.Source.OpenConnectionAsync(Now);
        await listener.ExecuteAsync($"listen {Channels.OrderAccepted}");

        await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));

        Assert.True(await listener.WaitAsync(TimeSpan.FromSeconds(30), Now));
    }

    [Fact]
    public async Task Only_a_failed_order_can_be_retried_and_becomes_its_next_attempt()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        await shop.StartAsync(await shop.TakeStartsAsync());
        var again = new OrderRetry(order.OrderId, Actor.Customer(Shop.Ada), "again");
        Assert.Equal(new RetryResult(null, true), await shop.Get<OrderStore>().RetryAsync(again, null, Now));

        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        await connection.ExecuteAsync("update orders.orders set status = 'FAILED'");
        Assert.Equal(new RetryResult(2, true), await shop.Get<OrderStore>().RetryAsync(again, null, Now));
        Assert.Equal(new RetryResult(null, true), await shop.Get<OrderStore>().RetryAsync(again, null, Now));

        Assert.Equal(2, Assert.Single(await shop.TakeStartsAsync()).Attempt);
        await shop.ProjectAsync();
        var document = await shop.Get<StatusReader>().FindOrderAsync(order.OrderId, Now);
        Assert.Equal("PENDING", document!.Status);
        Assert.Contains("RETRIED", document.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retry_may_name_another_means_of_payment_and_another_voucher_or_none()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        await shop.ExecuteAsync("update orders.orders set status = 'FAILED', voucher_code = 'OLD'");
        var retry = new OrderRetry(order.OrderId, Actor.Customer(Shop.Ada), "again");

        Assert.Equal(("tok_ok", "OLD"), await RetriedAsync(retry));
        Assert.Equal(("tok_new", "OLD"), await RetriedAsync(retry with { PaymentToken = "tok_new" }));
        Assert.Equal(("tok_new", "NEW"), await RetriedAsync(retry with { VoucherCode = "NEW" }));
        Assert.Equal(("tok_new", null), await RetriedAsync(retry with { VoucherCode = "" }));

        async Task<(string, string?)> RetriedAsync(OrderRetry wanted)
        {
            Assert.NotNull((await shop.Get<OrderStore>().RetryAsync(wanted, null, Now)).Attempt);
            await using var connection = await shop.Source.OpenConnectionAsync(Now);
            return await connection.QuerySingleAsync<(string, string?)>(
                "update orders.orders set status = 'FAILED' returning payment_token, voucher_code"
            );
        }
    }

    [Fact]
    public async Task An_order_of_which_something_is_still_to_be_undone_is_not_retried()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        await shop.ExecuteAsync(
            """
            update orders.orders set status = 'FAILED';
            insert into orders.operator_tasks (task_id, task_key, kind, order_id, detail)
            select gen_random_uuid(), 'refund', 'UNDO_FAILED', order_id, 'the money is not back' from orders.orders
            """
        );
        var retry = new OrderRetry(order.OrderId, Actor.Customer(Shop.Ada), "again");

        Assert.Equal(new RetryResult(null, false), await shop.Get<OrderStore>().RetryAsync(retry, null, Now));
        await shop.ExecuteAsync("update orders.operator_tasks set closed_at = now(), closed_by = 'system'");
        Assert.Equal(new RetryResult(2, true), await shop.Get<OrderStore>().RetryAsync(retry, null, Now));
    }

    [Fact]
    public async Task A_retry_and_the_answer_to_its_key_are_one_transaction()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        await shop.ExecuteAsync("update orders.orders set status = 'FAILED'");
        var keys = shop.Get<IdempotencyKeys>();
        var request = new IdempotentRequest("ada retries", "key", [1]);
        Assert.IsType<KeyLookup.Unused>(await keys.ClaimAsync(request, TimeSpan.Zero, Now));

        await shop.Get<OrderStore>().RetryAsync(new(order.OrderId, Actor.Customer(Shop.Ada), "again"), request, Now);

        // The host died before it could say so.
        var answered = Assert.IsType<KeyLookup.Answered>(await keys.ClaimAsync(request, TimeSpan.Zero, Now));
        Assert.Equal(
            new IdempotentAnswer(
                202,
                $"/orders/{order.OrderId}",
                IdempotentAnswer.Json,
                $$"""{"orderId":"{{order.OrderId}}","attempt":2}"""
            ),
            answered.Answer
        );
    }
}
