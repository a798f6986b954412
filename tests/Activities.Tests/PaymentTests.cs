using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Tests;

public sealed class PaymentTests
{
    private const string Settled = """{"paymentId":"pay_1","status":"settled"}""";
    private const string Pending = """{"paymentId":"pay_1","status":"pending"}""";
    private const string Declined = """{"paymentId":"pay_1","status":"declined","reason":"no funds"}""";
    private const string None = "[]";
    private const string Refunded = """{"paymentId":"pay_1","status":"refunded"}""";

    [Fact]
    public async Task A_charge_goes_to_the_provider_under_the_orders_key_and_is_stored()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(201, Settled);

        var result = await ChargeAsync(shop, order);

        Assert.Equal(new ChargeResult(ChargeOutcome.Settled, "pay_1"), result);
        var asked = Assert.Single(shop.Payments.Requests);
        Assert.Equal(("POST /charges", $"{order.OrderId}/1"), (asked.Call, asked.Key));
        Assert.Equal(
            (1999, "EUR", "tok_ok"),
            ((int)asked.Body!["amountCents"]!, (string)asked.Body["currency"]!, (string)asked.Body["paymentToken"]!)
        );
        Assert.Equal(("SETTLED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Fact]
    public async Task A_repeated_charge_gets_the_stored_answer_without_the_provider()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(201, Declined);

        var first = await ChargeAsync(shop, order);
        var second = await ChargeAsync(shop, order);

        Assert.Equal(new ChargeResult(ChargeOutcome.Declined, "pay_1", "no funds"), first);
        Assert.Equal(first, second);
        Assert.Single(shop.Payments.Requests);
    }

    [Fact]
    public async Task A_provider_that_is_out_of_order_is_tried_again_under_the_same_key()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(503, "{}").Answers(201, Settled);

        await Assert.ThrowsAsync<ApplicationFailureException>(() => ChargeAsync(shop, order));
        var result = await ChargeAsync(shop, order);

        Assert.Equal(ChargeOutcome.Settled, result.Outcome);
        Assert.Single(shop.Payments.Requests.Select(asked => asked.Key).Distinct());
        Assert.Equal(("SETTLED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Fact]
    public async Task A_request_that_the_provider_does_not_understand_is_not_tried_again()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(422, """{"title":"bad","detail":"amount"}""");

        var bug = await Assert.ThrowsAsync<ApplicationFailureException>(() => ChargeAsync(shop, order));

        Assert.True(bug.NonRetryable);
        Assert.Contains("422", bug.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_voucher_takes_off_is_not_charged()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync("SAVE-5", ("EBOOK-SQL", 1));
        shop.Payments.Answers(503, "{}").Answers(201, Settled);

        await Assert.ThrowsAsync<ApplicationFailureException>(() => ChargeAsync(shop, order, discount: 500));
        await ChargeAsync(shop, order, discount: 500);

        Assert.Equal([1499, 1499], shop.Payments.Requests.Select(asked => (int)asked.Body!["amountCents"]!));
        Assert.Equal(("SETTLED", "pay_1", 1499L), await PaymentAsync(shop));
        Assert.Equal(500, await shop.SingleAsync<long>("select discount_cents from orders.orders"));
    }

    [Fact]
    public async Task Nothing_to_pay_is_settled_without_the_provider()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync("SAVE-5", ("EBOOK-SQL", 1));

        var result = await ChargeAsync(shop, order, discount: 1999);
        var status = await StatusAsync(shop);
        await RefundAsync(shop, order);

        Assert.Equal(new ChargeResult(ChargeOutcome.Settled, null), result);
        Assert.Equal("FULFILLMENT", status);
        Assert.Empty(shop.Payments.Requests);
        Assert.Equal(("REFUNDED", 0L), await shop.SingleAsync<(string, long)>("select status, amount_cents from orders.payments"));
    }

    [Theory]
    [InlineData("the charge")]
    [InlineData("the provider when asked")]
    [InlineData("the provider's event")]
    public async Task Whoever_tells_that_a_charge_is_settled_the_order_is_in_fulfilment_with_its_delivery_order(string teller)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1), ("BOOK-DDIA", 1));
        shop.Payments.Answers(201, teller == "the charge" ? Settled : Pending).Answers(200, Found(Settled));

