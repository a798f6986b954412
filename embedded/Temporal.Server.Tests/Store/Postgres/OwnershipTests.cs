using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Store.Postgres;
using static Temporal.Server.Tests.Store.SampleCommits;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>One server at a time owns a database.</summary>
public sealed class OwnershipTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_server_is_told_who_uses_the_database()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var first = await database.OpenAsync();

        var error = await Assert.ThrowsAsync<StoreSetupException>(() =>
            database.OpenAsync(options => options with { OwnerPatience = TimeSpan.Zero })
        );

        Assert.Contains("is in use by another Temporal server: temporal-server ", error.Message, StringComparison.Ordinal);
        await first.CommitAsync(Start(NewRun("undisturbed")), Cancellation);
    }

    [Fact]
    public async Task A_successor_waits_for_the_owner_to_end()
    {
        await using var database = await StoreDatabase.CreateAsync();
        var first = await database.OpenAsync();
        var run = NewRun("handed over");
        await first.CommitAsync(Start(run), Cancellation);

        var second = database.OpenAsync(options => options with { OwnerPatience = TimeSpan.FromMinutes(2) });
        await database.UntilAsync(
            "select exists (select from pg_stat_activity where datname = current_database() and query like 'select pg_try_advisory_lock%' and pid not in (select pid from pg_locks where locktype = 'advisory'))"
        );
        await first.DisposeAsync();

        await using var successor = await second;
        await successor.CommitAsync(Step(run, 2), Cancellation);
    }

    [Fact]
    public async Task A_server_that_was_replaced_commits_nothing_any_more()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var proxy = new CuttingProxy(database.ConnectionString);
        // One committer: it is connected, and a second one could not connect any more.
        await using var zombie = await database.OpenAsync(options =>
            options with
            {
                ConnectionString = proxy.ConnectionString,
                Committers = 1,
            }
        );
        var run = NewRun("fenced");
        await zombie.CommitAsync(Start(run), Cancellation);

        // Its lock is gone and it cannot take it back, but its other connections are alive.
        proxy.IsRefusing = true;
        await database.KillSessionsAsync("pid in (select pid from pg_locks where locktype = 'advisory')");
        await using var successor = await database.OpenAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() => zombie.CommitAsync(Step(run, 2), Cancellation));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Contains("taken over", error.Message, StringComparison.Ordinal);
        await zombie.OwnershipLost.WaitAsync(Cancellation);
        Assert.Equal(1, await database.VersionAsync(run));
        await Assert.ThrowsAsync<RpcException>(() => zombie.CommitAsync(Step(run, 2), Cancellation));
        await successor.CommitAsync(Step(run, 2), Cancellation);
    }

    [Fact]
    public async Task A_server_that_was_replaced_finds_out_by_itself()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var proxy = new CuttingProxy(database.ConnectionString);
        await using var zombie = await database.OpenAsync(options => options with { ConnectionString = proxy.ConnectionString });
        proxy.TakeDatabaseAway();
        await using var successor = await database.OpenAsync();
        proxy.IsRefusing = false;

        await zombie.OwnershipLost.WaitAsync(Cancellation);
        await Assert.ThrowsAsync<RpcException>(() =>
            zombie.WriteNamespaceAsync(new NamespaceRecord { Id = NamespaceId, Name = "late" }, Cancellation)
        );
        Assert.Empty(await successor.ReadNamespacesAsync(Cancellation));
    }

    [Fact]
    public async Task An_owner_whose_lock_broke_takes_it_back()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var store = await database.OpenAsync();
        const string Owners =
            "from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())";
        var broken = await database.AskAsync<int>($"select pid {Owners}");
        await database.KillSessionsAsync($"pid = {broken}");
        // The session that is killed holds the lock until it has noticed.
        await database.UntilAsync($"select exists (select {Owners} and pid <> {broken})");

        await Assert.ThrowsAsync<StoreSetupException>(() => database.OpenAsync(options => options with { OwnerPatience = TimeSpan.Zero }));
        await store.CommitAsync(Start(NewRun("still mine")), Cancellation);
        Assert.False(store.OwnershipLost.IsCompleted);
    }

    [Fact]
    public async Task A_database_of_a_newer_server_is_refused()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await (await database.OpenAsync()).DisposeAsync();
        await database.AskAsync<int>(
            "insert into temporal.migrations (number, name, checksum) values (9999, '9999_future.sql', '') returning number"
        );

        var error = await Assert.ThrowsAsync<StoreSetupException>(() => database.OpenAsync());

        Assert.Contains("9999", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "create schema temporal; create table temporal.migrations (number integer primary key, name text not null, applied_at timestamptz)",
        "'0001_runs.sql', now()"
    )]
    [InlineData(
        "create schema temporal; create table temporal.migrations (number integer primary key, name text not null, checksum text)",
        "'0001_store.sql', 'of then'"
    )]
    public async Task A_database_of_an_older_server_is_refused_and_stays_as_it_is(string then, string applied)
    {
        await using var database = await StoreDatabase.CreateAsync();
        await database.AskAsync<int>($"{then}; insert into temporal.migrations values (1, {applied}) returning number");

        var error = await Assert.ThrowsAsync<StoreSetupException>(() => database.OpenAsync());

        Assert.Contains("made by another build of it", error.Message, StringComparison.Ordinal);
        Assert.Contains("down --wipe", error.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await database.AskAsync<long>("select count(*) from pg_tables where schemaname = 'temporal'"));
    }
}
