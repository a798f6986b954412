using TemporalDelivery.Activities.Reconciliation;
using TemporalDelivery.Workflows.Reconciliation;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Tests.Reconciliation;

/// <summary>A partner whose couriers never come.</summary>
public sealed class PartnerSimulator() : Simulator("partner", "--Pace=1.00:00:00", "--FailureRate=0")
{
    protected override Task<Shop> OpenAsync(Uri address) => Shop.OpenAsync(realPartner: address);
}

public sealed class ParcelReconciliationTests(PartnerSimulator partner) : IClassFixture<PartnerSimulator>
{
    private readonly DateTimeOffset begin = DateTimeOffset.UtcNow;

    [Fact]
    public async Task Books_that_agree_have_no_differences()
    {
        var shop = await partner.EmptyShopAsync();
        await BookAsync(await DeliveryAsync(shop, "CREATED"));
        await BookAsync(await DeliveryAsync(shop, "PICKED_UP", hasLeft: true));
        await BookAsync(await DeliveryAsync(shop, "PENDING_BY_OPERATOR"));
        await CancelAsync(await BookAsync(await DeliveryAsync(shop, "CANCELLED")));

        // Its booking is on its way; and an operator has said what became of the goods of the other.
        await DeliveryAsync(shop, "CREATED");
        await DeliveryAsync(shop, "PENDING_BY_OPERATOR");
        await DeliveryAsync(shop, "SUPERSEDED", hasLeft: true);
        await CancelAsync(await BookAsync(await DeliveryAsync(shop, "SUPERSEDED", hasLeft: true)));

        Assert.Equal(new Reconciled(5, 0, 0), await ReconcileAsync(shop));
        Assert.Empty(await shop.TasksAsync());
    }

    [Theory]
    [InlineData("PICKED_UP")]
    [InlineData("DELIVERED")]
    [InlineData("DELIVERY_FAILED")]
    [InlineData("PENDING_BY_OPERATOR")]
    [InlineData("DELIVERY_CONFIRMED")]
    public async Task A_parcel_that_has_left_and_that_the_partner_does_not_have_is_one_task_however_often_it_is_seen(string state)
    {
        var shop = await partner.EmptyShopAsync();
        await DeliveryAsync(shop, state, hasLeft: true);

        var first = await ReconcileAsync(shop);
        var second = await ReconcileAsync(shop);

        Assert.Equal(new Reconciled(1, 1, 0), first);
        Assert.Equal(first, second);
        Assert.Equal(["NotCarriedThere 1 open"], await shop.TasksAsync());
        Assert.Equal(["OPENED"], await shop.ListAsync<string>("select event from orders.operator_task_audit"));
        Assert.Equal(
            1,
            await shop.SingleAsync<int>(
                "select count(*) from orders.operator_tasks join deliveries.delivery_orders d using (order_id, delivery_order_id)"
            )
        );
    }

    [Fact]
    public async Task A_parcel_that_has_left_and_that_the_partner_has_cancelled_is_a_task()
    {
        var shop = await partner.EmptyShopAsync();
        await CancelAsync(await BookAsync(await DeliveryAsync(shop, "PICKED_UP", hasLeft: true)));

        Assert.Equal(new Reconciled(1, 1, 0), await ReconcileAsync(shop));
        Assert.Equal(["NotCarriedThere 1 open"], await shop.TasksAsync());
    }

    [Fact]
    public async Task A_booking_of_a_delivery_that_we_do_not_know_is_a_task()
    {
        var shop = await partner.EmptyShopAsync();
        var unknown = await BookAsync(Guid.CreateVersion7());

        Assert.Equal(new Reconciled(1, 1, 0), await ReconcileAsync(shop));
        Assert.Equal(["UnknownHere 1 open"], await shop.TasksAsync());
        Assert.Equal("BOOKED", await StateAsync(unknown));
    }

    [Theory]
    [InlineData("CANCELLED")]
    [InlineData("SUPERSEDED")]
    public async Task A_booking_of_a_delivery_that_was_given_up_is_cancelled(string state)
    {
        var shop = await partner.EmptyShopAsync();
        var delivery = await BookAsync(await DeliveryAsync(shop, state));

        Assert.Equal(new Reconciled(1, 0, 1), await ReconcileAsync(shop));
        Assert.Equal("CANCELLED", await StateAsync(delivery));
        Assert.Equal(new Reconciled(1, 0, 0), await ReconcileAsync(shop));
        Assert.Empty(await shop.TasksAsync());
    }

    [Theory]
    [InlineData("update deliveries.delivery_orders set updated_at = now() - interval '90 seconds'", 0)]
    [InlineData("update orders.orders set updated_at = now() - interval '90 seconds'", 0)]
    [InlineData("update orders.orders set updated_at = now() - interval '150 seconds'", 1)]
    [InlineData("update orders.orders set undoing = true", 0)]
    [InlineData("update orders.orders set undoing = true, attempt = 2", 1)]
    [InlineData("update orders.orders set undoing = true, status = 'CANCELLED'", 1)]
    public async Task What_is_under_way_is_not_compared(string change, int found)
    {
        var shop = await partner.EmptyShopAsync();
        await BookAsync(await DeliveryAsync(shop, "CANCELLED"));
        await shop.ExecuteAsync(change);

        Assert.Equal(new Reconciled(1, 0, found), await ReconcileAsync(shop));
    }

