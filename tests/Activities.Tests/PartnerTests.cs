using TemporalDelivery.Activities.Partner;
using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Tests;

public sealed class PartnerTests
{
    private static readonly Guid Unknown = Guid.CreateVersion7();

    [Fact]
    public async Task A_booking_is_keyed_by_its_delivery_order_and_carries_its_physical_lines()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop);
        shop.Partner.Answers(201, $$"""{"deliveryOrderId":"{{delivery}}","accepted":true}""");

        var result = await BookAsync(shop, delivery);

        Assert.Equal(new BookingResult(true, null), result);
        var asked = Assert.Single(shop.Partner.Requests);
        Assert.Equal(("POST /deliveries", delivery.ToString()), (asked.Call, asked.Key));
        var line = Assert.Single(asked.Body!["lines"]!.AsArray());
        Assert.Equal(("Berlin", "BOOK-DDIA", 2), ((string)asked.Body["address"]!["city"]!, (string)line!["sku"]!, (int)line["quantity"]!));
    }

    [Fact]
    public async Task A_refused_booking_is_an_answer()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop);
        shop.Partner.Answers(200, $$"""{"deliveryOrderId":"{{delivery}}","accepted":false,"reason":"too heavy"}""");

        Assert.Equal(new BookingResult(false, "too heavy"), await BookAsync(shop, delivery));
    }

    [Fact]
    public async Task A_delivery_order_that_is_not_there_is_a_bug_and_not_booked()
    {
        await using var shop = await Shop.OpenAsync();

        var bug = await Assert.ThrowsAsync<UnexpectedStateException>(() => BookAsync(shop, Unknown));

        Assert.True(bug.NonRetryable);
        Assert.Empty(shop.Partner.Requests);
    }

    [Fact]
    public async Task A_partner_that_is_out_of_order_is_left_to_the_retries()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop);
        shop.Partner.Answers(500, "{}");

        await Assert.ThrowsAsync<ApplicationFailureException>(() => BookAsync(shop, delivery));
    }

    [Fact]
    public async Task What_the_partner_knows_comes_with_its_events()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(
            200,
            """
            {"deliveryOrderId":"00000000-0000-0000-0000-000000000001","state":"PICKED_UP","partnerDeliveryNumber":"PD-1",
             "events":[{"eventId":"evt-1","type":"PICKED_UP","partnerDeliveryNumber":"PD-1","occurredAt":"2026-11-21T10:00:00+00:00"}]}
            """
        );

        var report = await AskAsync(shop);

        Assert.True(report.Known);
        Assert.Equal(
            new PartnerEvent(
                "evt-1",
                "PICKED_UP",
                "PD-1",
                null,
                null,
                DateTimeOffset.Parse("2026-11-21T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
            ),
            Assert.Single(report.Events)
        );
    }

    [Fact]
    public async Task What_the_partner_knows_is_proven_by_the_PIN_that_it_was_given()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop);
        var pin = new ReceiptPin([new byte[32]]).Of(delivery);
        shop.Partner.Answers(
            200,
            $$"""
            {"deliveryOrderId":"{{delivery}}","state":"DELIVERED",
             "events":[{"eventId":"evt-1","type":"PICKED_UP","pin":"{{pin}}","occurredAt":"2026-11-21T10:00:00+00:00"},
                       {"eventId":"evt-2","type":"DELIVERED","pin":"{{pin}}","occurredAt":"2026-11-21T10:00:00+00:00"}]}
            """
        );

        var report = await shop.RunAsync<PartnerActivities, PartnerReport>(partner => partner.AskPartnerAsync(new(delivery)));

        Assert.Equal([false, true], report.Events.Select(told => told.IsProven));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"type":"PICKED_UP","occurredAt":"2026-11-21T10:00:00Z"}""")]
    [InlineData("""{"eventId":"","type":"PICKED_UP","occurredAt":"2026-11-21T10:00:00Z"}""")]
    [InlineData("""{"eventId":"evt-1","occurredAt":"2026-11-21T10:00:00Z"}""")]
    [InlineData("""{"eventId":"evt-1","type":"","occurredAt":"2026-11-21T10:00:00Z"}""")]
    [InlineData("""{"eventId":"evt-1","type":"PICKED_UP"}""")]
    public async Task An_event_without_id_type_or_time_is_no_answer_and_asked_for_again(string told)
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(200, $$"""{"state":"PICKED_UP","events":[{{told}}]}""");

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(shop));

        Assert.Contains("has no id, type or time", failure.Message, StringComparison.Ordinal);
        Assert.False(failure is ApplicationFailureException { NonRetryable: true });
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task A_delivery_to_which_nothing_has_happened_has_no_events(string events)
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(200, $$"""{"state":"BOOKED","events":{{events}}}""");

        var report = await AskAsync(shop);

        Assert.True(report.Known);
        Assert.Empty(report.Events);
    }

    [Fact]
    public async Task A_delivery_that_the_partner_does_not_know_is_an_answer()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(404, """{"title":"Not Found"}""");

        var report = await AskAsync(shop);

        Assert.False(report.Known);
        Assert.Empty(report.Events);
    }

    [Theory]
    [InlineData(200, """{"state":"CANCELLED"}""", true)]
    [InlineData(404, """{"title":"Not Found"}""", true)]
    [InlineData(409, """{"title":"Conflict","detail":"Delivery 7 has been picked up."}""", false)]
    [InlineData(409, "", false, "The partner has picked it up.")]
    public async Task A_cancellation_is_refused_only_when_it_was_picked_up(
        int status,
        string body,
        bool cancelled,
        string reason = "Delivery 7 has been picked up."
    )
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(status, body);

        var result = await shop.RunAsync<PartnerActivities, BookingCancellation>(partner => partner.CancelBookingAsync(new(Unknown)));

        Assert.Equal(new BookingCancellation(cancelled, cancelled ? null : reason), result);
    }

    private static async Task<Guid> DeliveryAsync(Shop shop)
    {
        var order = await shop.AdmittedAsync(("EBOOK-SQL", 1), ("BOOK-DDIA", 2));
        shop.Payments.Answers(201, """{"paymentId":"pay_1","status":"settled"}""");
        var charge = await shop.RunAsync<PaymentActivities, ChargeResult>(payments =>
            payments.ChargePaymentAsync(new(order.OrderId, 1, DiscountCents: 0))
        );
        return charge.Delivery!.DeliveryOrderId;
    }

    [Fact]
    public async Task A_delivery_that_has_moved_is_not_booked_again_and_the_answer_says_where_it_stands()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop);
        await shop.SingleAsync<int>(
            $"""
            update deliveries.delivery_orders set state = 'PICKED_UP' where delivery_order_id = '{delivery}';
            insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, actor)
            values ('{delivery}', 'CREATED', 'PICKED_UP', 'PICKED_UP', 'partner');
            select 1
            """
        );

        var result = await BookAsync(shop, delivery);

        Assert.Equal((DeliveryState.PickedUp, true), (result.Standing?.State, result.Standing?.PickedUp));
        Assert.Empty(shop.Partner.Requests);
    }

    [Fact]
    public async Task A_booking_that_is_answered_after_its_order_was_undone_is_cancelled_again()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await OrderAsync(shop);
        var undone = new TaskCompletionSource();
        shop.Partner.AnswersAfter(undone.Task, 201, Accepted(delivery)).Answers(200, """{"state":"CANCELLED"}""");
        var booking = BookAsync(shop, delivery);
        await shop.Partner.AskedAsync();

        await UndoAsync(shop, order);
        undone.SetResult();

        Assert.Equal(DeliveryState.Cancelled, (await booking).Standing?.State);
        Assert.Equal(["POST /deliveries", $"POST /deliveries/{delivery}/cancel"], shop.Partner.Requests.Select(asked => asked.Call));
    }

    [Fact]
    public async Task A_booking_whose_worker_died_before_it_could_be_cancelled_is_cancelled_by_the_next_try()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await OrderAsync(shop);
        shop.Partner.Answers(502, "lost on the way back").Answers(200, """{"state":"CANCELLED"}""");
        await Assert.ThrowsAsync<ApplicationFailureException>(() => BookAsync(shop, delivery));
        await UndoAsync(shop, order);

        var result = await BookAsync(shop, delivery);

        Assert.Equal(DeliveryState.Cancelled, result.Standing?.State);
        Assert.Equal(["POST /deliveries", $"POST /deliveries/{delivery}/cancel"], shop.Partner.Requests.Select(asked => asked.Call));
    }

    [Fact]
    public async Task For_an_order_that_is_being_undone_nothing_is_booked_and_what_an_earlier_try_has_booked_is_cancelled()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await OrderAsync(shop);
        await BeginUndoAsync(shop, order);
        shop.Partner.Answers(200, """{"state":"CANCELLED"}""");

        var result = await BookAsync(shop, delivery);

        Assert.Equal((true, null), (result.IsGivenUp, result.Standing));
        Assert.Equal([$"POST /deliveries/{delivery}/cancel"], shop.Partner.Requests.Select(asked => asked.Call));
    }

    [Fact]
    public async Task A_booking_that_is_answered_when_its_order_is_being_undone_is_cancelled_again()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await OrderAsync(shop);
        var undoing = new TaskCompletionSource();
        shop.Partner.AnswersAfter(undoing.Task, 201, Accepted(delivery)).Answers(200, """{"state":"CANCELLED"}""");
        var booking = BookAsync(shop, delivery);
        await shop.Partner.AskedAsync();

        await BeginUndoAsync(shop, order);
        undoing.SetResult();

        Assert.True((await booking).IsGivenUp);
        Assert.Equal(["POST /deliveries", $"POST /deliveries/{delivery}/cancel"], shop.Partner.Requests.Select(asked => asked.Call));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_parcel_of_an_undone_order_that_was_picked_up_before_its_booking_could_be_cancelled_is_for_people(bool isOver)
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await OrderAsync(shop);
        await (isOver ? UndoAsync(shop, order) : BeginUndoAsync(shop, order));
        shop.Partner.Answers(409, """{"title":"Conflict","detail":"the courier has it"}""");
        shop.Partner.Answers(409, """{"title":"Conflict","detail":"the courier has it"}""");

        var result = await BookAsync(shop, delivery);
        await BookAsync(shop, delivery);

        Assert.False(result.IsGivenUp);
        Assert.Equal(isOver ? DeliveryState.Cancelled : null, result.Standing?.State);
        var (kind, of, detail) = await shop.SingleAsync<(string, Guid, string)>("select kind, order_id, detail from orders.operator_tasks");
        Assert.Equal(("UNDO_FAILED", order), (kind, of));
        Assert.Contains("the courier has it", detail, StringComparison.Ordinal);
    }

    private static string Accepted(Guid delivery) => $$"""{"deliveryOrderId":"{{delivery}}","accepted":true}""";

    private static async Task<(Guid Order, Guid Delivery)> OrderAsync(Shop shop)
    {
        var delivery = await DeliveryAsync(shop);
        return (await shop.SingleAsync<Guid>("select order_id from orders.orders"), delivery);
    }

    private static Task<OrderStanding> UndoAsync(Shop shop, Guid order) =>
        shop.RunAsync<OrderSteps, OrderStanding>(orders => orders.CloseOrderAsync(new(order, 1, null, "enough", Actor.System)));

    private static Task<OrderStanding> BeginUndoAsync(Shop shop, Guid order) =>
        shop.RunAsync<OrderSteps, OrderStanding>(orders =>
            orders.BeginUndoAsync(new(order, 1, OrderFailure.Unexpected, "a fault", Actor.System))
        );

    private static Task<BookingResult> BookAsync(Shop shop, Guid delivery) =>
        shop.RunAsync<PartnerActivities, BookingResult>(partner => partner.BookDeliveryAsync(new(delivery)));

    private static Task<PartnerReport> AskAsync(Shop shop) =>
        shop.RunAsync<PartnerActivities, PartnerReport>(partner => partner.AskPartnerAsync(new(Unknown)));
}
