using Dapper;
using Npgsql;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Processes;
using Temporalio.Client;

namespace TemporalDelivery.EndToEnd;

/// <summary>What Temporal's own tools may do to a shop's orders, and what the reconciliation makes of it.</summary>
public sealed class ReconciliationTests
{
    private const int Many = 50;

    private static readonly OrderKind Ebook = OrderKind.All[0];
    private static readonly OrderKind Parcel = OrderKind.All[1];

    [Fact]
    public async Task What_Temporals_tools_have_done_to_orders_is_found_and_the_orders_come_to_their_end()
    {
        Assert.SkipWhen(PrivatePostgres.Unavailable is not null, PrivatePostgres.Unavailable ?? "");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(4));
        var cancellation = deadline.Token;
        var settings = new ShopSettings
        {
            Partner = ["--FailureRate=0", "--Pace=00:00:02"],
            Worker = ["--Reconciliation:Every=00:00:02", "--Reconciliation:Quiet=00:00:02"],
        };
        await using var shop = await Shop.StartAsync(settings, cancellation);
        using var customers = new Customers(shop.Address);
        var temporal = await TemporalClient.ConnectAsync(new(shop.TemporalAddress));
        await using var database = new NpgsqlConnection(shop.Postgres.ConnectionString);
        await database.OpenAsync(cancellation);
        var (terminated, deleted) = (await BegunAsync(), await BegunAsync());

        await temporal.GetWorkflowHandle($"order-{terminated}").TerminateAsync("wrong button");
        await temporal.WorkflowService.DeleteWorkflowExecutionAsync(
            new()
            {
                Namespace = temporal.Options.Namespace,
                WorkflowExecution = new() { WorkflowId = $"order-{deleted}" },
            }
        );
        await database.ExecuteAsync(
            """
            update orders.order_view set status = 'FAILED', document = '{}' where order_id = @terminated;
            insert into orders.order_view (order_id, customer_id, status, item_count, total_cents, discount_cents, placed_at, document)
            select @ghost, customer_id, status, item_count, total_cents, discount_cents, placed_at, document
            from orders.order_view where order_id = @deleted
            """,
            new
            {
                terminated,
                deleted,
                ghost = Guid.CreateVersion7(),
            }
        );

        await UntilAsync(async () => (await customers.TasksAsync("STORY_LOST", cancellation)).Count == 2);
        await UntilAsync(async () =>
            (await customers.ReconciliationAsync(cancellation)).GetProperty("differences").GetInt32() == 2
            && await CountAsync("select count(*) from orders.order_view v where document = '{}' or order_id not in (table placed)") == 0
        );
        foreach (var task in await customers.TasksAsync("STORY_LOST", cancellation))
        {
            await customers.ResolveTaskAsync(task.GetProperty("taskId").GetGuid(), "RESUME", cancellation);
        }

        foreach (var order in new[] { terminated, deleted })
        {
            Assert.Equal("COMPLETED", (await customers.SeeThroughAsync(order, cancellation)).GetProperty("status").GetString());
        }

        Assert.All(Ledgers.Charges(shop.PaymentsLedger).Values, charges => Assert.Equal(1, charges));
        Assert.All(Ledgers.Bookings(shop.PartnerLedger).Values, bookings => Assert.Equal(1, bookings));
        await UntilAsync(async () =>
            (await customers.ReconciliationAsync(cancellation)).GetProperty("differences").GetInt32() == 0
            && await CountAsync("select count(*) from orders.operator_tasks where closed_at is null") == 0
        );

        async Task<Guid> BegunAsync()
        {
            var order = await customers.PlaceAsync(Parcel, cancellation);
            await UntilAsync(async () =>
                await CountAsync($"select count(*) from deliveries.delivery_orders where order_id = '{order}'") == 1
            );
            return order;
        }

        Task<int> CountAsync(string sql) => database.ExecuteScalarAsync<int>($"with placed as (select order_id from orders.orders) {sql}");

        Task UntilAsync(Func<Task<bool>> condition) => ReconciliationTests.UntilAsync(condition, shop, cancellation);
    }

    [Fact]
    public async Task Fifty_orders_that_are_reset_at_once_come_to_the_same_end()
    {
        Assert.SkipWhen(PrivatePostgres.Unavailable is not null, PrivatePostgres.Unavailable ?? "");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(4));
        var cancellation = deadline.Token;
        var settings = new ShopSettings { Partner = ["--FailureRate=0", "--Pace=00:00:05"] };
        await using var shop = await Shop.StartAsync(settings, cancellation);
        using var customers = new Customers(shop.Address);
        var temporal = await TemporalClient.ConnectAsync(new(shop.TemporalAddress));
        var orders = new List<Guid>();
        for (var count = 0; count < Many; count++)
        {
            orders.Add(await customers.PlaceAsync(count % 5 == 0 ? Ebook : Parcel, cancellation));
        }

        await temporal.WorkflowService.StartBatchOperationAsync(
            new()
            {
                Namespace = temporal.Options.Namespace,
                JobId = Guid.CreateVersion7().ToString(),
                Reason = "after a bad deploy",
                VisibilityQuery = "WorkflowType = 'OrderWorkflow'",
                ResetOperation = new()
                {
                    Identity = "olga",
                    Options = new() { FirstWorkflowTask = new() },
                },
            }
        );

        foreach (var order in orders)
        {
            Assert.Equal("COMPLETED", (await customers.SeeThroughAsync(order, cancellation)).GetProperty("status").GetString());
        }

        Assert.Equal(Many, Ledgers.Charges(shop.PaymentsLedger).Count);
        Assert.All(Ledgers.Charges(shop.PaymentsLedger).Values, charges => Assert.Equal(1, charges));
        Assert.All(Ledgers.Bookings(shop.PartnerLedger).Values, bookings => Assert.Equal(1, bookings));
        Assert.Empty(Ledgers.Refunds(shop.PaymentsLedger));
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, Shop shop, CancellationToken cancellationToken)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
        {
            try
            {
                await tick.WaitForNextTickAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"--- worker\n{shop.Worker.Log}\n--- api\n{shop.Api.Log}");
            }
        }
    }
}
