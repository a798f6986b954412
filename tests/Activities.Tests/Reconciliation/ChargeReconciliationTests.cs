using TemporalDelivery.Activities.Reconciliation;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Reconciliation;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Tests.Reconciliation;

public sealed class PaymentSimulator() : Simulator("payments", "--Pace=1.00:00:00")
{
    protected override Task<Shop> OpenAsync(Uri address) => Shop.OpenAsync(realPayments: address);
}

public sealed class ChargeReconciliationTests(PaymentSimulator payments) : IClassFixture<PaymentSimulator>
{
    private const long Price = 1_999;

    private readonly DateTimeOffset begin = DateTimeOffset.UtcNow;

    [Fact]
    public async Task Books_that_agree_have_no_differences()
    {
        var shop = await payments.EmptyShopAsync();
        foreach (var (token, status) in new[] { ("tok_ok", "SETTLED"), ("tok_declined", "DECLINED"), ("tok_pending", "PENDING") })
        {
            var attempt = await OrderAsync(shop, status == "DECLINED" ? "FAILED" : "PAYMENT_PROCESSING", status);
            await KnowAsync(shop, attempt, await ChargeAsync(attempt, token: token));
        }

        var refunded = await OrderAsync(shop, "CANCELLED", "REFUNDED");
        await KnowAsync(shop, refunded, await RefundAsync(await ChargeAsync(refunded)));
        await OrderAsync(shop, "COMPLETED", "SETTLED", cents: 0);

        // It is asked for by its attempt, and counts in either book.
        await ChargeAsync(await OrderAsync(shop, "COMPLETED", "SETTLED"));

        Assert.Equal(new Reconciled(6, 0, 0), await ReconcileAsync(shop));
        Assert.Empty(await shop.TasksAsync());
    }

    [Theory]
    [InlineData("an order that we do not know", "UnknownHere")]
    [InlineData("an attempt without a payment", "UnknownHere")]
    [InlineData("a second charge", "ChargedTwice")]
    [InlineData("another amount", "Amount")]
    [InlineData("refunded there", "NotSettledThere")]
    [InlineData("declined there", "NotSettledThere")]
    [InlineData("pending there", "NotSettledThere")]
    [InlineData("not known there", "NotSettledThere")]
    [InlineData("given back here, of an order that is complete", "GivenUp")]
    public async Task A_difference_is_one_task_however_often_it_is_seen(string what, string difference)
    {
        var shop = await payments.EmptyShopAsync();
        await DifferAsync(shop, what);

        var first = await ReconcileAsync(shop);
        var second = await ReconcileAsync(shop);

        Assert.Equal((1, 0), (first.Differences, first.Repaired));
        Assert.Equal(first, second);
        Assert.Equal([$"{difference} 1 open"], await shop.TasksAsync());
        Assert.Equal(["OPENED"], await shop.ListAsync<string>("select event from orders.operator_task_audit"));
        Assert.Equal(
            what is not "an order that we do not know",
            await shop.SingleAsync<bool>("select order_id is not null from orders.operator_tasks")
        );
    }

    [Theory]
    [InlineData("DECLINED", "tok_ok", "FAILED")]
    [InlineData("VOIDED", "tok_ok", "CANCELLED")]
    [InlineData("REFUNDED", "tok_ok", "CANCELLED")]
    [InlineData("PENDING", "tok_ok", "FAILED")]
    [InlineData("VOIDED", "tok_pending", "FAILED")]
    [InlineData("VOIDED", "tok_ok", "retried since")]
    public async Task Money_for_an_attempt_that_came_to_nothing_goes_back(string payment, string token, string order)
    {
        var shop = await payments.EmptyShopAsync();
        var attempt = await OrderAsync(shop, order == "retried since" ? "FULFILLMENT" : order, payment);
        if (order == "retried since")
        {
            await shop.ExecuteAsync("update orders.orders set attempt = 2");
        }

        var id = await ChargeAsync(attempt, token: token);

        Assert.Equal(new Reconciled(1, 0, 1), await ReconcileAsync(shop));
        Assert.Equal("refunded", await StatusAsync(id));
        Assert.Equal("REFUNDED", await shop.SingleAsync<string>("select status from orders.payments"));
        Assert.Equal(new Reconciled(1, 0, 0), await ReconcileAsync(shop));
        Assert.Empty(await shop.TasksAsync());
    }