    [Fact]
    public async Task A_difference_that_is_gone_closes_its_task_also_when_the_parcel_is_older_than_the_slice()
    {
        var shop = await partner.EmptyShopAsync();
        var delivery = await DeliveryAsync(shop, "PICKED_UP", hasLeft: true);
        await DeliveryAsync(shop, "PICKED_UP", hasLeft: true);
        await ReconcileAsync(shop);
        await BookAsync(delivery);

        var later = new ReconciledSlice(begin.AddHours(1), begin.AddHours(2), IsLast: true);

        await ReconcileAsync(shop, later with { IsLast = false });
        Assert.All(await shop.TasksAsync(), task => Assert.EndsWith("open", task, StringComparison.Ordinal));
        Assert.Equal(new Reconciled(0, 0, 0), await ReconcileAsync(shop, later));
        Assert.Equal(["NotCarriedThere 2 closed by system", "NotCarriedThere 1 open"], await shop.TasksAsync());
    }

    [Fact]
    public async Task What_an_operator_has_closed_opens_again_only_when_the_facts_have_changed()
    {
        var shop = await partner.EmptyShopAsync();
        await DeliveryAsync(shop, "PICKED_UP", hasLeft: true);
        await ReconcileAsync(shop);
        await shop.CloseTaskAsync();

        Assert.Equal(1, (await ReconcileAsync(shop)).Differences);
        Assert.Single(await shop.TasksAsync());

        await shop.ExecuteAsync("update deliveries.delivery_orders set state = 'DELIVERED', version = version + 1");
        await ReconcileAsync(shop);
        Assert.Equal(["NotCarriedThere 2 closed by operator:jane", "NotCarriedThere 1 open"], await shop.TasksAsync());
    }

    [Fact]
    public async Task A_parcel_that_was_booked_in_another_slice_is_asked_for()
    {
        var shop = await partner.EmptyShopAsync();
        var boundary = DateTimeOffset.UtcNow.AddMinutes(5);
        await BookAsync(await DeliveryAsync(shop, "PICKED_UP", hasLeft: true, id: Guid.CreateVersion7(boundary.AddMinutes(5))));

        Assert.Equal(new Reconciled(1, 0, 0), await ReconcileAsync(shop, new(boundary, boundary.AddHours(1), IsLast: true)));
    }

    [Fact]
    public async Task Every_page_of_either_book_is_compared()
    {
        var shop = await partner.EmptyShopAsync();
        const int Count = 205;
        await Task.WhenAll(
            Enumerable.Range(0, Count).Select(async _ => await BookAsync(await DeliveryAsync(shop, "PICKED_UP", hasLeft: true)))
        );

        await BookAsync(await DeliveryAsync(shop, "CANCELLED"));
        await DeliveryAsync(shop, "PICKED_UP", hasLeft: true);

        Assert.Equal(new Reconciled(Count + 2, 1, 1), await ReconcileAsync(shop));
    }

