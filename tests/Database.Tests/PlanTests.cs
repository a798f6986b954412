using System.Text.RegularExpressions;
using Dapper;
using Npgsql;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Database.Customers;
using TemporalDelivery.Database.Mails;
using TemporalDelivery.Database.Merchants;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Database.Reconciliation;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

/// <summary>Tables filled as after some weeks of business, once for all plans.</summary>
public sealed class FilledShop : IAsyncLifetime
{
    private const string Fill = """
        insert into orders.customers (customer_id, name, email)
        select ('01930000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'customer ' || n, 'c' || n || '@example.com'
        from generate_series(1, 2000) n;

        insert into orders.products (sku, name, kind, price_cents, on_sale)
        select 'ARTICLE-' || n, 'article ' || n, 'PHYSICAL', n, n % 10 <> 0 from generate_series(1, 5000) n;

        insert into orders.stock (sku, on_hand) select sku, 10 from orders.products on conflict (sku) do nothing;

        insert into orders.orders (order_id, customer_id, status, total_cents, item_count, payment_token)
        select ('01940000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
            ('01930000-0000-7000-8000-' || lpad((n % 2000 + 1)::text, 12, '0'))::uuid,
            case when n % 50 = 0 then 'FULFILLMENT' else 'COMPLETED' end, 4550, 1, 'tok_ok'
        from generate_series(1, 20000) n;

        insert into orders.order_lines (order_id, line_number, sku, name, kind, quantity, unit_price_cents)
        select order_id, 1, 'BOOK-DDIA', 'Designing', 'PHYSICAL', 1, 4550 from orders.orders;

        insert into orders.payments (payment_id, order_id, attempt, status, amount_cents)
        select order_id, order_id, 1, 'SETTLED', 4550 from orders.orders;

        insert into deliveries.delivery_orders
            (delivery_order_id, order_id, customer_id, payment_id, order_attempt, attempt, state, active, graph_version, address)
        select order_id, order_id, customer_id, order_id, 1, 1, 'DELIVERY_CONFIRMED', false, 1, '{}' from orders.orders;

        insert into orders.order_audit (order_id, attempt, to_status, event, actor)
        select order_id, 1, 'PENDING', 'ACCEPTED', 'system' from orders.orders;

        insert into deliveries.delivery_audit (delivery_order_id, to_state, event, actor)
        select delivery_order_id, 'CREATED', 'CREATED', 'system' from deliveries.delivery_orders;

        insert into orders.order_view (order_id, customer_id, status, item_count, total_cents, discount_cents, placed_at, document)
        select order_id, customer_id, status, item_count, total_cents, 0, now(), jsonb_build_object('orderId', order_id) from orders.orders;

        insert into deliveries.delivery_view (delivery_order_id, order_id, customer_id, state, document)
        select order_id, order_id, customer_id, case when random() < 0.01 then 'PENDING_BY_OPERATOR' else 'DELIVERY_CONFIRMED' end, '{}' from orders.orders;

        insert into messages.inbox (sender, event_id, aggregate_id, body, handled_at, outcome)
        select 'partner', 'evt-' || n, gen_random_uuid(), '{}', case when n % 1000 <> 0 then now() end, case when n % 1000 <> 0 then 'DELIVERED' end
        from generate_series(1, 20000) n;

        truncate messages.outbox cascade;

        insert into messages.outbox (event_id, topic, aggregate_id, payload, position)
        select gen_random_uuid(), 'order.completed', gen_random_uuid(), '{}', case when n % 1000 <> 0 then n end
        from generate_series(1, 20000) n;

        insert into messages.bounced_addresses (customer_id, address, reason) select customer_id, email, '550' from orders.customers;

        insert into messages.mails
            (mail_id, event_id, position, customer_id, order_id, kind, language, facts, state, settled_at)
        select order_id, order_id, n, customer_id, order_id, 'ORDER_ACCEPTED', 'en', '{}',
            case when n % 1000 <> 0 then 'SENT' else 'WAITING' end, case when n % 1000 <> 0 then now() - n * interval '1 minute' end
        from (select order_id, customer_id, row_number() over () as n from orders.orders) numbered;

        insert into messages.webhook_endpoints (endpoint_id, owner, url, topics, secret)
        select ('01950000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'operator:jane', 'https://example.com', '{order.*}', '\x00'
        from generate_series(1, 3) n;

        insert into messages.webhook_deliveries (endpoint_id, position, order_id, state)
        select e.endpoint_id, o.position, o.aggregate_id, case when o.position % 500 = 7 then 'WAITING' else 'DELIVERED' end
        from messages.webhook_endpoints e cross join messages.outbox o
        where o.position is not null;

        insert into orders.starts (order_id, attempt, accepted_at, taken_at, started_at, waiting_at)
        select order_id, 1, now() - random() * interval '1 hour', at, at, case when n % 3 = 0 then at end
        from (select order_id, n, case when n % 2 = 0 then now() - random() * interval '1 hour' end as at
              from (select order_id, row_number() over () as n from orders.orders) numbered) o;

        insert into orders.operator_tasks (task_id, task_key, kind, order_id, detail, closed_at, closed_by, announced_at)
        select order_id, 'order-' || order_id || '/undo', 'UNDO_FAILED', order_id, 'it is away',
            case when n % 100 <> 0 then now() - n * interval '1 minute' end, 'system', now()
        from (select order_id, row_number() over () as n from orders.orders) numbered;

        insert into orders.cancellations (cancellation_id, order_id, attempt, actor, reason, next_try_at, settled_at)
        select 'c-' || order_id, order_id, 1, 'system', 'no more', now(), case when random() > 0.01 then now() end
        from orders.orders;

        insert into orders.idempotency_keys (scope, key, request_hash, status_code, body, created_at)
        select 'scope', 'key-' || n, '\x00', 201, '{}', now() - n * interval '1 minute' from generate_series(1, 20000) n;
        """;

