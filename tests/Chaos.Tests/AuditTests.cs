using TemporalDelivery.Chaos.Audit;
using TemporalDelivery.Chaos.Meddling;
using TemporalDelivery.Tests.Processes.Receivers;

namespace TemporalDelivery.Chaos.Tests;

/// <summary>The audit finds what is spoilt, names it once, and finds nothing else.</summary>
public sealed class AuditTests(ShopInTheEvening shop) : IClassFixture<ShopInTheEvening>
{
    // The delivery of a1, if its customer had been reminded, and then had said nothing.
    private const string SilentlyConfirmed = """
        update deliveries.delivery_audit set at = now() - interval '15 seconds' where delivery_order_id = '{d1}' and to_state = 'DELIVERED';
        insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, actor)
        values ('{d1}', 'DELIVERED', 'DELIVERED', 'CUSTOMER_REMINDED', 'system');
        update deliveries.delivery_audit set audit_id = default, event = 'CONFIRM_BY_SILENCE', at = now()
        where delivery_order_id = '{d1}' and to_state = 'DELIVERY_CONFIRMED';
        insert into messages.outbox (event_id, topic, aggregate_id, payload, position, published_at, recorded_at)
        values (gen_random_uuid(), 'customer.reminder', '{d1}', '{"orderId": "{a1}", "customerId": "01920000-0000-7000-8000-000000000001"}',
            1000, now(), now() - interval '4 seconds');
        """;

    private const string NewShelf = """
        insert into orders.products (sku, name, kind, price_cents) values ('SHELF-NEW', 'Shelf', 'PHYSICAL', 100);
        insert into orders.stock (sku, on_hand) values ('SHELF-NEW', 0);
        """;

