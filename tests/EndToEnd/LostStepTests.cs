using System.Net;
using Dapper;
using Npgsql;
using TemporalDelivery.Tests.Postgres;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;

namespace TemporalDelivery.EndToEnd;

/// <summary>
/// The worker dies after a step of our database was committed and before its workflow task is: no history knows of the step. Then something
/// else comes first. The rows know.
/// </summary>
public sealed class LostStepTests
{
    private const string Sku = "EBOOK-TEMPORAL";
    private static readonly OrderKind Ebook = new("e-book", [Sku], "COMPLETED", 1, 0, 0);
    private static readonly OrderKind Parcel = new("parcel", ["BOOK-DDIA"], "COMPLETED", 1, 1, 0);

    [Fact]
    public async Task What_no_history_knows_to_be_reserved_is_free_again_after_a_cancellation()
    {
        await using var scene = await Scene.OpenAsync();
        var before = await scene.StockAsync();
        scene.Shop.TemporalWire.Hold();
        var order = await scene.Customers.PlaceAsync(Ebook, scene.Cancellation);
        await scene.UntilAsync(order, "PAYMENT_PROCESSING");
        Assert.Equal(before.Reserved + 1, (await scene.StockAsync()).Reserved);

        // The order cannot be paid before the cancellation has reached it.
        scene.Shop.PaymentsWire.Hold();
        var answer = scene.CancelOverARestartAsync(order);
        await scene.UntilUpdatedAsync(order);
        scene.Shop.PaymentsWire.Release();

        Assert.Equal(HttpStatusCode.Accepted, await answer);
        await scene.UntilAsync(order, "CANCELLED");
        Assert.Equal(before, await scene.StockAsync());
        // The new worker may have charged before the cancellation reached it; then it has given that back.
        var charged = Ledgers.Charges(scene.Shop.PaymentsLedger).GetValueOrDefault(order);
        Assert.Equal(charged, Ledgers.Refunds(scene.Shop.PaymentsLedger).GetValueOrDefault(order));
        Assert.Equal(charged == 0 ? "VOIDED" : "REFUNDED", await scene.PaymentAsync(order));
        Assert.Equal(0, await scene.OpenTasksAsync());
    }

    [Fact]
    public async Task What_no_history_knows_to_be_completed_stays_so_and_nothing_of_it_is_undone()
    {
        await using var scene = await Scene.OpenAsync();
        var before = await scene.StockAsync();
        scene.Shop.PaymentsWire.Hold();
        var order = await scene.Customers.PlaceAsync(Ebook, scene.Cancellation);
        await scene.UntilAsync(order, "PAYMENT_PROCESSING");
        await using (var connection = await scene.ConnectAsync())
        {
            // Completing has to wait for this lock; so the wire is held before the step can be committed.
            await using var transaction = await connection.BeginTransactionAsync(scene.Cancellation);
            await connection.ExecuteAsync("select from orders.stock where sku = @Sku for update", new { Sku }, transaction);
            scene.Shop.PaymentsWire.Release();
            await scene.UntilAsync("select exists (select from pg_stat_activity where wait_event_type = 'Lock')");
            scene.Shop.TemporalWire.Hold();
            await transaction.RollbackAsync(scene.Cancellation);
        }

        await scene.UntilAsync(order, "COMPLETED");

        var answer = await scene.CancelOverARestartAsync(order);

        Assert.Equal(HttpStatusCode.Conflict, answer);
        Assert.Equal((before.OnHand - 1, before.Reserved), await scene.StockAsync());
        Assert.Equal("SETTLED", await scene.PaymentAsync(order));
        Assert.Equal(1, Ledgers.Charges(scene.Shop.PaymentsLedger).GetValueOrDefault(order));
        Assert.Equal(0, Ledgers.Refunds(scene.Shop.PaymentsLedger).GetValueOrDefault(order));
        Assert.Equal(
            1,
            await scene.CountAsync("select count(*) from orders.digital_grants where order_id = @order and revoked_at is null", order)
        );
        Assert.Equal(
            1,
            await scene.CountAsync("select count(*) from messages.outbox where aggregate_id = @order and topic <> 'order.accepted'", order)
        );
        Assert.Equal(0, await scene.OpenTasksAsync());
    }

    [Fact]
    public async Task What_no_history_knows_of_a_parcel_holds_whatever_comes_next()
    {
        await using var scene = await Scene.OpenAsync();
        var order = await scene.Customers.PlaceAsync(Parcel, scene.Cancellation);
        var delivery = await scene.DeliveryAsync(order, "DELIVERED");
        Task dispute;
        await using (var connection = await scene.ConnectAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync(scene.Cancellation);
            await connection.ExecuteAsync("select from deliveries.delivery_orders for update", transaction: transaction);
            dispute = scene.Customers.DisputeAsync(delivery, scene.Cancellation);
            await scene.UntilAsync("select exists (select from pg_stat_activity where wait_event_type = 'Lock')");
            scene.Shop.TemporalWire.Hold();
            await transaction.RollbackAsync(scene.Cancellation);
        }

        await scene.DeliveryAsync(order, "PENDING_BY_OPERATOR");
        foreach (var process in new[] { scene.Shop.Worker, scene.Shop.Api, scene.Shop.Temporal })
        {
            await process.KillAsync(scene.Cancellation);
        }

        // Whoever asked is gone, and so is the server's memory of what was asked.
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => dispute);
        scene.Shop.TemporalWire.Release();
        foreach (var process in new[] { scene.Shop.Temporal, scene.Shop.Api, scene.Shop.Worker })
        {
            await process.StartAsync(scene.Cancellation);
        }

