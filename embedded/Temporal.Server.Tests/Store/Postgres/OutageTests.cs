using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Store.Postgres;
using Temporal.Server.Tests.Timers;
using static Temporal.Server.Tests.Store.SampleCommits;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>The database is away for a while.</summary>
public sealed class OutageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_short_outage_delays_calls_and_fails_none()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var proxy = new CuttingProxy(database.ConnectionString);
        await using var store = await database.OpenAsync(options => options with { ConnectionString = proxy.ConnectionString });
        var run = NewRun("patient");
        await store.CommitAsync(Start(run), Cancellation);

        proxy.TakeDatabaseAway();
        var commit = store.CommitAsync(Step(run, 2), Cancellation);
        var read = store.FindCurrentRunAsync(NamespaceId, "patient", Cancellation);
        Assert.False(commit.IsCompleted || read.IsCompleted);
        proxy.IsRefusing = false;

        await commit;
        Assert.Equal(run.RunId, (await read)!.RunId);
        Assert.Equal(2, await database.VersionAsync(run));
    }

    [Fact]
    public async Task A_long_outage_fails_calls_with_unavailable_and_what_failed_is_not_made_later()
    {
        var patience = new ManualClock();
        await using var database = await StoreDatabase.CreateAsync();
        await using var proxy = new CuttingProxy(database.ConnectionString);
        await using var store = await database.OpenAsync(options =>
            options with
            {
                ConnectionString = proxy.ConnectionString,
                Clock = patience,
            }
        );
        var run = NewRun("impatient");
        await store.CommitAsync(Start(run), Cancellation);

        proxy.TakeDatabaseAway();
        var commit = store.CommitAsync(Step(run, 2), Cancellation);
        var read = store.LoadRunAsync(NamespaceId, run.RunId, Cancellation);
        while (!commit.IsCompleted || !read.IsCompleted)
        {
            Cancellation.ThrowIfCancellationRequested();
            patience.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => commit)).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
        proxy.IsRefusing = false;

        await store.CommitAsync(Start(NewRun("after")), Cancellation);
        Assert.Equal(1, (await store.LoadRunAsync(NamespaceId, run.RunId, Cancellation))!.Version);
        await store.CommitAsync(Step(run, 2), Cancellation);
    }

    [Fact]
    public async Task A_caller_who_gives_up_leaves_nothing_behind_that_later_commits_trip_over()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var store = await database.OpenAsync();
        var run = NewRun("given up");
        await store.CommitAsync(Start(run), Cancellation);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using (await database.HoldUpCommittersAsync())
        {
            var underWay = store.CommitAsync(Step(run, 2), caller.Token);
            await database.UntilAsync(
                "select exists (select from pg_stat_activity where datname = current_database() and query like 'with written%' and wait_event_type = 'Lock')"
            );
            var queued = store.CommitAsync(Step(run, 3), caller.Token);
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => underWay);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        }

        // What was under way may land, what was queued does not.
        await store.CommitAsync(Start(NewRun("later")), Cancellation);
        await database.UntilAsync($"select version = 2 from temporal.runs where run_id = '{run.RunId}'");
        await store.CommitAsync(Step(run, 3), Cancellation);
    }

    [Fact]
    public async Task A_run_is_not_read_while_a_change_that_was_given_up_may_still_land()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var store = await database.OpenAsync();
        var run = NewRun("in doubt");
        await store.CommitAsync(Start(run), Cancellation);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<StoredRun?> read;
        await using (await database.HoldUpCommittersAsync())
        {
            var underWay = store.CommitAsync(Step(run, 2), caller.Token);
            await database.UntilAsync(
                "select exists (select from pg_stat_activity where datname = current_database() and query like 'with written%' and wait_event_type = 'Lock')"
            );
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => underWay);
            read = store.LoadRunAsync(NamespaceId, run.RunId, Cancellation);
        }

        Assert.Equal(2, (await read)!.Version);
    }

    [Fact]
    public async Task A_server_that_finds_no_database_says_where_it_looked()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var proxy = new CuttingProxy(database.ConnectionString);
        proxy.IsRefusing = true;

        var error = await Assert.ThrowsAsync<StoreSetupException>(() =>
            database.OpenAsync(options =>
                options with
                {
                    ConnectionString = proxy.ConnectionString,
                    Patience = TimeSpan.FromMilliseconds(300),
                    Clock = TimeProvider.System,
                }
            )
        );

        Assert.StartsWith("PostgreSQL at 127.0.0.1:", error.Message, StringComparison.Ordinal);
    }
}