    // Which rule must find it, about which order, and what is done to the tables.
    private static readonly (string Rule, string Subject, string Spoil)[] Spoilt =
    [
        ("accepted", "a4", "delete from orders.orders where order_id = '{a4}'; delete from orders.order_audit where order_id = '{a4}'"),
        ("rest", "a5", "update orders.operator_tasks set closed_at = now(); update deliveries.delivery_orders set active = false"),
        ("end", "a4", "update orders.orders set failure_type = 'UNEXPECTED' where order_id = '{a4}'"),
        ("order history", "a2", "delete from orders.order_audit where order_id = '{a2}' and to_status = 'FULFILLMENT'"),
        ("order history", "a4", "update orders.order_audit set to_status = 'CANCELLED' where order_id = '{a4}' and to_status = 'FAILED'"),
        ("payments", "a3", "delete from orders.payments where order_id = '{a3}'"),
        ("payments", "a1", "update orders.payments set amount_cents = 1 where order_id = '{a1}'"),
        ("payments", "a4", "update orders.payments set status = 'PENDING' where order_id = '{a4}'"),
        ("money", "a2", "update orders.orders set total_cents = 2999 where order_id = '{a2}'"),
        ("reservations", "a3", "update orders.reservations set state = 'HELD' where order_id = '{a3}'"),
        ("reservations", "a5", "update orders.reservations set state = 'HELD' where order_id = '{a5}'"),
        (
            "reservations",
            "a5",
            "update deliveries.delivery_audit set goods = 'LOST' where delivery_order_id = '{d5}' and to_state = 'PICKED_UP'"
        ),
        ("stock", "BOOK-DDIA", "update orders.stock set reserved = 1 where sku = 'BOOK-DDIA'"),
        ("stock", "BOOK-DDIA", "update orders.stock set in_transit = 0, on_hand = on_hand + 1 where sku = 'BOOK-DDIA'"),
        ("stock", "CHAIR-OAK", "update orders.stock set on_hand = on_hand + 1 where sku = 'CHAIR-OAK'"),
        ("stock", "CHAIR-OAK", Staff("CHAIR-OAK", 5)),
        ("stock", "CHAIR-OAK", Staff("CHAIR-OAK", -3) + "; update orders.stock set on_hand = on_hand + 3 where sku = 'CHAIR-OAK'"),
        ("stock", "SHELF-NEW", NewShelf + "; update orders.stock set on_hand = 7 where sku = 'SHELF-NEW'"),
        ("sold", "a1", "update orders.reservations set quantities = '{2}' where order_id = '{a1}' and parcel = 1"),
        ("grants", "a1", "update orders.digital_grants set revoked_at = now() where order_id = '{a1}'"),
        ("grants", "a3", "insert into orders.digital_grants (order_id, attempt, sku, quantity) values ('{a3}', 1, 'EBOOK-SQL', 1)"),
        ("received", "a1", "update deliveries.delivery_orders set active = true where order_id = '{a1}'"),
        ("left behind", "a3", "update deliveries.delivery_orders set active = true where order_id = '{a3}'"),
        ("delivery history", "d1", "delete from deliveries.delivery_audit where delivery_order_id = '{d1}' and to_state = 'DELIVERED'"),
        ("earned", "a2", "update vouchers.vouchers set order_id = '{a2}'"),
        ("used", "CODE", "update vouchers.vouchers set state = 'READY'"),
        ("used", "CODE", "update vouchers.uses set order_id = '{a4}'; update orders.orders set discount_cents = 0 where order_id = '{a2}'"),
        ("discount", "a2", "update orders.orders set discount_cents = 400, total_cents = 1899 where order_id = '{a2}'"),
        ("outbox", "a2", "delete from messages.outbox where aggregate_id = '{a2}'"),
        ("outbox", "a4", "delete from messages.outbox where aggregate_id = '{a4}'"),
        ("outbox", "a3", "update messages.outbox set aggregate_id = '{a3}' where aggregate_id = '{a2}' and topic = 'order.completed'"),
        ("outbox", "a5", "delete from messages.outbox where aggregate_id = '{a5}' and topic = 'order.accepted'"),
        ("outbox", "d5", "delete from messages.outbox where aggregate_id = '{d5}' and topic = 'delivery.picked_up'"),
        ("outbox", "a1", "delete from messages.outbox where topic = 'customer.voucher_earned'"),
        ("outbox", "d1", "update messages.outbox set position = null where aggregate_id = '{d1}'"),
        (
            "outbox",
            "d1",
            "update messages.outbox set topic = 'customer.reminder' where aggregate_id = '{d1}' and topic = 'delivery.confirmed'"
        ),
        (
            "reminders",
            "d5",
            "update deliveries.delivery_audit set event = 'CUSTOMER_REMINDED', from_state = 'DELIVERED' where delivery_order_id = '{d5}'"
        ),
        ("inbox", "partner", "insert into messages.inbox (sender, event_id, aggregate_id, body) values ('partner', 'e', '{d5}', '')"),
        ("read model", "a1", "update orders.order_view set status = 'FULFILLMENT' where order_id = '{a1}'"),
        ("read model", "a2", "delete from orders.order_view where order_id = '{a2}'"),
        ("delivery read model", "d3", "update deliveries.delivery_view set state = 'CREATED' where delivery_order_id = '{d3}'"),
        ("tasks", "a5", "update orders.operator_tasks set kind = 'STEP_OVERDUE', delivery_order_id = null"),
        ("rest", "a5", "update orders.operator_tasks set kind = 'STORY_LOST'"),
        ("meddling tasks", "a5", Task("STORY_LOST", "order-{a5}/lost")),
        ("meddling tasks", "a1", Task("CANCEL_REFUSED", "order-{a1}/1/cancelled in Temporal", "a1")),
        ("rest", "a5", "update orders.operator_tasks set kind = 'CANCEL_REFUSED'"),
        ("idle tasks", "a5", "update orders.operator_tasks set delivery_order_id = null"),
        ("readers", "a4 order.failed to mail", Behind("mail", "a4", "order.failed")),
        ("readers", "a5 delivery.failed to webhooks", Behind("webhooks", "a5", "delivery.failed")),
        ("readers", "broker", "delete from messages.readers where reader = 'broker'"),
        ("parked", "a2 order.completed to broker", Parked("broker", "a2", "order.completed")),
        ("parked", "a3 order.cancelled to mail", Mail("a3", "order.cancelled", "GIVEN_UP")),
        ("parked", "a3 order.cancelled to mail", Mail("a3", "order.cancelled", "BOUNCED")),
        ("parked", "a1 delivery.confirmed to webhooks", Webhook("a1", "delivery.confirmed", "WAITING", "null")),
        ("parked", "a1 delivery.confirmed to webhooks", Webhook("a1", "delivery.confirmed", "DELIVERED", "now()")),
    ];

