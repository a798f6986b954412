using Dapper;
using Npgsql;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Database.Tests;

/// <summary>A step is one transaction: one that cannot be done to its end leaves nothing. Its rows stand in nobody's way.</summary>
public sealed class OneTransactionTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("admit", "an audit row of PAYMENT_PROCESSING")]
    [InlineData("pay", "an audit row of FULFILLMENT")]
    [InlineData("pay", "a grant")]
    [InlineData("complete", "an audit row of COMPLETED")]
    [InlineData("complete", "an event order.completed")]
    [InlineData("close", "an audit row of CANCELLED")]
    [InlineData("confirm", "an event delivery.confirmed")]
    public async Task A_step_that_fails_half_way_leaves_nothing(string step, string obstacle)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1), ("BOOK-DDIA", 2));
        if (step is not "admit")
        {
            await shop.AdmitAsync(order);
        }

        if (step is not ("admit" or "pay"))
        {
            await shop.StoreAsync(order);
        }

        if (step is "confirm")
        {
            await shop.ExecuteAsync(
                """
                update deliveries.delivery_orders set state = 'PICKED_UP';
                update deliveries.delivery_orders set state = 'DELIVERED'
                """
            );
        }

        await PlaceAsync(shop, order, obstacle);
        var left = await shop.PictureAsync();

        var failure = await Assert.ThrowsAsync<PostgresException>(() => StepAsync(shop, order, step));

        Assert.Equal(PostgresErrorCodes.UniqueViolation, failure.SqlState);
        Assert.Equal(left, await shop.PictureAsync());
    }

    // Two that each hold a row and look up the other's would otherwise wait in a circle: a delivery that opens a task, and its order's end.
    [Theory]
    [InlineData("admit")]
    [InlineData("pay")]
    [InlineData("complete")]
    [InlineData("close")]
    public async Task A_step_does_not_wait_for_a_row_that_only_refers_to_its_order(string step)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        if (step is not "admit")
        {
            await shop.AdmitAsync(order);
        }

        if (step is not ("admit" or "pay"))
        {
            await shop.StoreAsync(order);
        }

        await using var other = await shop.Source.OpenConnectionAsync(Now);
        await using var transaction = await other.BeginTransactionAsync(Now);
        await other.ExecuteAsync(
            """
            insert into orders.operator_tasks (task_id, task_key, kind, order_id, detail)
            values (@OrderId, 'key', 'STEP_FAILED', @OrderId, '')
            """,
            order,
            transaction
        );

        await StepAsync(shop, order, step).WaitAsync(TimeSpan.FromSeconds(20), Now);
    }

    [Fact]
    public async Task Audit_rows_are_never_changed_or_deleted()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));

        foreach (
            var sql in new[]
            {
                "update orders.order_audit set reason = 'nobody saw it'",
                "delete from orders.order_audit",
                "truncate orders.order_audit",
                "update deliveries.delivery_audit set reason = 'nobody saw it'",
            }
        )
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => shop.ExecuteAsync(sql));
            Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
        }
    }

    // A row that the step's writes collide with, however far it has come by then.
    private static Task PlaceAsync(Shop shop, AcceptedOrder order, string obstacle) =>
        shop.ExecuteAsync(
            obstacle.Split(' ')[1] switch
            {
                "grant" => "insert into orders.digital_grants (order_id, attempt, sku, quantity) values (@OrderId, 1, 'EBOOK-SQL', 1)",
                "event" => """
                insert into messages.outbox (event_id, topic, aggregate_id, payload)
                select gen_random_uuid(), @What, id, '{}'
                from (select order_id from orders.orders union all select delivery_order_id from deliveries.delivery_orders) ids (id)
                """,
                _ => """
                insert into orders.order_audit (order_id, attempt, to_status, event, actor)
                values (@OrderId, 1, @What, 'OBSTACLE', 'system')
                """,
            },
            new { order.OrderId, What = obstacle.Split(' ')[^1] }
        );

    private static async Task StepAsync(Shop shop, AcceptedOrder order, string step)
    {
        switch (step)
        {
            case "admit":
                await shop.AdmitAsync(order);
                break;
            case "pay":
                await shop.StoreAsync(order);
                break;
            case "complete":
                await shop.CompleteAsync(order);
                break;
            case "close":
                await shop.CloseAsync(order);
                break;
            default:
                var delivery = await shop.SingleAsync<Guid>("select delivery_order_id from deliveries.delivery_orders");
                var move = new DeliveryMoved(
                    DeliveryState.Delivered,
                    DeliveryState.DeliveryConfirmed,
                    "CONFIRM_BY_SILENCE",
                    null,
                    null,
                    Actor.System
                );
                await shop.Get<DeliveryStore>().RecordDeliveryMovesAsync(new(delivery, order.OrderId, [move], IsOver: true));
                break;
        }
    }
}
