using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;
using Temporalio.Testing;

namespace TemporalDelivery.Database.Tests;

public sealed class DeliveryTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_state_is_entered_once_whatever_the_run()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await CreatedAsync(shop);
        var pickedUp = PickedUp(order, delivery);

        await ShopSteps.AtOnceAsync(6, () => RecordAsync(shop, pickedUp, "run-1"));
        var left = await shop.PictureAsync();
        await RecordAsync(shop, pickedUp, "run-2");

        Assert.Equal(left, await shop.PictureAsync());
        Assert.Equal(["CREATED CREATED system", "CREATED PICKED_UP PICKED_UP partner evt-1 run-1"], await HistoryAsync(shop, delivery));
        await RecordAsync(shop, Failed(order, delivery), "run-2");
        await RecordAsync(shop, pickedUp, "run-3");
        Assert.Equal(
            ("PENDING_BY_OPERATOR", "RECIPIENT_ABSENT", "rang twice", "PD-7", true),
            await shop.SingleAsync<(string, string, string, string, bool)>(
                "select state, reason, note, partner_delivery_number, active from deliveries.delivery_orders"
            )
        );
    }

    [Fact]
    public async Task Moves_that_belong_together_are_recorded_with_their_operator_task_and_end_it()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await CreatedAsync(shop);
        await RecordAsync(shop, PickedUp(order, delivery));

        await ShopSteps.AtOnceAsync(4, () => RecordAsync(shop, Failed(order, delivery)));

        Assert.Equal(
            ["PICKED_UP DELIVERY_FAILED FAILED partner evt-2 run", "DELIVERY_FAILED PENDING_BY_OPERATOR ASK_OPERATOR system run"],
            (await HistoryAsync(shop, delivery)).Skip(2)
        );
        Assert.Equal(
            ("DELIVERY_PENDING", order.OrderId, delivery, true),
            await shop.SingleAsync<(string, Guid, Guid, bool)>(
                "select kind, order_id, delivery_order_id, closed_at is null from orders.operator_tasks"
            )
        );

        var jane = Actor.Operator("jane");
        var confirmed = new DeliveryMoved(
            DeliveryState.PendingByOperator,
            DeliveryState.DeliveryConfirmed,
            "CONFIRM_WITH_PROOF",
            null,
            "signed",
            jane
        );
        var resolved = new DeliveryMoves(
            delivery,
            order.OrderId,
            [confirmed],
            IsOver: true,
            Closes: new(TaskKey(delivery), "confirmed", jane)
        );
        await ShopSteps.AtOnceAsync(4, () => RecordAsync(shop, resolved));
        var left = await shop.PictureAsync();
        await RecordAsync(shop, resolved, "another run");

        Assert.Equal(left, await shop.PictureAsync());
        Assert.Equal(
            ("operator:jane", "confirmed", 2),
            await shop.SingleAsync<(string, string, int)>(
                "select closed_by, reason, version from orders.operator_tasks where closed_at is not null"
            )
        );
        Assert.Equal(
            ("DELIVERY_CONFIRMED", false),
            await shop.SingleAsync<(string, bool)>("select state, active from deliveries.delivery_orders")
        );
        Assert.Equal(
            ("delivery.confirmed", delivery, delivery, order.OrderId, 1, "operator"),
            await shop.SingleAsync<(string, Guid, Guid, Guid, int, string)>(
                """
                select topic, aggregate_id, (payload ->> 'deliveryOrderId')::uuid, (payload ->> 'orderId')::uuid,
                    (payload ->> 'attempt')::int, payload ->> 'confirmedBy'
                from messages.outbox
                where topic = 'delivery.confirmed'
                """
            )
        );
    }

    [Fact]
    public async Task A_move_that_the_row_has_left_behind_changes_nothing_and_is_answered_with_where_the_row_stands()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await CreatedAsync(shop);
        var made = await RecordAsync(shop, PickedUp(order, delivery));
        var failed = await RecordAsync(shop, Failed(order, delivery));
        var left = await shop.PictureAsync();
        var cancelled = new DeliveryMoved(DeliveryState.Created, DeliveryState.Cancelled, "CANCEL", null, "late", Actor.System);

        var overtaken = await RecordAsync(shop, new(delivery, order.OrderId, [cancelled], IsOver: true));
        var another = Failed(order, delivery);
        var anotherFailure = await RecordAsync(shop, another with { Moves = [another.Moves[0] with { PartnerEventId = "evt-3" }] });
        var repeated = await RecordAsync(shop, PickedUp(order, delivery));

        Assert.Equal(left, await shop.PictureAsync());
        Assert.Equal(new DeliveryStanding(true, DeliveryState.PickedUp, true, null, "PD-7", Actor.Partner, null), made);
        var standing = new DeliveryStanding(
            Made: true,
            DeliveryState.PendingByOperator,
            PickedUp: true,
            new DeliveryFailure(DeliveryFailureReason.RecipientAbsent, "rang twice"),
            "PD-7",
            Actor.System,
            LastReason: failed.LastReason
        );
        Assert.Equal(standing, failed);
        Assert.Equal(standing with { Made = false }, overtaken);
        Assert.Equal(standing with { Made = false }, anotherFailure);
        Assert.Equal(standing, repeated);
    }

    [Fact]
    public async Task A_row_that_contradicts_its_audit_or_does_not_exist_is_a_bug_and_changes_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await CreatedAsync(shop);
        await RecordAsync(shop, PickedUp(order, delivery));
        await shop.ExecuteAsync(
            """
            alter table deliveries.delivery_orders disable trigger delivery_orders_follow_their_graph;
            update deliveries.delivery_orders set state = 'CREATED'
            """
        );
        var left = await shop.PictureAsync();
        var pickedUp = PickedUp(order, delivery);
        var again = pickedUp with { Moves = [pickedUp.Moves[0] with { PartnerEventId = "evt-9" }] };

        var contradiction = await Assert.ThrowsAsync<UnexpectedStateException>(() => RecordAsync(shop, again));
        var unknown = await Assert.ThrowsAsync<UnexpectedStateException>(() =>
            RecordAsync(shop, again with { DeliveryOrderId = Guid.CreateVersion7() })
        );

        Assert.True(contradiction.NonRetryable);
        Assert.Contains("is CREATED: PICKED_UP cannot take it from CREATED to PICKED_UP", contradiction.Message, StringComparison.Ordinal);
        Assert.Contains("is unknown", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(left, await shop.PictureAsync());
    }

    [Fact]
    public async Task A_redelivery_takes_over_once_from_one_that_is_superseded_and_inherits_from_it()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, first) = await CreatedAsync(shop);
        var redelivery = new NewDeliveryOrder(order.OrderId, 1, 2, first);
        var store = shop.Get<DeliveryStore>();
        await Assert.ThrowsAsync<UnexpectedStateException>(() => store.CreateDeliveryOrderAsync(redelivery));
        await RecordAsync(shop, PickedUp(order, first));
        await RecordAsync(shop, Failed(order, first));
        await Assert.ThrowsAsync<UnexpectedStateException>(() => store.CreateDeliveryOrderAsync(redelivery));
        var superseded = new DeliveryMoved(
            DeliveryState.PendingByOperator,
            DeliveryState.Superseded,
            "REDELIVER",
            null,
            "again",
            Actor.Operator("jane")
        );
        await RecordAsync(shop, new(first, order.OrderId, [superseded], IsOver: true, Goods: GoodsOutcome.Returned));

        var created = await ShopSteps.AtOnceAsync(6, () => store.CreateDeliveryOrderAsync(redelivery));

        var second = Assert.Single(created.Distinct());
        var left = await shop.PictureAsync();
        Assert.Equal(second, await store.CreateDeliveryOrderAsync(redelivery));
        Assert.Equal(left, await shop.PictureAsync());
        Assert.Equal(
            (2, first, second.GraphVersion, true),
            await shop.SingleAsync<(int, Guid, int, bool)>(
                """
                select d.attempt, d.supersedes, d.graph_version,
                    (d.order_id, d.customer_id, d.payment_id, d.order_attempt, d.address)
                        = (f.order_id, f.customer_id, f.payment_id, f.order_attempt, f.address)
                from deliveries.delivery_orders d join deliveries.delivery_orders f on f.delivery_order_id = d.supersedes
                where d.active and d.state = 'CREATED'
                """
            )
        );
        Assert.Equal(["CREATED CREATED system"], await HistoryAsync(shop, second.DeliveryOrderId));
    }

    [Fact]
    public async Task From_a_delivery_order_that_was_cancelled_none_takes_over()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, first) = await CreatedAsync(shop);
        var cancelled = new DeliveryMoved(DeliveryState.Created, DeliveryState.Cancelled, "CANCEL", null, "no", Actor.System);
        await RecordAsync(shop, new(first, order.OrderId, [cancelled], IsOver: true));

        await Assert.ThrowsAsync<UnexpectedStateException>(() =>
            shop.Get<DeliveryStore>().CreateDeliveryOrderAsync(new(order.OrderId, 1, 2, first))
        );
    }

    [Fact]
    public async Task Events_that_came_too_late_are_noted_once_each_and_change_no_state()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await CreatedAsync(shop);
        await RecordAsync(shop, PickedUp(order, delivery));
        PartnerEvent[] events = [Late("evt-9"), Late("evt-10"), Late("evt-9"), Late("PICKED_UP")];

        await ShopSteps.AtOnceAsync(4, () => NoteAsync(shop, new(delivery, events)));
        var left = await shop.PictureAsync();
        await NoteAsync(shop, new(delivery, [Late("evt-10")]));

        Assert.Equal(left, await shop.PictureAsync());
        Assert.Equal(
            ["evt-9", "evt-10", "PICKED_UP"],
            await shop.ListAsync<string>(
                "select partner_event_id from deliveries.delivery_audit where from_state = to_state order by audit_id"
            )
        );
        await RecordAsync(shop, Failed(order, delivery));
        await shop.ProjectAsync();
        var document = await shop.Get<StatusReader>().FindDeliveryAsync(delivery, Now);
        Assert.Equal("PENDING_BY_OPERATOR", document!.State);
        Assert.Equal(3, document.Json.Split("\"PICKED_UP late\"").Length - 1);
    }

    [Fact]
    public async Task An_operator_who_decides_about_a_failure_is_told_once_of_a_second_trip_that_delivered()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await CreatedAsync(shop);
        await RecordAsync(shop, PickedUp(order, delivery));
        await RecordAsync(shop, Failed(order, delivery));

        await NoteAsync(shop, new(delivery, [Late("evt-8"), Delivered("evt-9"), Delivered("evt-10")]));
        await NoteAsync(shop, new(delivery, [Delivered("evt-9"), Delivered("evt-11")]));

        Assert.Equal(
            ["DELIVERY_PENDING rang twice; the partner says that it was delivered at 1970-01-01T00:00:00Z"],
            await shop.ListAsync<string>("select kind || ' ' || detail from orders.operator_tasks")
        );
    }

    [Fact]
    public async Task A_parcel_that_arrives_while_its_cancelled_delivery_is_being_closed_is_an_operators()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await CreatedAsync(shop);
        var cancelled = new DeliveryMoved(DeliveryState.Created, DeliveryState.Cancelled, "CANCEL", null, "no", Actor.System);
        await RecordAsync(shop, new(delivery, order.OrderId, [cancelled], IsOver: true));

        await NoteAsync(shop, new(delivery, [Late("evt-8")]));
        Assert.Empty(await shop.ListAsync<string>("select kind from orders.operator_tasks"));
        await NoteAsync(shop, new(delivery, [Delivered("evt-9"), Delivered("evt-10")]));

        Assert.Equal(["PARCEL_ARRIVED_LATE"], await shop.ListAsync<string>("select kind from orders.operator_tasks"));
        Assert.Equal(
            ["PICKED_UP late", "DELIVERED", "DELIVERED"],
            await shop.ListAsync<string>(
                "select event from deliveries.delivery_audit where from_state = to_state and to_state = 'CANCELLED' order by audit_id"
            )
        );
    }

    private static PartnerEvent Delivered(string eventId) => Late(eventId) with { Type = DeliveryEvents.Delivered };

    private static PartnerEvent Late(string eventId) => new(eventId, "PICKED_UP late", null, null, null, DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task A_customer_is_reminded_once_in_the_outbox_and_the_audit_and_only_while_the_state_lasts()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, delivery) = await CreatedAsync(shop);
        await RecordAsync(shop, PickedUp(order, delivery) with { WaitsUntil = new DateTime(2026, 12, 1, 8, 0, 0, DateTimeKind.Utc) });
        var until = new DateTime(2026, 12, 8, 8, 0, 0, DateTimeKind.Utc);

        await RemindAsync(shop, new(delivery, DeliveryState.Delivered, until));
        Assert.Equal(0, await shop.SingleAsync<long>("select count(*) from messages.outbox where topic = 'customer.reminder'"));
        await ShopSteps.AtOnceAsync(4, () => RemindAsync(shop, new(delivery, DeliveryState.PickedUp, until)));

        Assert.Equal(
            $"PICKED_UP 1 {order.OrderId} {Shop.Ada} 2026-12-08T08:00:00.000000Z {delivery}",
            await shop.SingleAsync<string>(
                """
                select concat_ws(' ', payload->>'state', payload->>'attempt', payload->>'orderId', payload->>'customerId',
                    payload->>'waitsUntil', payload->>'deliveryOrderId')
                from messages.outbox where topic = 'customer.reminder'
                """
            )
        );
        Assert.Equal(
            1,
            await shop.SingleAsync<long>(
                "select count(*) from deliveries.delivery_audit where event = 'CUSTOMER_REMINDED' and from_state = to_state"
            )
        );
        await shop.ProjectAsync();
        Assert.Equal(
            "2026-12-08T08:00:00.000000Z",
            await shop.SingleAsync<string>("select document->>'waitsUntil' from deliveries.delivery_view")
        );
    }

    private static Task<bool> RemindAsync(Shop shop, CustomerReminder reminder) =>
        new ActivityEnvironment().RunAsync(async () =>
        {
            await shop.Get<DeliveryStore>().RemindCustomerAsync(reminder);
            return true;
        });

    private static async Task<(AcceptedOrder Order, Guid Delivery)> CreatedAsync(Shop shop)
    {
        var order = await shop.AdmittedAsync(("BOOK-DDIA", 1));
        return (order, (await shop.StoreAsync(order)).Delivery!.DeliveryOrderId);
    }

    private static DeliveryMoves PickedUp(AcceptedOrder order, Guid delivery) =>
        new(
            delivery,
            order.OrderId,
            [new(DeliveryState.Created, DeliveryState.PickedUp, DeliveryEvents.PickedUp, null, null, Actor.Partner, "evt-1")],
            IsOver: false,
            "PD-7"
        );

    private static DeliveryMoves Failed(AcceptedOrder order, Guid delivery)
    {
        var failure = new DeliveryFailure(DeliveryFailureReason.RecipientAbsent, "rang twice");
        return new(
            delivery,
            order.OrderId,
            [
                new(DeliveryState.PickedUp, DeliveryState.DeliveryFailed, DeliveryEvents.Failed, failure, null, Actor.Partner, "evt-2"),
                new(DeliveryState.DeliveryFailed, DeliveryState.PendingByOperator, "ASK_OPERATOR", null, null, Actor.System),
            ],
            IsOver: false,
            Opens: new OperatorTask(TaskKey(delivery), order.OrderId, delivery, OperatorTaskKind.DeliveryPending, "rang twice")
        );
    }

    private static string TaskKey(Guid delivery) => $"delivery-{delivery}/decision";

    private static Task<DeliveryStanding> RecordAsync(Shop shop, DeliveryMoves moves, string run = "run") =>
        new ActivityEnvironment { Info = ActivityEnvironment.DefaultInfo with { WorkflowRunId = run } }.RunAsync(() =>
            shop.Get<DeliveryStore>().RecordDeliveryMovesAsync(moves)
        );

    private static async Task<bool> NoteAsync(Shop shop, StalePartnerEvents stale)
    {
        await shop.Get<DeliveryStore>().RecordStaleEventsAsync(stale);
        return true;
    }

    private static Task<IReadOnlyList<string>> HistoryAsync(Shop shop, Guid delivery) =>
        shop.ListAsync<string>(
            """
            select concat_ws(' ', from_state, to_state, event, actor, partner_event_id, workflow_run)
            from deliveries.delivery_audit
            where delivery_order_id = @delivery
            order by audit_id
            """,
            new { delivery }
        );
}