    // Which rule must find it, about which message, and how it differs from what was told.
    private static readonly (string Rule, string Subject, Func<ReceivedMessage, IEnumerable<ReceivedMessage>> Lie)[] Lies =
    [
        ("told", "a4 order.failed to mail", _ => []),
        ("told", "a1 delivery.delivered to webhooks", _ => []),
        ("told", "a2 order.completed to broker", _ => []),
        ("truth", "a4 order.failed to mail", mail => [mail, mail with { MessageId = $"{Guid.NewGuid()}@shop.example" }]),
        ("truth", "a5 delivery.failed to webhooks", webhook => [webhook, webhook with { MessageId = "evt_invented" }]),
        ("truth", "a1 order.accepted to webhooks", webhook => [webhook with { Reader = "broker", Receiver = "queue" }]),
        ("truth", "a3 order.accepted to mail", Says("ada@example.com", "grace@example.com")),
        ("truth", "a3 order.accepted to mail", Says("{a3}", "{a4}")),
        ("truth", "a1 customer.voucher_earned to mail", Says(" CODE", " COAT")),
        ("truth", "a1 order.completed to webhooks", Says("17899", "17898")),
        ("truth", "a1 order.completed to webhooks", Says("order.completed", "order.cancelled")),
        ("truth", "a1 order.completed to webhooks", Says("\"timestamp\": \"20", "\"timestamp\": \"19")),
        ("truth", "a2 order.completed to broker", Says("1999", "2999")),
        ("truth", "a1 delivery.confirmed to broker", Says("{a1}\"}", "{a2}\"}")),
        ("repeats", "a4 order.failed to mail", mail => [mail, mail with { MessageId = mail.EventId + "@other.example" }]),
        ("repeats", "a4 order.failed to mail", mail => [mail, .. Says("\"subject\": \"", "\"subject\": \"Re: ")(mail)]),
        ("repeats", "a1 order.completed to webhooks", webhook => [webhook, .. Says("17899", "17898")(webhook)]),
        ("order of telling", "a1 delivery.delivered to webhooks", webhook => [webhook with { Turn = -1 }]),
        ("order of telling", "a4 order.failed to mail", mail => [mail with { Turn = -1 }]),
        ("order of telling", "a1 delivery.confirmed to broker", message => [message with { Turn = -1 }]),
        ("signatures", "a1 order.accepted to webhooks", webhook => [webhook with { IsSigned = false }]),
    ];

    public static TheoryData<int, string, string> LiesToFind
    {
        get
        {
            var lies = new TheoryData<int, string, string>();
            for (var index = 0; index < Lies.Length; index++)
            {
                lies.Add(index, Lies[index].Rule, Lies[index].Subject);
            }

            return lies;
        }
    }

    public static TheoryData<int, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, string, string>();
            for (var index = 0; index < Spoilt.Length; index++)
            {
                cases.Add(index, Spoilt[index].Rule, Spoilt[index].Spoil);
            }