    internal Shop Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Shop = await Shop.OpenAsync();
        await using var connection = await Shop.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(Fill, commandTimeout: 120);

        await connection.ExecuteAsync("vacuum analyze", commandTimeout: 120);
    }

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}

/// <summary>
/// Every query that serves a request reads no more than it answers: no table that grows is read from end to end, and none is sorted.
/// </summary>
public sealed partial class PlanTests(FilledShop filled) : IClassFixture<FilledShop>
{
    private static readonly Dictionary<Type, string> SqlTypes = new()
    {
        [typeof(Guid)] = "uuid",
        [typeof(Guid[])] = "uuid[]",
        [typeof(string)] = "text",
        [typeof(bool)] = "boolean",
        [typeof(int)] = "integer",
        [typeof(int[])] = "integer[]",
        [typeof(TimeSpan)] = "interval",
    };

    // Readers of the outbox are as many as there are modules, what they cannot deal with is little, and merchants are few.
    private static readonly string[] OfFewRows = ["Seq Scan on readers", "Seq Scan on parked", "Seq Scan on webhook_endpoints"];

    private static readonly Guid Customer = Guid.Parse("01930000-0000-7000-8000-000000000007");
    private static readonly Guid Order = Guid.Parse("01940000-0000-7000-8000-000000010000");