    [Fact]
    public async Task What_an_operator_has_decided_about_is_not_refunded()
    {
        var shop = await payments.EmptyShopAsync();
        var attempt = await OrderAsync(shop, "CANCELLED", "REFUNDED");
        var id = await ChargeAsync(attempt);
        await TaskAsync(shop, attempt, "STEP_OVERDUE");
        await shop.CloseTaskAsync();

        Assert.Equal(new Reconciled(1, 1, 0), await ReconcileAsync(shop));
        Assert.Equal("settled", await StatusAsync(id));
        Assert.Equal(["GivenUp 1 open"], await shop.TasksAsync());
    }

    [Theory]
    [InlineData("UNDO_FAILED")]
    [InlineData("PAYMENT_SETTLED_LATE")]
    public async Task Money_that_an_operator_is_asked_to_give_back_is_no_difference(string kind)
    {
        var shop = await payments.EmptyShopAsync();
        var attempt = await OrderAsync(shop, "CANCELLED", "VOIDED");
        var id = await ChargeAsync(attempt);
        await TaskAsync(shop, attempt, kind);

        Assert.Equal(new Reconciled(1, 0, 0), await ReconcileAsync(shop));
        Assert.Equal("settled", await StatusAsync(id));
    }

    [Theory]
    [InlineData("update orders.orders set updated_at = now() - interval '90 seconds'", 0)]
    [InlineData("update orders.payments set updated_at = now() - interval '90 seconds'", 0)]
    [InlineData("update orders.orders set updated_at = now() - interval '150 seconds'", 1)]
    [InlineData("update orders.orders set undoing = true, status = 'PAYMENT_PROCESSING'", 0)]
    [InlineData("update orders.orders set undoing = true, status = 'PAYMENT_PROCESSING', attempt = 2", 1)]
    [InlineData("update orders.orders set undoing = true", 1)]
    public async Task What_is_under_way_is_not_compared(string change, int found)
    {
        var shop = await payments.EmptyShopAsync();
        var attempt = await OrderAsync(shop, "FAILED", "VOIDED");
        await ChargeAsync(attempt);
        await shop.ExecuteAsync(change);

        Assert.Equal(new Reconciled(1, 0, found), await ReconcileAsync(shop));
    }

    [Fact]
    public async Task A_task_stays_open_while_its_order_is_under_way()
    {
        var shop = await payments.EmptyShopAsync();
        await DifferAsync(shop, "another amount");
        await ReconcileAsync(shop);
        await shop.ExecuteAsync("update orders.orders set updated_at = now()");

        Assert.Equal(0, (await ReconcileAsync(shop)).Differences);
        Assert.Equal(["Amount 1 open"], await shop.TasksAsync());
    }

    [Fact]
    public async Task A_difference_that_is_gone_closes_its_task_and_one_that_comes_back_is_a_new_one()
    {
        var shop = await payments.EmptyShopAsync();
        await DifferAsync(shop, "another amount");
        await ReconcileAsync(shop);

        await shop.ExecuteAsync("update orders.payments set amount_cents = amount_cents - 1");
        Assert.Equal(0, (await ReconcileAsync(shop)).Differences);
        Assert.Equal(["Amount 2 closed by system"], await shop.TasksAsync());

        await shop.ExecuteAsync("update orders.payments set amount_cents = amount_cents + 1");
        Assert.Equal(1, (await ReconcileAsync(shop)).Differences);
        Assert.Equal(1, (await ReconcileAsync(shop)).Differences);
        Assert.Equal(["Amount 2 closed by system", "Amount 1 open"], await shop.TasksAsync());
    }

