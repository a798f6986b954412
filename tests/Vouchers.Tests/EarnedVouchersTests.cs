using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Temporal;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Testing;

namespace TemporalDelivery.Vouchers.Tests;

/// <summary>The module beside an outbox, whose columns are a contract, and a Temporal without workers.</summary>
public sealed class EarnedVouchersTests : IAsyncLifetime
{
    private const string Outbox = """
        create schema messages;
        create table messages.outbox (
            outbox_id bigint generated always as identity, event_id uuid not null, topic text not null, aggregate_id uuid not null,
            payload jsonb not null, recorded_at timestamptz not null default now(), position bigint unique, published_at timestamptz);
        create table messages.readers (reader text primary key, position bigint not null default 0);
        insert into messages.readers (reader) values ('vouchers')
        """;

    private TestDatabase database = null!;
    private WorkflowEnvironment environment = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(Now);
        await new Migrator(
            database.DataSource,
            [MigrationSet.EmbeddedIn(VoucherSchema.Scripts, VoucherSchema.Name)],
            NullLogger<Migrator>.Instance
        ).MigrateAsync(Now);
        environment = await TestTemporal.StartLocalAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await environment.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task An_order_of_more_than_a_hundred_euros_earns_a_voucher_and_one_of_a_hundred_does_not()
    {
        await ExecuteAsync(Outbox);
        var (hundred, more, delivery) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await PublishAsync(hundred, 10_000, 1);
        await PublishAsync(more, 10_001, 2);
        await PublishAsync(delivery, 99_999, 3, "delivery.confirmed");

        await Earned().StartAsync(10, Now);

        Assert.False(await IsStartedAsync(hundred));
        Assert.True(await IsStartedAsync(more));
        Assert.False(await IsStartedAsync(delivery));
        Assert.Equal(3, await PositionAsync());
    }

    [Fact]
    public async Task What_is_not_published_yet_is_not_passed_over()
    {
        await ExecuteAsync(Outbox);
        var (early, late) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await PublishAsync(late, 20_000, null);
        await PublishAsync(early, 20_000, 1);
        await Earned().StartAsync(10, Now);
        Assert.False(await IsStartedAsync(late));

        await ExecuteAsync("update messages.outbox set position = 2 where position is null");
        await Earned().StartAsync(10, Now);

        Assert.True(await IsStartedAsync(early) && await IsStartedAsync(late));
    }

    [Fact]
    public async Task While_Temporal_is_away_the_events_wait()
    {
        await ExecuteAsync(Outbox);
        var order = Guid.CreateVersion7();
        await PublishAsync(order, 20_000, 1);
        var away = new EarnedVouchers(database.DataSource, TemporalClient.CreateLazy(new("127.0.0.1:1")));

        await Assert.ThrowsAnyAsync<Exception>(() => away.StartAsync(10, Now));

        Assert.Equal(0, await PositionAsync());
        await Earned().StartAsync(10, Now);
        Assert.True(await IsStartedAsync(order));
    }

    [Fact]
    public async Task A_batch_whose_end_was_not_stored_is_done_again_and_starts_nothing_twice()
    {
        await ExecuteAsync(Outbox);
        var order = Guid.CreateVersion7();
        await PublishAsync(order, 20_000, 1);
        await Earned().StartAsync(10, Now);
        var run = await RunAsync(order);
        await ExecuteAsync("update messages.readers set position = 0");

        await Earned().StartAsync(10, Now);

        Assert.Equal(1, await PositionAsync());
        Assert.Equal(run, await RunAsync(order));
    }

    [Fact]
    public async Task Many_workers_deal_with_every_event()
    {
        await ExecuteAsync(Outbox);
        Guid[] orders = [.. Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7())];
        foreach (var (order, index) in orders.Select((order, index) => (order, index)))
        {
            await PublishAsync(order, 20_000, index + 1);
        }

        while (await PositionAsync() < orders.Length)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Earned().StartAsync(3, Now), Now)));
        }

        foreach (var order in orders)
        {
            Assert.True(await IsStartedAsync(order));
        }
    }

    [Fact]
    public async Task Where_there_is_no_outbox_yet_there_is_nothing_to_do() => Assert.False(await Earned().StartAsync(10, Now));

    private EarnedVouchers Earned() => new(database.DataSource, environment.Client);

    private Task PublishAsync(Guid aggregate, long totalCents, long? position, string topic = "order.completed") =>
        ExecuteAsync(
            """
            insert into messages.outbox (event_id, topic, aggregate_id, payload, position)
            values (gen_random_uuid(), @topic, @aggregate,
                jsonb_build_object('orderId', @aggregate, 'customerId', gen_random_uuid(), 'totalCents', @totalCents), @position)
            """,
            new
            {
                aggregate,
                totalCents,
                position,
                topic,
            }
        );

    private async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);
        await connection.ExecuteAsync(sql, parameters);
    }

    private async Task<long> PositionAsync()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);
        return await connection.QuerySingleAsync<long>("select position from messages.readers");
    }

    private async Task<string> RunAsync(Guid order) =>
        (await environment.Client.GetWorkflowHandle($"voucher-{order}").DescribeAsync()).RunId;

    private async Task<bool> IsStartedAsync(Guid order)
    {
        try
        {
            await RunAsync(order);
            return true;
        }
        catch (RpcException failure) when (failure.Code == RpcException.StatusCode.NotFound)
        {
            return false;
        }
    }
}
