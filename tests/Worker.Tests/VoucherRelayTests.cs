using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using TemporalDelivery.Database;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Temporal;

namespace TemporalDelivery.Worker.Tests;

public sealed class VoucherRelayTests
{
    private const string Publish = """
        insert into messages.outbox (event_id, topic, aggregate_id, payload, position)
        values (gen_random_uuid(), 'order.completed', @order,
            jsonb_build_object('orderId', @order, 'customerId', @customer, 'totalCents', 10001), 1)
        """;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_of_vouchers_alone_issues_what_was_earned_before_it_started()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        await using var environment = await TestTemporal.StartLocalAsync();
        await new Migrator(
            database.DataSource,
            [MigrationSet.EmbeddedIn(DatabaseSchema.Scripts, DatabaseSchema.Name)],
            NullLogger<Migrator>.Instance
        ).MigrateAsync(Now);
        var (order, customer) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);
        await connection.ExecuteAsync(Publish, new { order, customer });

        await using var worker = WorkerProcess.Start(
            $"--Database:ConnectionString={database.ConnectionString}",
            $"--Temporal:Address={environment.Client.Connection.Options.TargetHost}",
            "--Worker:Modules=vouchers"
        );
        await worker.UntilItSaysAsync("Application started");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await connection.ExecuteScalarAsync<bool>("select exists (select from vouchers.vouchers where state = 'READY')"))
        {
            await connection.ExecuteAsync(new CommandDefinition("select pg_sleep(0.02)", cancellationToken: patience.Token));
        }

        Assert.Equal(
            (order, customer, 500L),
            await connection.QuerySingleAsync<(Guid, Guid, long)>("select order_id, customer_id, amount_cents from vouchers.vouchers")
        );
        Assert.Equal(0, await worker.StopAsync());
    }
}