        Assert.Equal(HttpStatusCode.Conflict, await scene.Customers.ConfirmAsync(delivery, scene.Cancellation));
        await scene.DeliveryAsync(order, "PENDING_BY_OPERATOR");
        await scene.UntilAsync(order, "FULFILLMENT");
        Assert.Equal(1, await scene.OpenTasksAsync());
        Assert.Equal(0, Ledgers.Refunds(scene.Shop.PaymentsLedger).GetValueOrDefault(order));
        // The operator has it sent once more, and the customer confirms that.
        await scene.Customers.SeeThroughAsync(order, scene.Cancellation);
        Assert.Equal(2, Ledgers.DeliveriesOfOrders(scene.Shop.PartnerLedger).GetValueOrDefault(order));
        Assert.Equal("SETTLED", await scene.PaymentAsync(order));
        Assert.Equal(0, await scene.OpenTasksAsync());
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly CancellationTokenSource deadline;

        private Scene(Shop shop, CancellationTokenSource deadline)
        {
            Shop = shop;
            this.deadline = deadline;
            Customers = new Customers(shop.Address);
        }

        public Shop Shop { get; }

        public Customers Customers { get; }

        public CancellationToken Cancellation => deadline.Token;

        /// <summary>Opens a shop that has worked: its worker waits for tasks.</summary>
        public static async Task<Scene> OpenAsync()
        {
            Assert.SkipWhen(PrivatePostgres.Unavailable is not null, PrivatePostgres.Unavailable ?? "");
            var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            deadline.CancelAfter(TimeSpan.FromMinutes(4));
            var scene = new Scene(
                await Shop.StartAsync(pace: TimeSpan.FromSeconds(1), disorder: 0.3, TemporalStore.Postgres, deadline.Token),
                deadline
            );
            await scene.Customers.SeeThroughAsync(await scene.Customers.PlaceAsync(Ebook, deadline.Token), deadline.Token);
            return scene;
        }

        /// <summary>The worker dies, the customer cancels, the worker comes back; returns how the cancellation was answered.</summary>
        public async Task<HttpStatusCode> CancelOverARestartAsync(Guid order)
        {
            await Shop.Worker.KillAsync(Cancellation);
            Shop.TemporalWire.Release();
            var answer = Customers.CancelAsync(order, Cancellation);
            await Shop.Worker.StartAsync(Cancellation);
            return await answer;
        }

        /// <summary>Waits until the order's workflow has accepted an update.</summary>
        public async Task UntilUpdatedAsync(Guid order)
        {
            var client = await TemporalClient.ConnectAsync(new(Shop.TemporalAddress));
            var workflow = client.GetWorkflowHandle($"order-{order}");
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (
                !(await workflow.FetchHistoryAsync()).Events.Any(happened =>
                    happened.EventType == EventType.WorkflowExecutionUpdateAccepted
                )
            )
            {
                await tick.WaitForNextTickAsync(Cancellation);
            }
        }

        /// <summary>Waits until the order's row says so.</summary>
        public Task UntilAsync(Guid order, string status) =>
            UntilAsync("select exists (select from orders.orders where order_id = @order and status = @status)", new { order, status });

        public async Task UntilAsync(string condition, object? values = null)
        {
            await using var connection = await ConnectAsync();
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(condition, values, cancellationToken: Cancellation)))
            {
                try
                {
                    await tick.WaitForNextTickAsync(Cancellation);
                }
                catch (OperationCanceledException)
                {
                    throw new TimeoutException($"{condition} {values}\n--- worker\n{Shop.Worker.Log}\n--- api\n{Shop.Api.Log}");
                }
            }
        }

        /// <summary>Waits until the order has a delivery order in that state, and returns its id.</summary>
        public async Task<Guid> DeliveryAsync(Guid order, string state)
        {
            const string sql = "select delivery_order_id from deliveries.delivery_orders where order_id = @order and state = @state";
            await UntilAsync($"select exists ({sql})", new { order, state });
            await using var connection = await ConnectAsync();
            return await connection.QuerySingleAsync<Guid>(sql, new { order, state });
        }

        public async Task<(int OnHand, int Reserved)> StockAsync()
        {
            await using var connection = await ConnectAsync();
            return await connection.QuerySingleAsync<(int, int)>(
                "select on_hand, reserved from orders.stock where sku = @Sku",
                new { Sku }
            );
        }

        public async Task<string?> PaymentAsync(Guid order)
        {
            await using var connection = await ConnectAsync();
            return await connection.ExecuteScalarAsync<string>("select status from orders.payments where order_id = @order", new { order });
        }

        public Task<int> OpenTasksAsync() => CountAsync("select count(*) from orders.operator_tasks where closed_at is null", default);

        public async Task<int> CountAsync(string sql, Guid order)
        {
            await using var connection = await ConnectAsync();
            return await connection.ExecuteScalarAsync<int>(sql, new { order });
        }

        public async Task<NpgsqlConnection> ConnectAsync()
        {
            var connection = new NpgsqlConnection(Shop.Postgres.ConnectionString);
            await connection.OpenAsync(Cancellation);
            return connection;
        }

        public async ValueTask DisposeAsync()
        {
            Customers.Dispose();
            await Shop.DisposeAsync();
            deadline.Dispose();
        }
    }
}
