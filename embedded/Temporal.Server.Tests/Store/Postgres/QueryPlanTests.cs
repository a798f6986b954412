using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using static Temporal.Server.Tests.Store.SampleCommits;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>What a request asks of the database does not grow with the database.</summary>
public sealed class QueryPlanTests
{
    private static readonly Dictionary<string, IndexedValueType> Attributes = new() { ["City"] = IndexedValueType.Keyword };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_request_reads_a_table_from_end_to_end()
    {
        const string Scans =
            "select sum(seq_scan)::bigint from pg_stat_user_tables where schemaname = 'temporal' and relname in ('runs', 'events', 'current_runs')";
        const string Reads =
            "select sum(idx_scan)::bigint from pg_stat_user_tables where schemaname = 'temporal' and relname in ('runs', 'events', 'current_runs')";
        await using var database = await StoreDatabase.CreateAsync();
        var runs = Enumerable.Range(0, 3000).Select(i => NewRun($"many {i}")).ToList();
        await using (var store = await database.OpenAsync())
        {
            await Task.WhenAll(runs.Select(run => store.CommitAsync(Start(run), Cancellation)));
            await Task.WhenAll(runs.Skip(30).Select(run => store.CommitAsync(Close(run, 2), Cancellation)));
        }

        await database.AskAsync<int>("analyze temporal.runs; analyze temporal.events; analyze temporal.current_runs; select 1");
        await database.UntilAsync(
            $"select ({Scans}) is not null and not exists (select from pg_stat_activity where datname = current_database() and application_name like 'temporal-server%')"
        );
        var scans = await database.AskAsync<long>(Scans);
        var reads = await database.AskAsync<long>(Reads);

        await using (var store = await database.OpenAsync())
        {
            var run = runs[7];
            Assert.NotNull(await store.LoadRunAsync(NamespaceId, run.RunId, Cancellation));
            Assert.NotNull(await store.FindCurrentRunAsync(NamespaceId, run.WorkflowId, Cancellation));
            Assert.Single(await store.ReadHistoryAsync(run.RunId, 1, 2, Cancellation));
            await store.CommitAsync(Step(run, 2), Cancellation);
            await store.DeleteRunAsync(runs[8], Cancellation);
            var page = await store.ListAsync(NamespaceId, "", Attributes, 20, ByteString.Empty, Cancellation);
            Assert.Equal(20, (await store.ListAsync(NamespaceId, "", Attributes, 20, page.NextPageToken, Cancellation)).Rows.Count);
            Assert.Single(
                (
                    await store.ListAsync(NamespaceId, $"WorkflowId = '{run.WorkflowId}'", Attributes, 20, ByteString.Empty, Cancellation)
                ).Rows
            );
            Assert.Empty((await store.ListAsync(NamespaceId, "City = 'nowhere'", Attributes, 20, ByteString.Empty, Cancellation)).Rows);
            Assert.Equal(5, (await store.ReadExpiredAsync(NamespaceId, Noon.AddDays(30), 5, Cancellation)).Count);
            var outstanding = 0;
            await foreach (var _ in store.ReadOutstandingAsync(Cancellation))
            {
                outstanding++;
            }

            Assert.Equal(29, outstanding);
        }

        // A session's counts arrive when it ends.
        await database.UntilAsync($"select ({Reads}) >= {reads} + 10");
        Assert.Equal(scans, await database.AskAsync<long>(Scans));
    }
}
