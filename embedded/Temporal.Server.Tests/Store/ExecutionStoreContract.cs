using Google.Protobuf;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Tests.Visibility;
using Temporalio.Api.Enums.V1;
using static Temporal.Server.Tests.Store.SampleCommits;

namespace Temporal.Server.Tests.Store;

/// <summary>What every store does.</summary>
public abstract class ExecutionStoreContract : IAsyncLifetime
{
    private static readonly Dictionary<string, IndexedValueType> NoAttributes = [];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected IExecutionStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Store = await CreateAsync();
        await Store.OpenAsync(Cancellation);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<IExecutionStore> CreateAsync();

    [Fact]
    public async Task A_committed_run_loads_as_it_was_written()
    {
        var run = NewRun("loads");
        await CommitAsync(Start(run));
        await CommitAsync(new StoreCommit { Runs = [Write(run, 2, Batch(3, 2), Batch(5, 1))] });

        var stored = await Store.LoadRunAsync(NamespaceId, run.RunId, Cancellation);

        Assert.NotNull(stored);
        Assert.Equal(run, stored.Run);
        Assert.Equal(2, stored.Version);
        Assert.Equal("side 2", Text(stored.SideRecord));
        Assert.Equal(["events 1+2", "events 3+2", "events 5+1"], stored.Events.Select(batch => Text(batch.Data)));
        Assert.Equal([(1, 2), (3, 2), (5, 1)], stored.Events.Select(batch => (batch.FirstEventId, batch.Count)));
    }

    [Fact]
    public async Task A_run_that_hands_over_to_the_next_in_one_commit_is_never_seen_closed_without_it()
    {
        const int Runs = 200;
        var current = NewRun("hands over");
        await CommitAsync(Start(current));
        var handing = Task.Run(async () =>
        {
            for (var i = 0; i < Runs; i++)
            {
                var next = NewRun("hands over");
                await CommitAsync(
                    new StoreCommit
                    {
                        Runs = [.. Close(current, 2).Runs, .. Start(next).Runs],
                        CurrentRuns = Start(next, current.RunId).CurrentRuns,
                    }
                );
                current = next;
            }
        });

        while (!handing.IsCompleted)
        {
            var seen = await Store.FindCurrentRunAsync(NamespaceId, "hands over", Cancellation);
            Assert.Equal(WorkflowExecutionStatus.Running, seen?.Status);
            Assert.Equal(
                1,
                (
                    await Store.CountAsync(
                        NamespaceId,
                        "WorkflowId = 'hands over' AND ExecutionStatus = 'Running'",
                        NoAttributes,
                        Cancellation
                    )
                ).Total
            );
        }

        await handing;
    }

    [Fact]
    public async Task Closed_runs_with_nothing_left_to_do_are_found_when_they_are_old_enough_the_oldest_first()
    {
        var open = NewRun("expires open");
        var first = NewRun("expires first");
        var second = NewRun("expires second");
        var busy = NewRun("expires busy");
        foreach (var run in new[] { open, first, second, busy })
        {
            await CommitAsync(Start(run));
        }

        var closed = Close(first, 2).Runs[0];
        await CommitAsync(Closed(second, 2));
        await CommitAsync(Closed(first, 1));
        await CommitAsync(new StoreCommit { Runs = [closed with { Run = busy, Outstanding = Bytes("left") }] });

        Assert.Equal([first, second], await ExpiredAsync(3, 10));
        Assert.Equal([first], await ExpiredAsync(2, 10));
        Assert.Equal([first], await ExpiredAsync(3, 1));
        Assert.Empty(await ExpiredAsync(1, 10));
        Assert.Empty(await Store.ReadExpiredAsync(Guid.NewGuid().ToString(), Noon.AddHours(3), 10, Cancellation));

        StoreCommit Closed(RunKey run, int hours) =>
            new() { Runs = [closed with { Run = run, Visibility = closed.Visibility with { CloseTime = Noon.AddHours(hours) } }] };

        async Task<IEnumerable<RunKey>> ExpiredAsync(int hours, int limit) =>
            await Store.ReadExpiredAsync(NamespaceId, Noon.AddHours(hours), limit, Cancellation);
    }