            return cases;
        }
    }

    [Fact]
    public async Task Where_everything_adds_up_nothing_is_found() => Assert.Empty(await shop.AuditAsync());

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_is_spoilt_is_found_by_its_rule(int index, string rule, string spoil)
    {
        var differences = await shop.AuditAsync(Ids(spoil));

        Assert.Contains(differences, found => found.Rule == rule && IsAbout(found, Spoilt[index].Subject));
    }

    [Theory]
    [MemberData(nameof(LiesToFind))]
    public async Task What_is_told_otherwise_is_found_by_its_rule(int index, string rule, string message)
    {
        var words = message.Split(' ');
        var (order, topic, reader) = (ShopInTheEvening.Order(words[0]).ToString(), words[1], words[^1]);
        IReadOnlyList<ReceivedMessage> lies = [];

        var differences = await shop.AuditAsync(lie: told =>
        {
            var truth = told.First(one => one.Reader == reader && Says(one, order) && Says(one, $"\"{topic}\""));
            lies = [.. Lies[index].Lie(truth)];
            return told.Where(one => one != truth).Concat(lies);
        });

        var subject = $"{order} {topic} to {(lies is [.., var last] ? last.Reader : reader)} (";
        Assert.Contains(differences, found => found.Rule == rule && found.Subject.StartsWith(subject, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_told_again_under_its_id_is_no_difference() =>
        Assert.Empty(await shop.AuditAsync(lie: told => told.Concat(told.Select(one => one with { Turn = one.Turn + 1000 }))));

    [Fact]
    public async Task A_lost_refund_row_is_one_difference()
    {
        var found = Assert.Single(await shop.AuditAsync(Ids("delete from orders.payments where order_id = '{a3}'")));

        Assert.Equal(("payments", "no row"), (found.Rule, found.Found));
    }

    [Fact]
    public async Task A_charge_that_is_in_the_ledger_twice_is_one_difference()
    {
        var ledger = ShopInTheEvening.PaymentsAnd(ShopInTheEvening.Charged("a1", 17899, "settled", "pay_again"));

        var found = Assert.Single(await shop.AuditAsync(payments: ledger));

        Assert.Equal(("money", "35798 cents"), (found.Rule, found.Found));
    }

    [Fact]
    public async Task A_charge_that_may_still_be_settled_after_the_end_is_a_difference()
    {
        var ledger = ShopInTheEvening.PaymentsAnd(ShopInTheEvening.Charged("a4", 4550, "pending", "pay_late"));

        Assert.Contains(await shop.AuditAsync(payments: ledger), found => found.Rule == "money" && IsAbout(found, "a4"));
    }

    [Fact]
    public async Task A_delivery_order_that_is_booked_twice_is_a_difference()
    {
        var ledger = ShopInTheEvening.PartnerAnd(ShopInTheEvening.Booked("1", fails: null, suffix: "again"));

        Assert.Contains(await shop.AuditAsync(partner: ledger), found => found.Rule == "bookings" && IsAbout(found, "d1"));
    }

    [Fact]
    public async Task A_parcel_that_travels_for_a_cancelled_order_is_a_difference()
    {
        var ledger = new[] { ShopInTheEvening.Booked("3", fails: null), ShopInTheEvening.Happened("3", "PICKED_UP", 1) };

        Assert.Contains(await shop.AuditAsync(partner: ledger), found => found.Rule == "parcels" && IsAbout(found, "a3"));
    }

    [Fact]
    public async Task A_confirmation_of_what_never_arrived_is_a_difference()
    {
        var ledger = new[] { ShopInTheEvening.Booked("1", fails: null), ShopInTheEvening.Happened("1", "PICKED_UP", 1) };

        Assert.Contains(await shop.AuditAsync(partner: ledger), found => found.Rule == "proof" && IsAbout(found, "d1"));
    }

    [Fact]
    public async Task A_workflow_that_runs_for_an_order_that_is_over_is_a_difference()
    {
        var running = new[] { $"order-{ShopInTheEvening.Order("a1")}", $"order-{ShopInTheEvening.Order("a5")}" };

        var found = Assert.Single(await shop.AuditAsync(running: running));

        Assert.Equal(("workflows", running[0]), (found.Rule, found.Subject));
    }

    [Fact]
    public async Task Where_nothing_was_injected_but_kills_an_open_task_is_a_difference()
    {
        var found = Assert.Single(await shop.AuditAsync(hasFaults: false));

        Assert.Equal("tasks", found.Rule);
    }

    [Fact]
    public async Task Money_that_an_open_task_names_is_accounted_for_by_it()
    {
        const string left = """
            update orders.payments set status = 'SETTLED' where order_id = '{a3}';
            insert into orders.operator_tasks (task_id, task_key, kind, order_id, detail)
            values (gen_random_uuid(), 'order-{a3}/1/undo: take the payment/failed', 'UNDO_FAILED', '{a3}', 'no refund')
            """;

        var found = Assert.Single(await shop.AuditAsync(Ids(left)));

        Assert.Equal("tasks", found.Rule);
    }

    [Fact]
    public async Task Whoever_was_reminded_may_confirm_by_silence_and_by_word()
    {
        Assert.Empty(await shop.AuditAsync(Ids(SilentlyConfirmed)));
        Assert.Empty(
            await shop.AuditAsync(Ids(SilentlyConfirmed.Replace("CONFIRM_BY_SILENCE", "CONFIRM_RECEIPT", StringComparison.Ordinal)))
        );
    }

    [Theory]
    [InlineData("delete from messages.outbox where topic = 'customer.reminder'")]
    [InlineData(
        "delete from messages.outbox where topic = 'customer.reminder'; "
            + "update deliveries.delivery_audit set event = 'LATE' where event = 'CUSTOMER_REMINDED'"
    )]
    [InlineData("update messages.outbox set recorded_at = now() + interval '1 second' where topic = 'customer.reminder'")]
    [InlineData("update messages.outbox set recorded_at = now() - interval '14 seconds' where topic = 'customer.reminder'")]
    [InlineData("update messages.outbox set position = null where topic = 'customer.reminder'")]
    public async Task Whoever_was_not_reminded_in_time_does_not_confirm_by_silence(string spoil)
    {
        var found = Assert.Single(await shop.AuditAsync(Ids(SilentlyConfirmed + spoil)));

        Assert.Equal(("reminders", ShopInTheEvening.Order("d1").ToString()), (found.Rule, found.Subject));
    }

    [Theory]
    [InlineData("Resume", false, "Terminate")]
    [InlineData("Undo", false, "Terminate")]
    [InlineData("Resume", true, "Terminate", "Terminate")]
    [InlineData("Reset", true, "Terminate")]
    public async Task Whoever_was_resumed_or_undone_has_a_run(string act, bool isExplained, params string[] others)
    {
        MeddlingAct[] meddled = [.. others.Append(act).Select(each => Meddled(each + " order-{a5}"))];

        var differences = await shop.AuditAsync(Ids(Task("STORY_LOST", "order-{a5}/lost")), meddled: meddled);

        Assert.Equal(isExplained ? [] : ["decided tasks"], differences.Select(found => found.Rule));
    }

    public static TheoryData<string, string, string> Tasks =>
        new()
        {
            { "STORY_LOST", Task("STORY_LOST", "order-{a5}/lost"), "Terminate order-{a5}" },
            { "CANCEL_REFUSED", Task("CANCEL_REFUSED", "order-{a5}/1/cancelled in Temporal"), "Cancel order-{a5}" },
            { "CANCEL_REFUSED", Task("CANCEL_REFUSED", "delivery-{d5}/cancelled in Temporal", delivery: "'{d5}'"), "Cancel delivery-{d5}" },
            { "CANCEL_REFUSED", Task("CANCEL_REFUSED", "order-{a5}/1/undo"), "Undo order-{a5}" },
        };

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task What_came_of_meddling_is_accounted_for_by_the_very_act(string kind, string open, string act)
    {
        string[] acts = ["Terminate order-{a5}", "Reset order-{a5}", "Cancel order-{a5}", "Cancel delivery-{d5}", "Undo order-{a5}"];
        MeddlingAct[] others = [.. acts.Where(other => other != act).Select(Meddled), Meddled(act.Replace('5', '1'))];

        Assert.Empty(await shop.AuditAsync(Ids(open), meddled: [Meddled(act)]));
        Assert.Contains(await shop.AuditAsync(Ids(open), meddled: others), found => found.Rule == "meddling tasks");
        Assert.Contains(
            await shop.AuditAsync(Ids(open + "; update orders.operator_tasks set closed_at = now() where kind = '" + kind + "'")),
            found => found.Rule == "meddling tasks"
        );
    }

    [Theory]
    [InlineData("Cancel order-{a4}", 1, null, true)]
    [InlineData("Undo order-{a4}", 1, null, true)]
    [InlineData("Reset order-{a4}", 1, null, false)]
    [InlineData("Cancel order-{a1}", 1, null, false)]
    [InlineData("Cancel order-{a4}", 1, "order-{a4}/1/cancelled in Temporal", false)]
    [InlineData("Cancel order-{a4}", 2, "order-{a4}/1/cancelled in Temporal", true)]
    [InlineData("Undo order-{a4}", 1, "order-{a4}/1/undo", false)]
    public async Task Whoever_was_called_off_and_not_refused_may_be_cancelled(string act, int times, string? refused, bool isExplained)
    {
        const string cancelled = """
            update orders.orders set status = 'CANCELLED', failure_type = null where order_id = '{a4}';
            update orders.order_audit set to_status = 'CANCELLED' where order_id = '{a4}' and to_status = 'FAILED';
            update orders.order_view set status = 'CANCELLED' where order_id = '{a4}';
            update messages.outbox set topic = 'order.cancelled' where topic = 'order.failed'
            """;

        var spoil = refused is null ? cancelled : $"{cancelled};{Task("CANCEL_REFUSED", refused, "a4")}";
        var differences = await shop.AuditAsync(Ids(spoil), meddled: [.. Enumerable.Repeat(Meddled(act), times)]);

        Assert.Equal(isExplained ? [] : ["end"], differences.Select(found => found.Rule));
    }

    [Fact]
    public async Task What_the_staff_put_on_the_shelf_or_wrote_off_adds_up()
    {
        const string onHand = "update orders.stock set on_hand = on_hand + 2 where sku in ('CHAIR-OAK', 'SHELF-NEW')";
        var spoil = string.Join("; ", NewShelf, Staff("CHAIR-OAK", 5), Staff("CHAIR-OAK", -3), Staff("SHELF-NEW", 2), onHand);

        Assert.Empty(await shop.AuditAsync(spoil));
    }

    [Fact]
    public void Every_rule_is_broken_by_a_test()
    {
        string[] byLedger = ["bookings", "parcels", "proof", "workflows", "decided tasks"];

        Assert.Equal(
            Rule.All.Select(rule => rule.Name).Order(),
            Spoilt.Select(spoilt => spoilt.Rule).Concat(Lies.Select(lie => lie.Rule)).Concat(byLedger).Distinct().Order()
        );
    }

    private static string Staff(string sku, int units) =>
        $$"""
            insert into orders.product_audit (sku, event, was, became, stock_change, reason, actor, version)
            values ('{{sku}}', '{{(units > 0 ? "RESTOCKED" : "WRITTEN_OFF")}}', '{}', '{}', {{units}}, 'counted', 'operator:jane', 2)
            """;

    private static string Task(string kind, string key, string order = "a5", string delivery = "null") =>
        $"""
            insert into orders.operator_tasks (task_id, task_key, kind, order_id, delivery_order_id, detail)
            values (gen_random_uuid(), '{key}', '{kind}', '{'{'}{order}{'}'}', {delivery}, 'meddled')
            """;

    private static string Behind(string reader, string order, string topic) =>
        $"update messages.readers set position = e.position - 1 from {Event(order, topic)} where reader = '{reader}'";

    private static string Parked(string reader, string order, string topic) =>
        $$"""
            insert into messages.parked (reader, position, order_id, reason, next_try_at)
            select '{{reader}}', position, '{{{order}}}', 'poison', now() from {{Event(order, topic)}}
            """;

    private static string Mail(string order, string topic, string state) =>
        $$"""
            insert into messages.mails (mail_id, event_id, position, customer_id, order_id, kind, language, facts, state, settled_at)
            select gen_random_uuid(), event_id, position, gen_random_uuid(), '{{{order}}}', '', 'en', '{}', '{{state}}', now() from {{Event(
                order,
                topic
            )}}
            """;

    private static string Webhook(string order, string topic, string state, string pausedAt) =>
        $$"""
            insert into messages.webhook_endpoints (endpoint_id, owner, url, topics, secret, paused_at, pause_reason)
            select '{{{order}}}', 'operator:jane', 'http://merchant', '{}', '', {{pausedAt}}, {{pausedAt}}::text;
            insert into messages.webhook_deliveries (endpoint_id, position, order_id, state)
            select '{{{order}}}', position, '{{{order}}}', '{{state}}' from {{Event(order, topic)}}
            """;

    private static string Event(string order, string topic) =>
        $$"""
            (select * from messages.outbox
            where coalesce((payload ->> 'orderId')::uuid, aggregate_id) = '{{{order}}}' and topic = '{{topic}}') e
            """;

    // The same again, but for a word of it.
    private static Func<ReceivedMessage, IEnumerable<ReceivedMessage>> Says(string word, string other) =>
        told =>
        {
            var content = told.Content.Replace(Ids(word), Ids(other), StringComparison.Ordinal);
            Assert.NotEqual(told.Content, content);
            return [told with { Content = content }];
        };

    private static bool Says(ReceivedMessage told, string word) => told.Content.Contains(word, StringComparison.Ordinal);

    private static MeddlingAct Meddled(string act) =>
        Ids(act).Split(' ') is [var name, var workflow] ? new(Enum.Parse<Act>(name), workflow) : throw new ArgumentException(act);

    private static bool IsAbout(Difference difference, string subject) =>
        difference.Subject.Contains(
            subject.Length == 2 || subject.IndexOf(' ', StringComparison.Ordinal) == 2
                ? ShopInTheEvening.Order(subject[..2]) + subject[2..]
                : subject,
            StringComparison.Ordinal
        );

    private static string Ids(string sql) =>
        ((string[])["a1", "a2", "a3", "a4", "a5", "d1", "d3", "d5"]).Aggregate(sql, (text, id) =>
            text.Replace($"{{{id}}}", ShopInTheEvening.Order(id).ToString(), StringComparison.Ordinal)
        );
}