    [Fact]
    public async Task What_an_operator_has_closed_opens_again_only_when_the_facts_have_changed()
    {
        var shop = await payments.EmptyShopAsync();
        await DifferAsync(shop, "another amount");
        await ReconcileAsync(shop);
        await shop.CloseTaskAsync();

        Assert.Equal(1, (await ReconcileAsync(shop)).Differences);
        Assert.Equal(["Amount 2 closed by operator:jane"], await shop.TasksAsync());

        await shop.ExecuteAsync("update orders.payments set amount_cents = amount_cents + 5, version = version + 1");
        await ReconcileAsync(shop);
        Assert.Equal(["Amount 2 closed by operator:jane", "Amount 1 open"], await shop.TasksAsync());
    }

    [Fact]
    public async Task A_task_is_closed_also_when_its_charge_is_older_than_the_slice()
    {
        var shop = await payments.EmptyShopAsync();
        await DifferAsync(shop, "an attempt without a payment");
        await DifferAsync(shop, "not known there");
        await ReconcileAsync(shop);
        await shop.ExecuteAsync(
            """
            insert into orders.payments (payment_id, order_id, attempt, status, amount_cents, updated_at)
            select gen_random_uuid(), order_id, attempt, 'PENDING', @Price, now() - interval '1 hour' from orders.orders
            on conflict do nothing
            """,
            new { Price }
        );

        var later = new ReconciledSlice(begin.AddHours(1), begin.AddHours(2), IsLast: true);

        await ReconcileAsync(shop, later with { IsLast = false });
        Assert.All(await shop.TasksAsync(), task => Assert.EndsWith("open", task, StringComparison.Ordinal));
        Assert.Equal(new Reconciled(0, 0, 0), await ReconcileAsync(shop, later));
        Assert.Equal(["UnknownHere 2 closed by system", "NotSettledThere 1 open"], await shop.TasksAsync());
    }

    [Fact]
    public async Task A_payment_that_was_charged_in_another_slice_is_asked_for()
    {
        var shop = await payments.EmptyShopAsync();
        var attempt = await OrderAsync(shop, "COMPLETED", "SETTLED");
        await KnowAsync(shop, attempt, await ChargeAsync(attempt));
        var boundary = DateTimeOffset.UtcNow;
        await shop.ExecuteAsync("update orders.payments set payment_id = @Id", new { Id = Guid.CreateVersion7(boundary.AddMinutes(5)) });

        Assert.Equal(new Reconciled(1, 0, 0), await ReconcileAsync(shop, new(boundary, boundary.AddHours(1), IsLast: true)));
    }

    [Fact]
    public async Task Every_page_of_either_book_is_compared()
    {
        var shop = await payments.EmptyShopAsync();
        const int Count = 205;
        await Task.WhenAll(
            Enumerable
                .Range(0, Count)
                .Select(async _ =>
                {
                    var attempt = await OrderAsync(shop, "COMPLETED", "SETTLED");
                    await KnowAsync(shop, attempt, await ChargeAsync(attempt));
                })
        );

        await DifferAsync(shop, "another amount");
        await DifferAsync(shop, "not known there");

        Assert.Equal(new Reconciled(Count + 2, 2, 0), await ReconcileAsync(shop));
        Assert.Equal(["Amount 1 open", "NotSettledThere 1 open"], await shop.TasksAsync());
    }

    [Fact]
    public async Task What_the_provider_says_otherwise_when_asked_once_more_is_no_difference()
    {
        await using var shop = await Shop.OpenAsync();
        var attempt = await OrderAsync(shop, "CANCELLED", "REFUNDED");
        shop.Payments.Answers(200, Listed(attempt)).Answers(200, """{"paymentId":"pay_1","status":"refunded","amountCents":1999}""");

        Assert.Equal(new Reconciled(1, 0, 0), await ReconcileAsync(shop));
        Assert.Equal(["GET /charges", "GET /charges/pay_1"], shop.Payments.Requests.Select(request => request.Call));
    }