    [Fact]
    public async Task A_run_belongs_to_its_namespace()
    {
        var run = NewRun("belongs");
        await CommitAsync(Start(run));

        Assert.Null(await Store.LoadRunAsync(Guid.NewGuid().ToString(), run.RunId, Cancellation));
        Assert.Null(await Store.LoadRunAsync(NamespaceId, Guid.NewGuid().ToString(), Cancellation));
    }

    [Fact]
    public async Task A_commit_that_skips_a_version_changes_nothing()
    {
        var run = NewRun("skips");
        await CommitAsync(Start(run));

        await Assert.ThrowsAsync<StoreConflictException>(() => CommitAsync(Step(run, 3)));
        await Assert.ThrowsAsync<StoreConflictException>(() => CommitAsync(Step(run, 1)));
        await Assert.ThrowsAsync<StoreConflictException>(() => CommitAsync(Step(NewRun("never created"), 2)));

        var stored = await Store.LoadRunAsync(NamespaceId, run.RunId, Cancellation);
        Assert.Equal(1, stored!.Version);
        Assert.Single(stored.Events);
    }

    [Fact]
    public async Task The_current_run_follows_the_chain()
    {
        var first = NewRun("chain");
        var second = NewRun("chain");
        Assert.Null(await Store.FindCurrentRunAsync(NamespaceId, "chain", Cancellation));

        await CommitAsync(Start(first));
        Assert.Equal(
            new CurrentRun(first.RunId, first.RunId, "request " + first.RunId, WorkflowExecutionStatus.Running),
            await Store.FindCurrentRunAsync(NamespaceId, "chain", Cancellation)
        );

        await CommitAsync(Close(first, 2));
        Assert.Equal(WorkflowExecutionStatus.Completed, (await Store.FindCurrentRunAsync(NamespaceId, "chain", Cancellation))!.Status);

        await CommitAsync(Start(second, expectedRunId: first.RunId));
        Assert.Equal(second.RunId, (await Store.FindCurrentRunAsync(NamespaceId, "chain", Cancellation))!.RunId);
    }

    [Fact]
    public async Task Only_one_of_two_starts_of_a_workflow_id_wins()
    {
        var runs = Enumerable.Range(0, 20).Select(_ => NewRun("contended")).ToList();

        var outcomes = await Task.WhenAll(
            runs.Select(async run =>
            {
                try
                {
                    await CommitAsync(Start(run));
                    return true;
                }
                catch (StoreConflictException)
                {
                    return false;
                }
            })
        );

        var winner = Assert.Single(runs, run => outcomes[runs.IndexOf(run)]);
        Assert.Equal(winner.RunId, (await Store.FindCurrentRunAsync(NamespaceId, "contended", Cancellation))!.RunId);
        foreach (var loser in runs.Where(run => run != winner))
        {
            Assert.Null(await Store.LoadRunAsync(NamespaceId, loser.RunId, Cancellation));
        }
    }

    [Fact]
    public async Task A_commit_of_two_runs_is_all_or_nothing()
    {
        var old = NewRun("pair");
        var successor = NewRun("pair");
        await CommitAsync(Start(old));

        // Right for the old run, wrong about the current one.
        await Assert.ThrowsAsync<StoreConflictException>(() =>
            CommitAsync(
                new StoreCommit
                {
                    Runs = [.. Close(old, 2).Runs, .. Start(successor).Runs],
                    CurrentRuns = [new CurrentRunWrite(NamespaceId, "pair", successor.RunId, successor.RunId)],
                }
            )
        );
        Assert.Equal(1, (await Store.LoadRunAsync(NamespaceId, old.RunId, Cancellation))!.Version);
        Assert.Null(await Store.LoadRunAsync(NamespaceId, successor.RunId, Cancellation));

        await CommitAsync(
            new StoreCommit
            {
                Runs = [.. Close(old, 2).Runs, .. Start(successor).Runs],
                CurrentRuns = [new CurrentRunWrite(NamespaceId, "pair", successor.RunId, old.RunId)],
            }
        );
        Assert.Equal(2, (await Store.LoadRunAsync(NamespaceId, old.RunId, Cancellation))!.Version);
        Assert.Equal(successor.RunId, (await Store.FindCurrentRunAsync(NamespaceId, "pair", Cancellation))!.RunId);
    }