        var results = new List<ChargeResult> { await ChargeAsync(shop, order) };
        var before = await StatusAsync(shop);
        results.Add(
            teller switch
            {
                "the charge" => await ChargeAsync(shop, order),
                "the provider when asked" => await CheckAsync(shop, order),
                _ => await OutcomeAsync(shop, order, ChargeOutcome.Settled),
            }
        );
        results.Add(await ChargeAsync(shop, order));
        results.Add(await CheckAsync(shop, order));
        results.Add(await OutcomeAsync(shop, order, ChargeOutcome.Declined));

        var told = teller == "the charge" ? results : results.Skip(1);
        var result = Assert.Single(told.Distinct());
        Assert.Equal(ChargeOutcome.Settled, result.Outcome);
        Assert.Equal(
            result.Delivery!.DeliveryOrderId,
            await shop.SingleAsync<Guid>("select delivery_order_id from deliveries.delivery_orders")
        );
        Assert.Equal(1, await shop.SingleAsync<int>("select count(*) from orders.digital_grants"));
        Assert.Equal((teller == "the charge" ? "FULFILLMENT" : "PAYMENT_PROCESSING", "FULFILLMENT"), (before, await StatusAsync(shop)));
    }

    [Fact]
    public async Task A_charge_of_an_order_that_is_being_undone_is_stored_and_given_back_and_moves_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1), ("BOOK-DDIA", 1));
        shop.Payments.Answers(201, Settled).Answers(200, Found(Settled)).Answers(200, Refunded);
        await BeginUndoAsync(shop, order);

        var result = await ChargeAsync(shop, order);
        var stored = await PaymentAsync(shop);
        await RefundAsync(shop, order);

        Assert.Equal(new ChargeResult(ChargeOutcome.Settled, "pay_1"), result);
        Assert.Equal(("SETTLED", "pay_1", 1999L + 4550), stored);
        Assert.Equal(("REFUNDED", "pay_1", 1999L + 4550), await PaymentAsync(shop));
        Assert.Equal("PAYMENT_PROCESSING", await StatusAsync(shop));
        Assert.Equal(0, await shop.SingleAsync<int>("select count(*) from deliveries.delivery_orders"));
        Assert.Equal(0, await shop.SingleAsync<int>("select count(*) from orders.digital_grants"));
    }

    [Fact]
    public async Task A_pending_charge_is_settled_by_the_providers_event_once()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(201, Pending);
        Assert.Equal(ChargeOutcome.Pending, (await ChargeAsync(shop, order)).Outcome);

        await OutcomeAsync(shop, order, ChargeOutcome.Settled);
        await OutcomeAsync(shop, order, ChargeOutcome.Settled);
        await OutcomeAsync(shop, order, ChargeOutcome.Declined);

        Assert.Equal(("SETTLED", "pay_1", 1999L), await PaymentAsync(shop));
        Assert.Equal(ChargeOutcome.Settled, (await CheckAsync(shop, order)).Outcome);
    }

    [Fact]
    public async Task Asking_how_a_pending_charge_stands_stores_the_answer()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(201, Pending).Answers(200, Found(Pending)).Answers(200, Found(Declined));
        await ChargeAsync(shop, order);

        Assert.Equal(ChargeOutcome.Pending, (await CheckAsync(shop, order)).Outcome);
        Assert.Equal(ChargeOutcome.Declined, (await CheckAsync(shop, order)).Outcome);
        Assert.Equal(ChargeOutcome.Declined, (await CheckAsync(shop, order)).Outcome);

        Assert.Equal(["POST /charges", "GET /charges", "GET /charges"], shop.Payments.Requests.Select(asked => asked.Call));
    }

    [Fact]
    public async Task What_was_granted_is_revoked_before_the_money_is_given_back_and_that_is_once()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(201, Settled)
            .Answers(200, Found(Settled))
            .Answers(503, "{}")
            .Answers(200, Found(Settled))
            .Answers(200, Refunded);
        await ChargeAsync(shop, order);

        await Assert.ThrowsAsync<ApplicationFailureException>(() => RefundAsync(shop, order));
        Assert.Equal(("SETTLED", "pay_1", 1999L), await PaymentAsync(shop));
        Assert.True(await shop.SingleAsync<bool>("select revoked_at is not null from orders.digital_grants"));
        await RefundAsync(shop, order);
        await RefundAsync(shop, order);

        Assert.Equal(
            [$"{order.OrderId}/1/refund", $"{order.OrderId}/1/refund"],
            shop.Payments.Requests.Where(asked => asked.Call == "POST /charges/pay_1/refund").Select(asked => asked.Key)
        );
        Assert.Equal(("REFUNDED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Fact]
    public async Task A_pending_charge_is_voided()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(201, Pending).Answers(200, Found(Pending)).Answers(200, Refunded);
        await ChargeAsync(shop, order);

        await RefundAsync(shop, order);

        Assert.Equal(("VOIDED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Fact]
    public async Task A_declined_charge_has_nothing_to_give_back()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(201, Declined);
        await ChargeAsync(shop, order);

        await RefundAsync(shop, order);

        Assert.Single(shop.Payments.Requests);
        Assert.Equal(("DECLINED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Theory]
    [InlineData("the refund")]
    [InlineData("the beginning of the undo")]
    public async Task A_first_charge_that_comes_after_charges_nothing(string after)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync("SAVE-5", ("EBOOK-SQL", 1));
        await (after == "the refund" ? RefundAsync(shop, order) : BeginUndoAsync(shop, order));

        var late = await ChargeAsync(shop, order, discount: 500);
        await RefundAsync(shop, order);

        Assert.Equal(ChargeOutcome.Declined, late.Outcome);
        Assert.Empty(shop.Payments.Requests);
        Assert.Equal("VOIDED", await shop.SingleAsync<string>("select status from orders.payments"));
    }

    [Fact]
    public async Task A_charge_whose_answer_was_lost_is_found_by_its_order_and_given_back()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(502, "lost on the way back").Answers(200, Found(Settled)).Answers(200, Refunded);
        await Assert.ThrowsAsync<ApplicationFailureException>(() => ChargeAsync(shop, order));

        await RefundAsync(shop, order);

        Assert.Equal(["POST /charges", "GET /charges", "POST /charges/pay_1/refund"], shop.Payments.Requests.Select(asked => asked.Call));
        Assert.Equal(("REFUNDED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Fact]
    public async Task What_was_never_charged_is_voided_without_a_charge()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(200, None);

        await RefundAsync(shop, order);

        Assert.Equal(["GET /charges"], shop.Payments.Requests.Select(asked => asked.Call));
        Assert.Equal("VOIDED", await shop.SingleAsync<string>("select status from orders.payments"));
    }

    [Fact]
    public async Task A_pending_charge_that_the_provider_has_declined_meanwhile_has_nothing_to_give_back()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(201, Pending).Answers(200, Found(Declined));
        await ChargeAsync(shop, order);

        await RefundAsync(shop, order);

        Assert.Equal(["POST /charges", "GET /charges"], shop.Payments.Requests.Select(asked => asked.Call));
        Assert.Equal(("DECLINED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Theory]
    [InlineData(Settled, "REFUNDED")]
    [InlineData(Pending, "VOIDED")]
    public async Task A_charge_that_was_given_back_before_is_not_given_back_again(string charged, string stored)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(201, charged).Answers(200, Found(Refunded));
        await ChargeAsync(shop, order);

        await RefundAsync(shop, order);

        Assert.Equal(["POST /charges", "GET /charges"], shop.Payments.Requests.Select(asked => asked.Call));
        Assert.Equal((stored, "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Theory]
    [InlineData(None)]
    [InlineData($"[{Declined}]")]
    public async Task A_provider_that_contradicts_itself_is_for_people(string found)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(201, Settled).Answers(200, found);
        await ChargeAsync(shop, order);

        var failure = await Assert.ThrowsAsync<ApplicationFailureException>(() => RefundAsync(shop, order));

        Assert.True(failure.NonRetryable);
        Assert.Equal(("SETTLED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Theory]
    [InlineData(Settled)]
    [InlineData(Pending)]
    public async Task A_charge_that_arrives_after_the_undo_has_found_none_is_given_back_where_it_is_stored(string charged)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        var undone = new TaskCompletionSource();
        shop.Payments.AnswersAfter(undone.Task, 201, charged).Answers(200, None).Answers(200, Refunded);
        var late = ChargeAsync(shop, order);
        await shop.Payments.AskedAsync();

        await RefundAsync(shop, order);
        undone.SetResult();

        Assert.Equal(ChargeOutcome.Declined, (await late).Outcome);
        Assert.Equal(["POST /charges", "GET /charges", "POST /charges/pay_1/refund"], shop.Payments.Requests.Select(asked => asked.Call));
        Assert.Equal("VOIDED", await shop.SingleAsync<string>("select status from orders.payments"));
    }

    [Fact]
    public async Task A_charge_that_is_stored_while_the_undo_asks_for_it_is_given_back()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        var charged = new TaskCompletionSource();
        shop.Payments.AnswersAfter(charged.Task, 200, None).Answers(201, Settled).Answers(200, Found(Settled)).Answers(200, Refunded);
        await BeginUndoAsync(shop, order);
        var undo = RefundAsync(shop, order);
        await shop.Payments.AskedAsync();

        await ChargeAsync(shop, order);
        charged.SetResult();
        await undo;

        Assert.Equal("POST /charges/pay_1/refund", shop.Payments.Requests[^1].Call);
        Assert.Equal(("REFUNDED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Theory]
    [InlineData(Settled)]
    [InlineData(Pending)]
    public async Task A_charge_that_arrived_after_the_undo_and_was_not_stored_is_given_back_by_its_next_try(string charged)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(502, "lost on the way").Answers(200, None).Answers(200, Found(charged)).Answers(200, Refunded);
        await Assert.ThrowsAsync<ApplicationFailureException>(() => ChargeAsync(shop, order));
        await RefundAsync(shop, order);

        var late = await ChargeAsync(shop, order);

        Assert.Equal(ChargeOutcome.Declined, late.Outcome);
        Assert.Equal("POST /charges/pay_1/refund", shop.Payments.Requests[^1].Call);
        Assert.Equal(("VOIDED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    [Fact]
    public async Task A_late_charge_whose_giving_back_was_not_stored_is_stored_by_the_next_try()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1));
        shop.Payments.Answers(200, None).Answers(200, Found(Refunded));
        await RefundAsync(shop, order);

        var late = await ChargeAsync(shop, order);

        Assert.Equal(ChargeOutcome.Declined, late.Outcome);
        Assert.Equal(["GET /charges", "GET /charges"], shop.Payments.Requests.Select(asked => asked.Call));
        Assert.Equal(("VOIDED", "pay_1", 1999L), await PaymentAsync(shop));
    }

    private static string Found(string charge) => $"[{charge}]";

    private static Task<ChargeResult> ChargeAsync(Shop shop, AcceptedOrder order, long discount = 0) =>
        shop.RunAsync<PaymentActivities, ChargeResult>(payments => payments.ChargePaymentAsync(new(order.OrderId, 1, discount)));

    private static Task<ChargeResult> CheckAsync(Shop shop, AcceptedOrder order) =>
        shop.RunAsync<PaymentActivities, ChargeResult>(payments => payments.CheckPaymentAsync(new(order.OrderId, 1)));

    private static Task<ChargeResult> OutcomeAsync(Shop shop, AcceptedOrder order, ChargeOutcome outcome) =>
        shop.RunAsync<PaymentActivities, ChargeResult>(payments =>
            payments.RecordPaymentOutcomeAsync(new(new(order.OrderId, 1, 0), "pay_1", outcome, null))
        );

    private static Task RefundAsync(Shop shop, AcceptedOrder order) =>
        shop.RunAsync<PaymentActivities>(payments => payments.RefundPaymentAsync(new(order.OrderId, 1, "cancelled")));

    private static Task<OrderStanding> BeginUndoAsync(Shop shop, AcceptedOrder order) =>
        shop.RunAsync<OrderSteps, OrderStanding>(orders =>
            orders.BeginUndoAsync(new(order.OrderId, 1, OrderFailure.Unexpected, "a fault", Actor.System))
        );

    private static Task<string> StatusAsync(Shop shop) => shop.SingleAsync<string>("select status from orders.orders");

    private static Task<(string, string, long)> PaymentAsync(Shop shop) =>
        shop.SingleAsync<(string, string, long)>("select status, provider_payment_id, amount_cents from orders.payments");
}