    [Fact]
    public async Task What_our_book_says_otherwise_when_read_once_more_is_no_difference()
    {
        await using var shop = await Shop.OpenAsync();
        var attempt = await OrderAsync(shop, "COMPLETED", "VOIDED");
        var changed = new TaskCompletionSource();
        shop.Payments.Answers(200, Listed(attempt)).AnswersAfter(changed.Task, 200, """{"paymentId":"pay_1","status":"settled"}""");

        var reconciling = ReconcileAsync(shop);
        while (shop.Payments.Requests.Count < 2)
        {
            Assert.False(reconciling.IsCompleted);
            await Task.Yield();
        }

        await shop.ExecuteAsync("update orders.payments set status = 'SETTLED', provider_payment_id = 'pay_1'");
        changed.SetResult();

        Assert.Equal(new Reconciled(1, 0, 0), await reconciling);
    }

    [Fact]
    public async Task Money_that_the_provider_does_not_give_back_is_a_task_that_says_why()
    {
        await using var shop = await Shop.OpenAsync();
        var attempt = await OrderAsync(shop, "CANCELLED", "VOIDED");
        shop.Payments.Answers(200, Listed(attempt)).Answers(200, """{"paymentId":"pay_1","status":"settled"}""");
        shop.Payments.Answers(422, """{"detail":"too old"}""");

        Assert.Equal(new Reconciled(1, 1, 0), await ReconcileAsync(shop));
        var asked = shop.Payments.Requests[^1];
        Assert.Equal(("POST /charges/pay_1/refund", $"{attempt}/late/pay_1"), (asked.Call, asked.Key));
        Assert.EndsWith(
            "it could not be refunded: The payment provider does not take our request (422): too old",
            await shop.SingleAsync<string>("select detail from orders.operator_tasks"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_provider_that_cannot_refund_now_is_left_to_the_retries()
    {
        await using var shop = await Shop.OpenAsync();
        var attempt = await OrderAsync(shop, "CANCELLED", "VOIDED");
        shop.Payments.Answers(200, Listed(attempt)).Answers(200, """{"paymentId":"pay_1","status":"settled"}""").Answers(503, "{}");

        await Assert.ThrowsAsync<ApplicationFailureException>(() => ReconcileAsync(shop));
        Assert.Empty(await shop.TasksAsync());
    }

    [Theory]
    [InlineData("""{"next":"7"}""")]
    [InlineData("""{"items":[null]}""")]
    [InlineData("""{"items":[{"paymentId":"pay_1","status":"settled"}]}""")]
    public async Task A_list_that_cannot_be_understood_is_asked_for_again(string answer)
    {
        await using var shop = await Shop.OpenAsync();
        shop.Payments.Answers(200, answer);

        var failure = await Assert.ThrowsAsync<ApplicationFailureException>(() => ReconcileAsync(shop));

        Assert.Equal(("PROVIDER_ANSWER", false), (failure.ErrorType, failure.NonRetryable));
    }

    [Fact]
    public async Task A_list_that_never_ends_is_given_up()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Payments.Answers(200, """{"items":[],"next":"7"}""").Answers(200, """{"items":[],"next":"7"}""");

        await Assert.ThrowsAsync<ApplicationFailureException>(() => ReconcileAsync(shop));
        Assert.Equal(2, shop.Payments.Requests.Count);
    }

    private static string Listed(OrderAttempt attempt) =>
        $$"""
            {"items":[{"paymentId":"pay_1","status":"settled","orderId":"{{attempt.OrderId}}","attempt":{{attempt.Attempt}},"amountCents":1999}]}
            """;

    private async Task DifferAsync(Shop shop, string what)
    {
        if (what == "an order that we do not know")
        {
            await ChargeAsync(new OrderAttempt(Guid.CreateVersion7(), 1));
            return;
        }

        var status = what switch
        {
            "an attempt without a payment" => null,
            "given back here, of an order that is complete" => "REFUNDED",
            _ => "SETTLED",
        };
        var attempt = await OrderAsync(shop, "COMPLETED", status);
        var id = what switch
        {
            "not known there" => $"pay_unknown_{Guid.CreateVersion7()}",
            "another amount" => await ChargeAsync(attempt, cents: Price - 1),
            "declined there" => await ChargeAsync(attempt, token: "tok_declined"),
            "pending there" => await ChargeAsync(attempt, token: "tok_pending"),
            "refunded there" => await RefundAsync(await ChargeAsync(attempt)),
            _ => await ChargeAsync(attempt),
        };
        await KnowAsync(shop, attempt, id);
        if (what == "a second charge")
        {
            await ChargeAsync(attempt, key: $"{attempt}/again");
        }
    }

    private Task<Reconciled> ReconcileAsync(Shop shop, ReconciledSlice? slice = null) =>
        shop.RunAsync<ChargeReconciliation, Reconciled>(books =>
            books.ReconcileChargesAsync(slice ?? new ReconciledSlice(begin, DateTimeOffset.UtcNow.AddMinutes(1), IsLast: true))
        );

    // An order that nothing has happened to for an hour.
    private static async Task<OrderAttempt> OrderAsync(Shop shop, string status, string? payment, long cents = Price)
    {
        var attempt = new OrderAttempt(Guid.CreateVersion7(), 1);
        await shop.ExecuteAsync(
            """
            insert into orders.orders (order_id, customer_id, status, total_cents, item_count, payment_token, updated_at)
            values (@OrderId, @Ada, @status, @cents, 1, 'tok_ok', now() - interval '1 hour');

            insert into orders.payments (payment_id, order_id, attempt, status, amount_cents, updated_at)
            select @PaymentId, @OrderId, 1, @payment, @cents, now() - interval '1 hour'
            where @payment is not null
            """,
            new
            {
                attempt.OrderId,
                Shop.Ada,
                status,
                cents,
                PaymentId = Guid.CreateVersion7(),
                payment,
            }
        );
        return attempt;
    }

    private static Task KnowAsync(Shop shop, OrderAttempt attempt, string paymentId) =>
        shop.ExecuteAsync(
            "update orders.payments set provider_payment_id = @paymentId where order_id = @OrderId and attempt = @Attempt",
            new
            {
                paymentId,
                attempt.OrderId,
                attempt.Attempt,
            }
        );

    private static Task TaskAsync(Shop shop, OrderAttempt attempt, string kind) =>
        shop.ExecuteAsync(
            """
            insert into orders.operator_tasks (task_id, task_key, kind, order_id, detail)
            values (gen_random_uuid(), 'order-' || @OrderId || '/money', @kind, @OrderId, 'see to the money')
            """,
            new { attempt.OrderId, kind }
        );

    private async Task<string> ChargeAsync(OrderAttempt attempt, long cents = Price, string token = "tok_ok", string? key = null)
    {
        var body = new
        {
            attempt.OrderId,
            attempt.Attempt,
            amountCents = cents,
            currency = "EUR",
            paymentToken = token,
        };
        return (await payments.PostAsync("/charges", body, key ?? attempt.ToString())).GetProperty("paymentId").GetString()!;
    }

    private async Task<string> RefundAsync(string id)
    {
        await payments.PostAsync($"/charges/{id}/refund", new { }, $"refund {id}");
        return id;
    }

    private async Task<string?> StatusAsync(string id) => (await payments.GetAsync($"/charges/{id}")).GetProperty("status").GetString();
}