    [Theory]
    [InlineData(1, 9, "1 3 4 8")]
    [InlineData(1, 2, "1")]
    [InlineData(2, 3, "1 3")]
    [InlineData(5, 7, "4")]
    [InlineData(7, 8, "4 8")]
    [InlineData(9, 20, "8")]
    [InlineData(10, 20, "")]
    public async Task A_piece_of_history_is_the_batches_that_touch_it(long first, long last, string expected)
    {
        var run = NewRun("history");
        await CommitAsync(new StoreCommit { Runs = [Write(run, 1, Batch(1, 2), Batch(3, 1), Batch(4, 4), Batch(8, 2))] });

        var batches = await Store.ReadHistoryAsync(run.RunId, first, last, Cancellation);

        Assert.Equal(expected, string.Join(' ', batches.Select(batch => batch.FirstEventId)));
    }

    [Fact]
    public async Task Outstanding_are_the_runs_that_have_something_to_do()
    {
        var waiting = NewRun("has a timer");
        var idle = NewRun("waits for others");
        var closed = NewRun("is closed");
        var delivering = NewRun("is closed but has something to deliver");
        await CommitAsync(new StoreCommit { Runs = [Write(waiting, 1) with { Outstanding = null }] });
        await CommitAsync(new StoreCommit { Runs = [Write(idle, 1) with { Outstanding = null, NextWake = null }] });
        await CommitAsync(new StoreCommit { Runs = [Write(closed, 1)] });
        await CommitAsync(Close(closed, 2));
        await CommitAsync(new StoreCommit { Runs = [Close(delivering, 1).Runs[0] with { Outstanding = Bytes("a message") }] });

        var outstanding = new Dictionary<RunKey, OutstandingRun>();
        await foreach (var run in Store.ReadOutstandingAsync(Cancellation))
        {
            outstanding.Add(run.Run, run);
        }

        Assert.Equal(
            [delivering.RunId, waiting.RunId],
            outstanding.Keys.OrderBy(run => run.WorkflowId.Length).Reverse().Select(run => run.RunId)
        );
        Assert.Equal(Noon.AddSeconds(1), outstanding[waiting].NextWake);
        Assert.Null(outstanding[waiting].Outstanding);
        Assert.Null(outstanding[delivering].NextWake);
        Assert.Equal("a message", Text(outstanding[delivering].Outstanding!.Value));
    }

    [Fact]
    public async Task A_deleted_run_is_gone_and_its_workflow_id_free()
    {
        var run = NewRun("deleted");
        var other = NewRun("kept");
        await CommitAsync(Start(run));
        await CommitAsync(Start(other));

        await Store.DeleteRunAsync(run, Cancellation);
        await Store.DeleteRunAsync(run, Cancellation);

        Assert.Null(await Store.LoadRunAsync(NamespaceId, run.RunId, Cancellation));
        Assert.Empty(await Store.ReadHistoryAsync(run.RunId, 1, 100, Cancellation));
        Assert.Null(await Store.FindCurrentRunAsync(NamespaceId, "deleted", Cancellation));
        Assert.Equal(["kept"], await ListAllAsync("", 10));
        await CommitAsync(Start(NewRun("deleted")));
    }

    [Fact]
    public async Task Deleting_an_old_run_leaves_the_current_one()
    {
        var old = NewRun("old and new");
        var successor = NewRun("old and new");
        await CommitAsync(Start(old));
        await CommitAsync(Close(old, 2));
        await CommitAsync(Start(successor, expectedRunId: old.RunId));

        await Store.DeleteRunAsync(old, Cancellation);

        Assert.Equal(successor.RunId, (await Store.FindCurrentRunAsync(NamespaceId, "old and new", Cancellation))!.RunId);
    }

