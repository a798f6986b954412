using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TemporalDelivery.Database.Migrations;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Database.Tests;

public sealed class MigrationTests
{
    static readonly IReadOnlyList<Migration> All = Migration.EmbeddedIn(typeof(Migrator).Assembly);

    static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_that_migrate_at_once_apply_each_migration_once()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        var sources = Enumerable.Range(0, 4).Select(_ => NpgsqlDataSource.Create(database.ConnectionString)).ToList();

        var applied = await Task.WhenAll(sources.Select(source => Task.Run(() => On(source).MigrateAsync(Now), Now)));

        Assert.Equal(All.Count, applied.Sum());
        await using (var connection = await database.DataSource.OpenConnectionAsync(Now))
            Assert.Equal(All.Count, await connection.ExecuteScalarAsync<int>("select count(*) from orders.migrations"));
        foreach (var source in sources)
            await source.DisposeAsync();
    }

    [Fact]
    public async Task Migrating_again_applies_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        await On(database.DataSource).MigrateAsync(Now);

        Assert.Equal(0, await On(database.DataSource).MigrateAsync(Now));
    }

    [Fact]
    public async Task An_edited_migration_is_refused_by_name()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        await On(database.DataSource).MigrateAsync(Now);
        var edited = All.Select(migration => migration.Number == 2 ? new Migration(2, migration.FileName, migration.Sql + "-- and more") : migration).ToList();

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => On(database.DataSource).MigrateAsync(edited, Now));

        Assert.Contains("0002_orders.sql was edited after it was applied", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_ends_of_the_checkout_are_no_edit()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        await On(database.DataSource).MigrateAsync(Now);
        var windows = All.Select(migration => new Migration(migration.Number, migration.FileName, migration.Sql.ReplaceLineEndings("\r\n"))).ToList();

        Assert.Equal(0, await On(database.DataSource).MigrateAsync(windows, Now));
    }

    [Fact]
    public async Task A_migration_numbered_before_an_applied_one_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        await On(database.DataSource).MigrateAsync([All[0], All[2] with { Sql = "select 1" }], Now);

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => On(database.DataSource).MigrateAsync([All[0], All[1], All[2] with { Sql = "select 1" }], Now));

        Assert.Contains(All[1].FileName, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_of_itself()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        var bad = new Migration(7, "0007_bad.sql", "create table orders.half (id int); select 1/0");

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => On(database.DataSource).MigrateAsync([.. All, bad], Now));

        Assert.Contains("0007_bad.sql failed: division by zero", refusal.Message, StringComparison.Ordinal);
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);
        Assert.False(await connection.ExecuteScalarAsync<bool>("select to_regclass('orders.half') is not null"));
        Assert.Equal(All.Count, await connection.ExecuteScalarAsync<int>("select count(*) from orders.migrations"));
    }

    [Fact]
    public async Task A_newer_builds_migration_does_not_stop_an_older_build()
    {
        await using var database = await TestDatabase.CreateAsync(Now);
        await On(database.DataSource).MigrateAsync([.. All, new Migration(9000, "9000_newer.sql", "select 1")], Now);

        Assert.Equal(0, await On(database.DataSource).MigrateAsync(Now));
    }

    static Migrator On(NpgsqlDataSource source)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        return new Migrator(source, NullLogger<Migrator>.Instance);
    }
}