    [Theory]
    [InlineData("one order", "order_view_pkey")]
    [InlineData("all orders", "order_view_pkey")]
    [InlineData("all orders, continued", "order_view_pkey")]
    [InlineData("a customer's orders", "order_view_by_customer")]
    [InlineData("a customer's orders, continued", "order_view_by_customer")]
    [InlineData("a customer's orders of a status", "order_view_by_customer_and_status")]
    [InlineData("orders of a status", "order_view_by_status")]
    [InlineData("orders of a status, continued", "order_view_by_status")]
    [InlineData("one delivery", "delivery_view_pkey")]
    [InlineData("deliveries of a state", "delivery_view_by_state")]
    [InlineData("deliveries of a state, continued", "delivery_view_by_state")]
    [InlineData("a customer's items", "order_lines_pkey")]
    [InlineData("a customer's items, continued", "order_lines_pkey")]
    [InlineData("customer summaries", "order_view_by_customer_and_status")]
    [InlineData("customer summaries, continued", "customers_pkey")]
    [InlineData("customers' facts", "customers_pkey")]
    [InlineData("products on sale", "products_by_sale")]
    [InlineData("products on sale, continued", "products_by_sale")]
    [InlineData("products on sale, continued", "stock_pkey")]
    [InlineData("an order's projection", "order_audit_change_key")]
    [InlineData("a delivery's projection", "delivery_audit_once")]
    [InlineData("open operator tasks", "operator_tasks_open")]
    [InlineData("open operator tasks, continued", "operator_tasks_open")]
    [InlineData("open operator tasks of a kind", "operator_tasks_open")]
    [InlineData("an order's closed operator tasks", "operator_tasks_by_order")]
    [InlineData("open tasks by kind", "operator_tasks_open")]
    [InlineData("tasks to announce", "operator_tasks_unannounced")]
    [InlineData("expired tasks", "operator_tasks_closed")]
    [InlineData("attempts' payments", "payments_attempt_key")]
    [InlineData("attempts' payments", "operator_tasks_by_order")]
    [InlineData("settled payments of a time", "payments_pkey")]
    [InlineData("delivery orders of bookings", "delivery_orders_pkey")]
    [InlineData("delivery orders of bookings", "operator_tasks_by_key")]
    [InlineData("parcels of a time that have left", "delivery_orders_pkey")]
    [InlineData("parcels of a time that have left", "delivery_audit_once")]
    [InlineData("open differences", "operator_tasks_open")]
    [InlineData("due starts", "starts_due")]
    [InlineData("the start window", "starts_in_flight")]
    [InlineData("the start window", "starts_left")]
    [InlineData("due events", "inbox_unhandled")]
    [InlineData("unpublished events", "outbox_unpublished")]
    [InlineData("due mails", "mails_due")]
    [InlineData("due mails", "mails_waiting_by_order")]
    [InlineData("all mails", "mails_pkey")]
    [InlineData("all mails, continued", "mails_pkey")]
    [InlineData("a customer's mails", "mails_by_customer")]
    [InlineData("a customer's mails, continued", "mails_by_customer")]
    [InlineData("expired mails", "mails_settled")]
    [InlineData("a reader's next events", "outbox_position_key")]
    [InlineData("due webhooks", "webhook_deliveries_by_order")]
    [InlineData("an idempotency key", "idempotency_keys_pkey")]
    [InlineData("expired keys", "idempotency_keys_oldest_first")]
    [InlineData("expired events of others", "inbox_handled")]
    [InlineData("expired events for others", "outbox_position_key")]
    public async Task A_request_is_served_by_an_index(string request, string index)
    {
        await using var connection = await filled.Shop.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);