    [Fact]
    public async Task A_line_of_a_list_is_what_the_last_commit_wrote()
    {
        var run = NewRun("line");
        await CommitAsync(Start(run));
        await CommitAsync(Step(run, 2));

        var page = await Store.ListAsync(NamespaceId, "", NoAttributes, 10, ByteString.Empty, Cancellation);

        var row = Assert.Single(page.Rows);
        Assert.Equal(run, row.Run);
        Assert.Equal(Write(run, 2).Visibility, row.Record);
        Assert.True(page.NextPageToken.IsEmpty);
    }

    [Fact]
    public async Task Pages_of_a_list_follow_each_other_without_gap_or_repetition()
    {
        for (var i = 0; i < 7; i++)
        {
            var run = NewRun($"open {i}");
            await CommitAsync(Start(run));
            var closed = NewRun($"closed {i}");
            await CommitAsync(Start(closed));
            await CommitAsync(Close(closed, 2));
        }

        foreach (var pageSize in (int[])[1, 3, 14, 15])
        {
            var all = await ListAllAsync("", pageSize);
            Assert.Equal(14, all.Distinct().Count());
            Assert.Equal(14, all.Count);
            Assert.All(all.Take(7), id => Assert.StartsWith("open", id, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Lists_and_counts_obey_the_filter()
    {
        await Task.WhenAll(
            SampleRuns.All.Select(row =>
                CommitAsync(
                    new StoreCommit
                    {
                        Runs =
                        [
                            new RunWrite
                            {
                                Run = row.Run,
                                Version = 1,
                                SideRecord = Bytes(""),
                                Visibility = row.Record,
                            },
                        ],
                    }
                )
            )
        );

        foreach (var (query, expected) in ListQueries.All.Select(line => line.Data))
        {
            var page = await Store.ListAsync(SampleRuns.NamespaceId, query, SampleRuns.Custom, 100, ByteString.Empty, Cancellation);
            var count = await Store.CountAsync(SampleRuns.NamespaceId, query, SampleRuns.Custom, Cancellation);

            Assert.Equal($"{query}: {expected}", $"{query}: {string.Join(' ', page.Rows.Select(row => row.Run.WorkflowId))}");
            Assert.Equal(page.Rows.Count, count.Total);
        }
    }

    [Fact]
    public async Task Counts_group_by_status()
    {
        await Task.WhenAll(
            SampleRuns.All.Select(row =>
                CommitAsync(
                    new StoreCommit
                    {
                        Runs =
                        [
                            new RunWrite
                            {
                                Run = row.Run,
                                Version = 1,
                                SideRecord = Bytes(""),
                                Visibility = row.Record,
                            },
                        ],
                    }
                )
            )
        );

        var count = await Store.CountAsync(SampleRuns.NamespaceId, "GROUP BY ExecutionStatus", SampleRuns.Custom, Cancellation);

        Assert.Equal(4, count.Total);
        Assert.Equal(
            [("\"Running\"", 2L), ("\"Completed\"", 1L), ("\"Failed\"", 1L)],
            count.Groups.Select(group => (group.Value.Data.ToStringUtf8(), group.Count))
        );
    }

    [Fact]
    public async Task A_wrong_filter_is_the_callers_fault()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            Store.ListAsync(NamespaceId, "Nonsense = 1", NoAttributes, 10, ByteString.Empty, Cancellation)
        );
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        error = await Assert.ThrowsAsync<RpcException>(() =>
            Store.ListAsync(NamespaceId, "", NoAttributes, 10, ByteString.CopyFromUtf8("forged token of some length"), Cancellation)
        );
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task A_namespace_reads_as_it_was_last_written()
    {
        var record = new NamespaceRecord { Id = NamespaceId, Name = "default" };
        await Store.WriteNamespaceAsync(record, Cancellation);
        record = record with
        {
            Description = "ä ''",
            OwnerEmail = "owner@example.com",
            Retention = TimeSpan.FromHours(75),
            Data = new Dictionary<string, string> { ["team"] = "deliveries" },
            SearchAttributes = new Dictionary<string, IndexedValueType>
            {
                ["City"] = IndexedValueType.Keyword,
                ["Due"] = IndexedValueType.Datetime,
            },
        };
        await Store.WriteNamespaceAsync(record, Cancellation);
        await Store.WriteNamespaceAsync(new NamespaceRecord { Id = Guid.NewGuid().ToString(), Name = "second" }, Cancellation);

        var read = await Store.ReadNamespacesAsync(Cancellation);

        Assert.Equal(["default", "second"], read.Select(space => space.Name).Order());
        var again = read.Single(space => space.Name == "default");
        Assert.Equal(record.Data, again.Data);
        Assert.Equal(record.SearchAttributes, again.SearchAttributes);
        Assert.Equal(record with { Data = again.Data, SearchAttributes = again.SearchAttributes }, again);
    }

    [Fact]
    public async Task A_durable_record_reads_as_it_was_last_written()
    {
        var key = new RecordKey(NamespaceId, "schedule", "ä ''");
        await Store.WriteRecordAsync(new DurableRecord(key, 1, Bytes("first")), Cancellation);
        await Store.WriteRecordAsync(new DurableRecord(key, 2, Bytes("second")), Cancellation);
        await Store.WriteRecordAsync(new DurableRecord(key with { Kind = "batch" }, 1, Bytes("other kind")), Cancellation);
        await Store.WriteRecordAsync(
            new DurableRecord(key with { NamespaceId = Guid.NewGuid().ToString() }, 1, Bytes("other namespace")),
            Cancellation
        );

        var read = await Store.ReadRecordAsync(key, Cancellation);
        Assert.Equal((2, "second"), (read!.Version, Text(read.Data)));
        var all = new List<string>();
        await foreach (var record in Store.ReadRecordsAsync("schedule", Cancellation))
        {
            all.Add(Text(record.Data));
        }

        Assert.Equal(["other namespace", "second"], all.Order());
    }

    [Fact]
    public async Task A_durable_record_is_written_only_over_the_version_before()
    {
        var key = new RecordKey(NamespaceId, "schedule", "versions");
        await Assert.ThrowsAsync<StoreConflictException>(() =>
            Store.WriteRecordAsync(new DurableRecord(key, 2, Bytes("too early")), Cancellation)
        );
        await Store.WriteRecordAsync(new DurableRecord(key, 1, Bytes("first")), Cancellation);
        await Assert.ThrowsAsync<StoreConflictException>(() =>
            Store.WriteRecordAsync(new DurableRecord(key, 1, Bytes("again")), Cancellation)
        );
        await Assert.ThrowsAsync<StoreConflictException>(() =>
            Store.WriteRecordAsync(new DurableRecord(key, 3, Bytes("skips")), Cancellation)
        );

        Assert.Equal("first", Text((await Store.ReadRecordAsync(key, Cancellation))!.Data));
    }

    [Fact]
    public async Task A_deleted_durable_record_is_gone_and_its_id_free()
    {
        var key = new RecordKey(NamespaceId, "schedule", "deleted");
        await Store.WriteRecordAsync(new DurableRecord(key, 1, Bytes("first")), Cancellation);

        await Store.DeleteRecordAsync(key, Cancellation);
        await Store.DeleteRecordAsync(key, Cancellation);

        Assert.Null(await Store.ReadRecordAsync(key, Cancellation));
        await Store.WriteRecordAsync(new DurableRecord(key, 1, Bytes("anew")), Cancellation);
    }

    protected Task CommitAsync(StoreCommit commit) => Store.CommitAsync(commit, Cancellation);

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    private async Task<List<string>> ListAllAsync(string query, int pageSize)
    {
        var ids = new List<string>();
        var token = ByteString.Empty;
        do
        {
            var page = await Store.ListAsync(NamespaceId, query, NoAttributes, pageSize, token, Cancellation);
            Assert.True(page.Rows.Count <= pageSize);
            ids.AddRange(page.Rows.Select(row => row.Run.WorkflowId));
            token = page.NextPageToken;
        } while (!token.IsEmpty);

        return ids;
    }
}
