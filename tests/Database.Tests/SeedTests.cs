using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Database.Tests;

public sealed class SeedTests : IAsyncLifetime
{
    private static readonly MigrationSet Unseeded = MigrationSet.EmbeddedIn(DatabaseSchema.Scripts, DatabaseSchema.Name);

    private TestDatabase database = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(Now);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Without_a_seed_there_are_no_customers_and_nothing_is_sold()
    {
        await StartAsync(Unseeded);

        Assert.Equal(
            (0, 0, 0),
            await SingleAsync<(int, int, int)>(
                "select (select count(*) from orders.customers), (select count(*) from orders.products), (select count(*) from orders.stock)"
            )
        );
    }

    [Fact]
    public async Task The_demos_seed_can_come_later_and_keeps_what_the_shop_changed_since()
    {
        await StartAsync(Unseeded);
        await StartAsync(Unseeded.SeededWith("demo"));
        Assert.Equal((4550, 1_000_000), await BookAsync());

        await SingleAsync<int>(
            """
            update orders.products set price_cents = 4000 where sku = 'BOOK-DDIA';
            update orders.stock set on_hand = 3 where sku = 'BOOK-DDIA';
            select 1
            """
        );
        await StartAsync(Unseeded.SeededWith("demo"));

        Assert.Equal((4000, 3), await BookAsync());
    }

    [Fact]
    public void A_seed_that_does_not_exist_is_refused_with_those_that_do()
    {
        var refusal = Assert.Throws<FormatException>(() => Unseeded.SeededWith("Demo"));

        Assert.Contains("'Demo' is no seed; expected demo, or nothing", refusal.Message, StringComparison.Ordinal);
    }

    private async Task StartAsync(MigrationSet set) =>
        await new Migrator(database.DataSource, [set], NullLogger<Migrator>.Instance).MigrateAsync(Now);

    private Task<(int Price, int OnHand)> BookAsync() =>
        SingleAsync<(int, int)>(
            "select price_cents::int, on_hand from orders.products join orders.stock using (sku) where sku = 'BOOK-DDIA'"
        );

    private async Task<T> SingleAsync<T>(string sql)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);
        return await connection.QuerySingleAsync<T>(sql);
    }
}