        var plan = string.Join('\n', await connection.QueryAsync<string>(PreparedOnce(Sql(request))));

        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "Seq Scan",
            OfFewRows.Aggregate(plan, (rest, few) => rest.Replace(few, "", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
    }

    // As the hosts have it: one plan for all values, made without knowing any.
    private static string PreparedOnce(string sql)
    {
        var properties = Values().GetType().GetProperties().ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        var names = Parameter().Matches(sql).Select(match => match.Groups[1].Value).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var text = Parameter()
            .Replace(sql, match =>
                $"${1 + names.FindIndex(name => name.Equals(match.Groups[1].Value, StringComparison.OrdinalIgnoreCase))}"
            );
        var types = string.Join(", ", names.Select(name => SqlTypes[properties[name].PropertyType]));
        var nulls = string.Join(", ", names.Select(_ => "null"));
        return names.Count == 0
            ? $"explain {sql}"
            : $"prepare request ({types}) as {text}; explain execute request ({nulls}); deallocate request";
    }

    [GeneratedRegex(@"@(\w+)")]
    private static partial Regex Parameter();

    private static string Sql(string request) =>
        request switch
        {
            "one order" => StatusReader.FindOrderSql,
            "all orders" => StatusReader.ListOrdersSql(false, null, false),
            "all orders, continued" => StatusReader.ListOrdersSql(false, null, true),
            "a customer's orders" => StatusReader.ListOrdersSql(true, null, false),
            "a customer's orders, continued" => StatusReader.ListOrdersSql(true, null, true),
            "a customer's orders of a status" => StatusReader.ListOrdersSql(true, OrderStatus.Fulfillment, false),
            "orders of a status" => StatusReader.ListOrdersSql(false, OrderStatus.Fulfillment, false),
            "orders of a status, continued" => StatusReader.ListOrdersSql(false, OrderStatus.Fulfillment, true),
            "one delivery" => StatusReader.FindDeliverySql,
            "deliveries of a state" => StatusReader.ListDeliveriesSql(DeliveryState.PendingByOperator, false),
            "deliveries of a state, continued" => StatusReader.ListDeliveriesSql(DeliveryState.PendingByOperator, true),
            "a customer's items" => CustomerReader.ItemsSql(false),
            "a customer's items, continued" => CustomerReader.ItemsSql(true),
            "customer summaries" => CustomerReader.SummariesSql(false),
            "customer summaries, continued" => CustomerReader.SummariesSql(true),
            "customers' facts" => CatalogueReader.CustomersSql,
            "products on sale" => ProductStore.ListSql(false),
            "products on sale, continued" => ProductStore.ListSql(true),
            "an order's projection" => OrderViewSql.Project,
            "a delivery's projection" => OrderViewSql.ProjectDeliveries,
            "open operator tasks" => OperatorTaskQueue.ListSql(new(), false),
            "open operator tasks, continued" => OperatorTaskQueue.ListSql(new(), true),
            "open operator tasks of a kind" => OperatorTaskQueue.ListSql(new(Kind: OperatorTaskKind.UndoFailed), false),
            "an order's closed operator tasks" => OperatorTaskQueue.ListSql(new(Open: false, OrderId: Order), false),
            "open tasks by kind" => OperatorTaskWatch.CountSql,
            "tasks to announce" => OperatorTaskWatch.TakeSql,
            "expired tasks" => ExpiredRecords.TasksSql,
            "attempts' payments" => PaymentBook.ReadSql,
            "settled payments of a time" => PaymentBook.ListSettledSql,
            "delivery orders of bookings" => ParcelBook.ReadSql,
            "parcels of a time that have left" => ParcelBook.ListLeftSql,
            "open differences" => BookDifferences.ListOpenSql,
            "due starts" => OrderStarts.TakeSql,
            "the start window" => StartWindow.Room,
            "due events" => Inbox.TakeDueSql,
            "unpublished events" => Outbox.PublishSql,
            "due mails" => MailStore.TakeDueSql,
            "all mails" => MailStore.ListSql(false, false),
            "all mails, continued" => MailStore.ListSql(false, true),
            "a customer's mails" => MailStore.ListSql(true, false),
            "a customer's mails, continued" => MailStore.ListSql(true, true),
            "expired mails" => ExpiredRecords.MailsSql,
            "a reader's next events" => OutboxReaders.TakeSql,
            "due webhooks" => WebhookOutbox.TakeSql,
            "an idempotency key" => IdempotencyKeys.FindSql,
            "expired keys" => ExpiredRecords.KeysSql,
            "expired events of others" => ExpiredRecords.InboxSql,
            "expired events for others" => ExpiredRecords.OutboxSql,
            _ => throw new ArgumentOutOfRangeException(nameof(request), request, "no such request"),
        };

    private static object Values() =>
        new
        {
            orderId = Order,
            deliveryOrderId = Order,
            customerId = Customer,
            cursor = Order,
            cursorOrderId = Order,
            cursorLineNumber = 1,
            lastSku = "ARTICLE-7",
            onSale = true,
            count = 21,
            limit = 20,
            age = TimeSpan.FromDays(7),
            lease = TimeSpan.FromSeconds(1),
            ids = new[] { Customer },
            OrderIds = new[] { Order },
            DeliveryOrderIds = new[] { Order },
            OfOne = 8,
            Busy = new[] { Order },
            Reader = "vouchers",
            Scope = "scope",
            Sender = "partner",
            Key = "key-7",
            Kind = "UNDO_FAILED",
            pattern = "order-%",
            attempts = new[] { 1 },
            grace = TimeSpan.FromMinutes(2),
            after = Order,
            before = Order,
        };
}
