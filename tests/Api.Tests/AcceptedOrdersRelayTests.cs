using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using TemporalDelivery.Api.Relay;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Client;

namespace TemporalDelivery.Api.Tests;

public sealed class AcceptedOrdersRelayTests(TemporalApplication api) : IClassFixture<TemporalApplication>
{
    [Fact(Timeout = 60_000)]
    public async Task An_order_that_cannot_be_started_holds_up_no_other_and_says_why()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var bad = Guid.CreateVersion7();
        await api.Temporal.StartWorkflowAsync("OrderWorkflow", [], new WorkflowOptions(WorkflowIds.Order(bad), "nobody"));
        await api.ExecuteAsync(
            """
            insert into orders.orders (order_id, customer_id, status, attempt, total_cents, item_count, payment_token)
                values (@bad, @Ada, 'PENDING', 2, 100, 1, 'tok_ok');
            insert into orders.starts (order_id, attempt, accepted_at) values (@bad, 2, now() - interval '1 hour')
            """,
            new { bad, ApiApplication.Ada }
        );
        await UntilAsync(
            "select count(*) from orders.starts where tries > 0 and last_error = 'the run before has not failed (yet)'",
            cancellation
        );

        var good = await api.AsCustomer(ApiApplication.Ada).PlaceAsync(Stories.Order(ApiApplication.Ada));
        await UntilAsync("select count(*) from orders.starts where started_at is not null", cancellation);

        var run = await api.Temporal.GetWorkflowHandle(WorkflowIds.Order(good)).DescribeAsync();
        Assert.Equal(1, await run.Memo["attempt"].ToValueAsync<int>());
        Assert.Equal(1, await api.CountAsync("select count(*) from orders.starts where started_at is null"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_relay_that_is_stopped_gives_back_what_it_takes_at_that_moment()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var shop = new ApiApplication();
        await shop.InitializeAsync();
        var order = await shop.AsCustomer(ApiApplication.Ada).PlaceAsync(Stories.Order(ApiApplication.Ada));
        await shop.StopAsync();
        await using var holder = await shop.Database.DataSource.OpenConnectionAsync(cancellation);
        await holder.ExecuteAsync("select pg_advisory_lock(@key)", new { key = OrderStarts.LockKey });
        var starts = new OrderStarts(shop.Database.DataSource);
        var starter = new OrderStarter(TemporalClient.CreateLazy(new("127.0.0.1:1")), new OrderOptions());
        using var relay = new AcceptedOrdersRelay(
            starts,
            starter,
            new WakeSignals(),
            new RelayOptions(),
            NullLogger<AcceptedOrdersRelay>.Instance
        );

        await relay.StartAsync(cancellation);
        await WaitingForLockAsync(holder, cancellation);
        var stopping = relay.StopAsync(cancellation);
        await holder.ExecuteAsync("select pg_advisory_unlock(@key)", new { key = OrderStarts.LockKey });
        await stopping;

        var taken = await starts.TakeAsync([], 1, cancellation);
        Assert.Equal((order, 0), (Assert.Single(taken.Starts).OrderId, taken.Starts[0].Tries));
    }

    private static async Task WaitingForLockAsync(Npgsql.NpgsqlConnection connection, CancellationToken cancellation)
    {
        const string Waiting = """
            select count(*) from pg_locks
            where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())
            """;
        while (await connection.ExecuteScalarAsync<long>(Waiting) == 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task UntilAsync(string count, CancellationToken cancellation)
    {
        while (await api.CountAsync(count) == 0)
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
