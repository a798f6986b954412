using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Temporal.Server.Rpc;
using Temporal.Server.Tests.Grpc;
using Temporal.Server.Tests.Store.Postgres;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Long.Tests.Fuzz;

/// <summary>A server under random requests, with somebody who does ordinary work beside them.</summary>
internal sealed class FuzzedServer : IAsyncDisposable
{
    private const int Attackers = 6;

    private readonly ConcurrentDictionary<string, string> complaints = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Method, int Status), int> answers = new();
    private readonly StoreDatabase? database;
    private readonly int seed;
    private readonly bool timeSkipping;

    private FuzzedServer(TemporalServer server, StoreDatabase? database, int seed, bool timeSkipping)
    {
        this.timeSkipping = timeSkipping;
        this.database = database;
        this.seed = seed;
        Server = server;
    }

    public TemporalServer Server { get; }

    /// <summary>What the server has given out.</summary>
    public Learned Learned { get; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<FuzzedServer> StartAsync(bool onPostgres, int seed, bool timeSkipping = false)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed} (FUZZ_SEED={seed} repeats it)");
        var database = onPostgres ? await StoreDatabase.CreateAsync() : null;
        var anywhere = new IPEndPoint(IPAddress.Loopback, 0);
        var server = await TemporalServer.StartAsync(
            new TemporalServerOptions
            {
                Port = 0,
                WebUi = anywhere,
                HttpApi = anywhere,
                PostgresConnectionString = database?.ConnectionString,
                Namespaces = ["default", "other", HealthyClient.Namespace],
                SearchAttributes = new Dictionary<string, IndexedValueType> { ["Colour"] = IndexedValueType.Keyword },
                TimeSkipping = timeSkipping,
                LogLevel = LogLevel.Error,
            },
            Cancellation
        );
        return new FuzzedServer(server, database, seed, timeSkipping);
    }

    /// <summary>Notes an answer, for the summary that shows how far the noise reached.</summary>
    public void Count(string method, int status) => answers.AddOrUpdate((method, status), 1, (_, count) => count + 1);

    /// <summary>Notes what the server should not have done; one of each kind is kept.</summary>
    public void Complain(string kind, string about) => complaints.TryAdd(kind, about);

    /// <summary>Attacks for as long as the settings say; then nothing may be wrong.</summary>
    /// <param name="attack">One attacker's next request.</param>
    public async Task AttackAsync(Func<Random, Task> attack)
    {
        using var stop = new CancellationTokenSource();
        using var healthy = new HealthyClient(Server.EndPoint, unhurried: !timeSkipping);
        var work = healthy.WorkAsync(stop.Token);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, Attackers)
                .Select(attacker =>
                    Task.Run(async () =>
                    {
                        var random = new Random(seed + attacker);
                        while (watch.Elapsed < FuzzSettings.Duration && !work.IsFaulted)
                        {
                            await attack(random);
                        }
                    })
                )
        );
        await stop.CancelAsync();
        await work;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{answers.Values.Sum()} requests, {healthy.Completed} healthy workflows beside them; method: status × count"
        );
        foreach (var method in answers.GroupBy(answer => answer.Key.Method).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"  {method.Key}: {string.Join(", ", method.OrderBy(answer => answer.Key.Status).Select(answer => $"{answer.Key.Status} × {answer.Value}"))}"
            );
        }

        Assert.True(
            complaints.IsEmpty,
            $"seed {seed}:\n{string.Join('\n', complaints.Select(complaint => $"{complaint.Key}\n    {complaint.Value}"))}"
        );
        await RequireSoundHistoriesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    private async Task RequireSoundHistoriesAsync()
    {
        using var caller = new GrpcCaller(Server.EndPoint);
        var runs = await caller.CallAsync<ListWorkflowExecutionsResponse>(
            new ListWorkflowExecutionsRequest { Namespace = "default", PageSize = 200 }
        );
        foreach (var run in runs.Executions)
        {
            try
            {
                RequireSound(await ReadAsync(caller, run.Execution));
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                // Deletions that were asked for, one by one or as a batch, go on when the attack is over.
                var left = await caller.CallAsync<CountWorkflowExecutionsResponse>(
                    new CountWorkflowExecutionsRequest { Namespace = "default", Query = $"RunId = '{run.Execution.RunId}'" }
                );
                Assert.True(left.Count == 0, $"seed {seed}: run {run.Execution.RunId} is listed and cannot be read: {error.Message}");
            }
        }
    }

    private static async Task<List<HistoryEvent>> ReadAsync(GrpcCaller caller, WorkflowExecution execution)
    {
        var events = new List<HistoryEvent>();
        var request = new GetWorkflowExecutionHistoryRequest { Namespace = "default", Execution = execution };
        do
        {
            var page = await caller.CallAsync<GetWorkflowExecutionHistoryResponse>(request);
            events.AddRange(page.History.Events);
            request.NextPageToken = page.NextPageToken;
        } while (!request.NextPageToken.IsEmpty);
        return events;
    }

    private void RequireSound(List<HistoryEvent> events)
    {
        var said = $"seed {seed}: {string.Join(' ', events.Select(each => $"{each.EventId} {each.EventType}"))}";
        Assert.True(events.Select(each => each.EventId).SequenceEqual(Enumerable.Range(1, events.Count).Select(id => (long)id)), said);
        Assert.True(events is [{ EventType: EventType.WorkflowExecutionStarted }, ..], said);
    }
}