    [Theory]
    [InlineData("PICKED_UP", "GivenUp 1 open")]
    [InlineData("DELIVERED", "GivenUp 1 open")]
    [InlineData("FAILED", null)]
    [InlineData("CANCELLED", null)]
    [InlineData("REFUSED", null)]
    public async Task A_parcel_that_has_left_of_a_delivery_that_was_given_up_is_a_task(string state, string? task)
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop, "CANCELLED");
        shop.Partner.Answers(200, Listed(delivery, state)).Answers(200, Booking(delivery, state));

        Assert.Equal(new Reconciled(1, task is null ? 0 : 1, 0), await ReconcileAsync(shop));
        Assert.Equal(task is null ? [] : [task], await shop.TasksAsync());
    }

    [Fact]
    public async Task A_parcel_of_whose_late_arrival_an_operator_was_told_is_no_difference()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop, "CANCELLED");
        shop.Partner.Answers(200, Listed(delivery, "DELIVERED")).Answers(200, Booking(delivery, "DELIVERED"));
        await shop.ExecuteAsync(
            """
            insert into orders.operator_tasks (task_id, task_key, kind, detail)
            values (gen_random_uuid(), 'delivery-' || @delivery || '/arrived-late', 'PARCEL_ARRIVED_LATE', 'it is there')
            """,
            new { delivery }
        );

        Assert.Equal(new Reconciled(1, 0, 0), await ReconcileAsync(shop));
    }

    [Fact]
    public async Task A_booking_that_the_partner_does_not_cancel_is_a_task_that_says_why()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop, "CANCELLED");
        shop.Partner.Answers(200, Listed(delivery, "BOOKED")).Answers(200, Booking(delivery, "BOOKED"));
        shop.Partner.Answers(409, """{"detail":"It has been picked up."}""");

        Assert.Equal(new Reconciled(1, 1, 0), await ReconcileAsync(shop));
        Assert.EndsWith(
            "the booking could not be cancelled: It has been picked up.",
            await shop.SingleAsync<string>("select detail from orders.operator_tasks"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_the_partner_says_otherwise_when_asked_once_more_is_no_difference()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop, "CANCELLED");
        shop.Partner.Answers(200, Listed(delivery, "PICKED_UP")).Answers(200, Booking(delivery, "FAILED"));

        Assert.Equal(new Reconciled(1, 0, 0), await ReconcileAsync(shop));
    }

    [Fact]
    public async Task What_our_book_says_otherwise_when_read_once_more_is_no_difference()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = Guid.CreateVersion7();
        var changed = new TaskCompletionSource();
        shop.Partner.Answers(200, Listed(delivery, "PICKED_UP")).AnswersAfter(changed.Task, 200, Booking(delivery, "PICKED_UP"));

        var reconciling = ReconcileAsync(shop);
        while (shop.Partner.Requests.Count < 2)
        {
            Assert.False(reconciling.IsCompleted);
            await Task.Yield();
        }

        await DeliveryAsync(shop, "CREATED", id: delivery);
        changed.SetResult();

        Assert.Equal(new Reconciled(1, 0, 0), await reconciling);
    }

    [Theory]
    [InlineData("""{"next":"7"}""")]
    [InlineData("""{"items":[null]}""")]
    [InlineData("""{"items":[{"deliveryOrderId":"00000000-0000-0000-0000-000000000001","state":"LOST"}]}""")]
    public async Task A_list_that_cannot_be_understood_is_asked_for_again(string answer)
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(200, answer);

        var failure = await Assert.ThrowsAsync<ApplicationFailureException>(() => ReconcileAsync(shop));

        Assert.Equal(("PROVIDER_ANSWER", false), (failure.ErrorType, failure.NonRetryable));
    }

    [Fact]
    public async Task A_list_that_never_ends_is_given_up()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(200, """{"items":[],"next":"7"}""").Answers(200, """{"items":[],"next":"7"}""");

        await Assert.ThrowsAsync<ApplicationFailureException>(() => ReconcileAsync(shop));
        Assert.Equal(2, shop.Partner.Requests.Count);
    }

    private static string Listed(Guid delivery, string state) => $$"""{"items":[{{Booking(delivery, state)}}]}""";

    private static string Booking(Guid delivery, string state) => $$"""{"deliveryOrderId":"{{delivery}}","state":"{{state}}"}""";

    private Task<Reconciled> ReconcileAsync(Shop shop, ReconciledSlice? slice = null) =>
        shop.RunAsync<ParcelReconciliation, Reconciled>(books =>
            books.ReconcileParcelsAsync(slice ?? new ReconciledSlice(begin, DateTimeOffset.UtcNow.AddMinutes(1), IsLast: true))
        );

    // A delivery order, of an order in FULFILLMENT, that nothing has happened to for an hour.
    private static async Task<Guid> DeliveryAsync(Shop shop, string state, bool hasLeft = false, Guid? id = null)
    {
        var delivery = id ?? Guid.CreateVersion7();
        await shop.ExecuteAsync(
            """
            insert into orders.orders (order_id, customer_id, status, total_cents, item_count, payment_token, updated_at)
            values (@Order, @Ada, 'FULFILLMENT', 1999, 1, 'tok_ok', now() - interval '1 hour');

            insert into orders.payments (payment_id, order_id, attempt, status, amount_cents) values (@Order, @Order, 1, 'SETTLED', 1999);

            insert into deliveries.delivery_orders (delivery_order_id, order_id, customer_id, payment_id, order_attempt, attempt, state, active,
                graph_version, address, updated_at)
            values (@delivery, @Order, @Ada, @Order, 1, 1, @state, @state not in ('CANCELLED', 'SUPERSEDED', 'DELIVERY_CONFIRMED'),
                1, '{}', now() - interval '1 hour');

            insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, actor)
            select @delivery, 'CREATED', 'PICKED_UP', 'PICKED_UP', 'partner' where @hasLeft
            """,
            new
            {
                Order = Guid.CreateVersion7(),
                Shop.Ada,
                delivery,
                state,
                hasLeft,
            }
        );
        return delivery;
    }

    private async Task<Guid> BookAsync(Guid delivery)
    {
        var body = new
        {
            deliveryOrderId = delivery,
            orderId = Guid.CreateVersion7(),
            attempt = 1,
            address = new
            {
                name = "Ada",
                line1 = "1 Analytical Road",
                postalCode = "10115",
                city = "Berlin",
                country = "DE",
            },
            lines = new[] { new { sku = "BOOK-DDIA", quantity = 1 } },
        };
        await partner.PostAsync("/deliveries", body, delivery.ToString());
        return delivery;
    }

    private async Task CancelAsync(Guid delivery) => await partner.PostAsync($"/deliveries/{delivery}/cancel", new { }, "cancel");

    private async Task<string?> StateAsync(Guid delivery) =>
        (await partner.GetAsync($"/deliveries/{delivery}")).GetProperty("state").GetString();
}
