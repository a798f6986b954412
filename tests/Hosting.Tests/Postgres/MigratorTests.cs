using System.Reflection;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Hosting.Tests.Postgres;

public sealed class MigratorTests : IAsyncLifetime
{
    private static readonly Migration First = Migration.Of("0001_first.sql", "create table shelf.books (title text);\nselect 1;\n");
    private static readonly Migration Second = Migration.Of("0002_second.sql", "insert into shelf.books values ('Emma');");
    private static readonly Migration Third = Migration.Of("0003_third.sql", "insert into shelf.books values ('Persuasion');");

    private TestDatabase database = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(Now);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Many_that_migrate_at_once_apply_each_script_once()
    {
        var sources = Enumerable.Range(0, 4).Select(_ => NpgsqlDataSource.Create(database.ConnectionString)).ToList();

        var applied = await Task.WhenAll(
            sources.Select(source => Task.Run(() => On(source, Shelf(First, Second, Third), Cellar()).MigrateAsync(Now), Now))
        );

        Assert.Equal(4, applied.Sum());
        Assert.Equal(["Emma", "Persuasion"], await QueryAsync<string>("select title from shelf.books order by title"));
        Assert.Equal([1, 2, 3], await QueryAsync<int>("select number from shelf.migrations order by number"));
        foreach (var source in sources)
        {
            await source.DisposeAsync();
        }
    }

    [Fact]
    public async Task Sets_keep_lists_of_their_own()
    {
        await MigrateAsync(Shelf(First, Second));

        Assert.Equal(1, await On(database.DataSource, Shelf(First, Second), Cellar()).MigrateAsync(Now));

        Assert.Equal(["0001_wine.sql"], await QueryAsync<string>("select file_name from cellar.migrations"));
    }

    [Fact]
    public async Task Migrating_again_applies_nothing()
    {
        await MigrateAsync(Shelf(First, Second));

        Assert.Equal(0, await MigrateAsync(Shelf(First, Second)));
    }

    [Fact]
    public async Task A_database_made_by_another_script_is_refused_by_name()
    {
        await MigrateAsync(Shelf(First, Second));

        var refusal = await Assert.ThrowsAsync<MigrationException>(() =>
            MigrateAsync(Shelf(First, Migration.Of("0002_second.sql", Second.Sql + "-- and more")))
        );

        Assert.Contains("0002_second.sql of shelf was another script then", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("down --wipe", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_an_older_form_is_refused()
    {
        await QueryAsync<int>("create schema shelf; create table shelf.migrations (number int, name text); select 1");

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(Shelf(First)));

        Assert.Contains("the list shelf.migrations has another form", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("down --wipe", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_one_set_is_refused_nothing_of_any_is_applied()
    {
        await MigrateAsync(Shelf(First));

        await Assert.ThrowsAsync<MigrationException>(() =>
            On(database.DataSource, Cellar(), Shelf(Migration.Of("0001_first.sql", "select 2"))).MigrateAsync(Now)
        );

        Assert.Equal([false], await QueryAsync<bool>("select to_regnamespace('cellar') is not null"));
    }

    [Fact]
    public async Task A_seed_fills_what_is_missing_at_every_start_and_leaves_alone_what_is_there()
    {
        var unique = Migration.Of("0002_unique.sql", "create unique index on shelf.books (title)");
        var seeds = new Dictionary<string, string>
        {
            ["jane"] = "insert into shelf.books values ('Emma'), ('Persuasion') on conflict do nothing",
        };
        var set = new MigrationSet("shelf", [First, unique], seeds);
        await MigrateAsync(set);
        Assert.Empty(await QueryAsync<string>("select title from shelf.books"));

        await QueryAsync<string>("insert into shelf.books values ('Emma') returning title");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => MigrateAsync(set.SeededWith("jane")), Now)));

        Assert.Equal(["Emma", "Persuasion"], await QueryAsync<string>("select title from shelf.books order by title"));
    }

    [Fact]
    public async Task Line_ends_of_the_checkout_are_no_edit()
    {
        await MigrateAsync(Shelf(First));

        Assert.Equal(0, await MigrateAsync(Shelf(Migration.Of("0001_first.sql", First.Sql.ReplaceLineEndings("\r\n")))));
    }

    [Fact]
    public async Task A_script_numbered_before_an_applied_one_is_refused()
    {
        await MigrateAsync(Shelf(First, Third));

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(Shelf(First, Second, Third)));

        Assert.Contains("0002_second.sql", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Give it a number above 0003", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["Persuasion"], await QueryAsync<string>("select title from shelf.books"));
    }

    [Fact]
    public async Task A_script_that_fails_leaves_nothing_of_itself_and_all_before_it()
    {
        var bad = Migration.Of("0002_bad.sql", "create table shelf.half (id int); select 1/0");

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(Shelf(First, bad)));

        Assert.Contains("0002_bad.sql of shelf failed: division by zero", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([false], await QueryAsync<bool>("select to_regclass('shelf.half') is not null"));
        Assert.Equal([1], await QueryAsync<int>("select number from shelf.migrations"));
    }

    [Fact]
    public async Task A_newer_builds_script_does_not_stop_an_older_build()
    {
        await MigrateAsync(Shelf(First, Second));

        Assert.Equal(0, await MigrateAsync(Shelf(First)));
    }

    [Theory]
    [InlineData("1_first.sql")]
    [InlineData("0001_First.sql")]
    [InlineData("0001_first.txt")]
    public void A_misnamed_script_is_refused(string fileName)
    {
        var refusal = Assert.Throws<MigrationException>(() => Migration.Of(fileName, "select 1"));

        Assert.Contains(fileName, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_scripts_of_one_number_are_refused()
    {
        var refusal = Assert.Throws<MigrationException>(() => Shelf(First, Migration.Of("0001_other.sql", "select 1")));

        Assert.Contains("0001_other.sql have the same number", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Embedded_scripts_are_found_by_their_folder_and_come_in_order()
    {
        var set = MigrationSet.EmbeddedIn(Assembly.GetExecutingAssembly(), "shelf");

        Assert.Equal(["0001_tables.sql", "0002_rows.sql"], set.Migrations.Select(migration => migration.FileName));
        Assert.StartsWith("create table", set.Migrations[0].Sql, StringComparison.Ordinal);
    }

    private static MigrationSet Shelf(params Migration[] migrations) => new("shelf", migrations);

    private static MigrationSet Cellar() => new("cellar", [Migration.Of("0001_wine.sql", "create table cellar.wine (year int)")]);

    private static Migrator On(NpgsqlDataSource source, params MigrationSet[] sets) => new(source, sets, NullLogger<Migrator>.Instance);

    private Task<int> MigrateAsync(MigrationSet set) => On(database.DataSource, set).MigrateAsync(Now);

    private async Task<IEnumerable<T>> QueryAsync<T>(string sql)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);
        return await connection.QueryAsync<T>(sql);
    }
}
