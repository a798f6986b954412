using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Tests.Timers;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using static Temporal.Server.Tests.Store.SampleCommits;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>
/// Many commits share a transaction and do not disturb each other; each is made once, whatever happens to the connection.
/// </summary>
public sealed class GroupCommitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commits_that_arrive_together_share_a_transaction()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var store = await database.OpenAsync(options => options with { Committers = 1 });
        await store.CommitAsync(Start(NewRun("first")), Cancellation);
        Task[] commits;
        await using (await database.HoldUpCommittersAsync())
        {
            commits = [.. Enumerable.Range(0, 100).Select(i => store.CommitAsync(Start(NewRun($"together {i}")), Cancellation))];
        }

        await Task.WhenAll(commits);

        // The first one found the committer idle and went alone.
        Assert.InRange(await database.AskAsync<long>("select count(distinct xmin::text) from temporal.runs"), 2, 3);
        Assert.Equal(101, await database.AskAsync<long>("select count(*) from temporal.runs"));
    }

    [Fact]
    public async Task A_batch_on_its_way_is_overtaken_when_it_takes_unusually_long_or_as_many_again_wait()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var store = await database.OpenAsync(options => options with { BatchCommits = 40 });
        foreach (var waiting in (int[])[1, 40])
        {
            Task[] commits;
            await using (await database.HoldUpCommittersAsync())
            {
                var first = store.CommitAsync(Start(NewRun($"first of {waiting}")), Cancellation);
                await database.UntilAsync(BatchesHeldUp(1));
                commits =
                [
                    first,
                    .. Enumerable.Range(0, waiting).Select(i => store.CommitAsync(Start(NewRun($"{i} of {waiting}")), Cancellation)),
                ];
                await database.UntilAsync(BatchesHeldUp(2));
            }

            await Task.WhenAll(commits);
        }
    }

    [Fact]
    public async Task A_conflict_fails_its_own_commit_only()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var store = await database.OpenAsync(options => options with { Committers = 1 });
        var runs = Enumerable.Range(0, 50).Select(i => NewRun($"neighbour {i}")).ToList();
        await Task.WhenAll(runs.Select(run => store.CommitAsync(Start(run), Cancellation)));
        Task[] good;
        Task bad;
        Task taken;
        await using (await database.HoldUpCommittersAsync())
        {
            good = [.. runs.Take(49).Select(run => store.CommitAsync(Step(run, 2), Cancellation))];
            bad = store.CommitAsync(Step(runs[49], 3), Cancellation);
            taken = store.CommitAsync(Start(NewRun("neighbour 0")), Cancellation);
        }

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => bad);
        Assert.Equal($"Run {runs[49].RunId} has version 1, not 2.", conflict.Message);
        conflict = await Assert.ThrowsAsync<StoreConflictException>(() => taken);
        Assert.Equal($"Workflow neighbour 0 has current run {runs[0].RunId}, not none.", conflict.Message);
        await Task.WhenAll(good);
        Assert.Equal(49, await database.AskAsync<long>("select count(*) from temporal.runs where version = 2"));
    }

    [Fact]
    public async Task What_PostgreSQL_cannot_store_fails_its_own_commit_only()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var store = await database.OpenAsync(options => options with { Committers = 1 });
        Task[] good;
        Task bad;
        await using (await database.HoldUpCommittersAsync())
        {
            good = [.. Enumerable.Range(0, 5).Select(i => store.CommitAsync(Start(NewRun($"good {i}")), Cancellation))];
            bad = store.CommitAsync(Start(NewRun("a NUL \0")), Cancellation);
        }

        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => bad)).StatusCode);
        await Task.WhenAll(good);
    }

    [Fact]
    public async Task A_commit_that_finds_no_room_among_those_waiting_is_refused_as_too_much_and_not_made()
    {
        var patience = new ManualClock();
        await using var database = await StoreDatabase.CreateAsync();
        await using var store = await database.OpenAsync(options => options with { Committers = 1, QueuedCommits = 1, Clock = patience });
        await store.CommitAsync(Start(NewRun("before")), Cancellation);
        await using (await database.HoldUpCommittersAsync())
        {
            var underWay = store.CommitAsync(Start(NewRun("under way")), Cancellation);
            await database.UntilAsync(BatchesHeldUp(1));
            var queued = store.CommitAsync(Start(NewRun("queued")), Cancellation);
            var tooMuch = store.CommitAsync(Start(NewRun("too much")), Cancellation);
            patience.Advance(TimeSpan.FromSeconds(20));
            var error = await Assert.ThrowsAsync<RpcException>(() => tooMuch);
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
            var details = Assert.IsType<ResourceExhaustedFailure>(Assert.Single(error.Details));
            Assert.Equal((ResourceExhaustedCause.SystemOverloaded, ResourceExhaustedScope.System), (details.Cause, details.Scope));
            await Assert.ThrowsAsync<RpcException>(() => Task.WhenAll(underWay, queued));
        }

        await store.CommitAsync(Start(NewRun("after")), Cancellation);
        Assert.Equal(0, await database.AskAsync<long>("select count(*) from temporal.runs where workflow_id = 'too much'"));
    }

    [Fact]
    public async Task Connections_lost_under_load_neither_lose_nor_repeat_a_commit()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var store = await database.OpenAsync();
        var runs = Enumerable.Range(0, 40).Select(i => NewRun($"under fire {i}")).ToList();
        const int Versions = 50;
        var work = Task.WhenAll(
            runs.Select(async run =>
            {
                await store.CommitAsync(Start(run), Cancellation);
                for (var version = 2; version <= Versions; version++)
                {
                    await store.CommitAsync(Step(run, version), Cancellation);
                }
            })
        );

        // Each time some more commits got through, so that every loss hits batches on their way and none waits for ever.
        var losses = 0;
        for (var events = 0L; !work.IsCompleted;)
        {
            var seen = await database.AskAsync<long>("select count(*) from temporal.events");
            if (seen >= events + 40 && await database.KillSessionsAsync("query like 'with written%' and state = 'active'") > 0)
            {
                events = seen;
                losses++;
            }
        }

        await work;
        Assert.True(losses > 3, $"Only {losses} batches were hit.");
        Assert.Equal(runs.Count, await database.AskAsync<long>($"select count(*) from temporal.runs where version = {Versions}"));
        Assert.Equal((long)runs.Count * Versions, await database.AskAsync<long>("select count(*) from temporal.events"));
    }

    [Fact]
    public async Task A_batch_that_landed_although_its_answer_was_lost_is_acknowledged_and_not_repeated()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var proxy = new CuttingProxy(database.ConnectionString);
        await using var store = await database.OpenAsync(options =>
            options with
            {
                Committers = 1,
                ConnectionString = proxy.ConnectionString,
            }
        );
        var run = NewRun("landed");
        await store.CommitAsync(Start(run), Cancellation);

        proxy.IsDeaf = true;
        var step = store.CommitAsync(Step(run, 2), Cancellation);
        var conflict = store.CommitAsync(Start(NewRun("landed")), Cancellation);
        await database.UntilAsync("select exists (select from temporal.runs where version = 2)");
        proxy.IsDeaf = false;
        proxy.CutStore();

        await step;
        await Assert.ThrowsAsync<StoreConflictException>(() => conflict);
        Assert.Equal(2, await database.VersionAsync(run));
        Assert.Equal(2, await database.AskAsync<long>("select count(*) from temporal.events"));
    }

    [Fact]
    public async Task A_batch_sent_again_while_its_first_copy_is_still_running_is_made_once()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var proxy = new CuttingProxy(database.ConnectionString);
        await using var store = await database.OpenAsync(options =>
            options with
            {
                Committers = 1,
                ConnectionString = proxy.ConnectionString,
            }
        );
        var run = NewRun("twice");
        await store.CommitAsync(Start(run), Cancellation);
        Task step;
        await using (await database.HoldUpCommittersAsync())
        {
            step = store.CommitAsync(Step(run, 2), Cancellation);
            await database.UntilAsync(BatchesHeldUp(1));
            proxy.CutStore();
            await database.UntilAsync(BatchesHeldUp(2));
        }

        await step;
        await store.CommitAsync(Step(run, 3), Cancellation);
        Assert.Equal(3, await database.VersionAsync(run));
        Assert.Equal(3, await database.AskAsync<long>("select count(*) from temporal.events"));
    }

    private static string BatchesHeldUp(int count) =>
        $"select count(*) = {count} from pg_stat_activity where datname = current_database() and query like 'with written%' and wait_event_type = 'Lock'";
}
