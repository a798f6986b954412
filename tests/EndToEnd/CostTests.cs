using System.Text.Json;
using Dapper;
using Npgsql;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Temporal.Costs;
using Temporalio.Client;

namespace TemporalDelivery.EndToEnd;

/// <summary>
/// What an order costs at most, by a genuine Temporal server's rules and by PostgreSQL's own count, on average of many at a time.
/// </summary>
public sealed class CostTests
{
    private const int Orders = 100;
    private const int AtATime = 50;

    private static readonly (OrderKind Kind, int Events, int Transitions, int WriteTransactions)[] Limits =
    [
        (OrderKind.All[0], 16, 8, 9),
        (OrderKind.All[1], 64, 30, 17),
    ];

    [Fact]
    public async Task An_order_and_its_delivery_take_so_many_events_state_transitions_and_write_transactions_at_most()
    {
        Assert.SkipWhen(PrivatePostgres.Unavailable is not null, PrivatePostgres.Unavailable ?? "");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(4));
        var cancellation = deadline.Token;
        await using var shop = await Shop.StartAsync(pace: TimeSpan.FromSeconds(0.5), disorder: 0, TemporalStore.Memory, cancellation);
        using var customers = new Customers(shop.Address);
        var temporal = await TemporalClient.ConnectAsync(
            new(shop.TemporalAddress) { GrpcCompression = new Temporalio.Client.GrpcCompression.None() }
        );

        var excesses = new List<string>();
        foreach (var (kind, events, transitions, writeTransactions) in Limits)
        {
            var before = await NextTransactionAsync(shop.Postgres.ConnectionString);
            var cost = await SumAsync(kind, customers, temporal, cancellation);
            var written = await NextTransactionAsync(shop.Postgres.ConnectionString) - before;
            excesses.AddRange(
                from figure in ((string What, long Sum, int Limit)[])
                    [
                        ("events", cost.Events, events),
                        ("state transitions", cost.Transitions, transitions),
                        ("write transactions", written, writeTransactions),
                    ]
                where figure.Sum > (long)figure.Limit * Orders
                select $"{kind}: {figure.Sum / (double)Orders:F1} {figure.What}, at most {figure.Limit}"
            );
        }

        Assert.True(excesses.Count == 0, string.Join("; ", excesses));
    }

    private static async Task<WorkflowCost> SumAsync(
        OrderKind kind,
        Customers customers,
        TemporalClient temporal,
        CancellationToken cancellationToken
    )
    {
        var costs = new WorkflowCost[Orders];
        await Parallel.ForAsync(
            0,
            Orders,
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken },
            async (index, token) =>
            {
                var id = await customers.PlaceAsync(kind, token);
                var order = await customers.SeeThroughAsync(id, token);
                Assert.Equal("COMPLETED", order.GetProperty("status").GetString());
                costs[index] = WorkflowCost.None;
                foreach (var workflow in Workflows(order))
                {
                    var run = temporal.GetWorkflowHandle(workflow);
                    // A state is seen before the workflow that has recorded it is over.
                    await run.GetResultAsync(rpcOptions: new() { CancellationToken = token });
                    var history = await run.FetchHistoryAsync(new() { Rpc = new() { CancellationToken = token } });
                    costs[index] += WorkflowCost.Of(history.Events);
                }
            }
        );
        return costs.Aggregate((sum, cost) => sum + cost);
    }

    private static IEnumerable<string> Workflows(JsonElement order) =>
        order
            .GetProperty("tracking")
            .EnumerateArray()
            .Select(delivery => $"delivery-{delivery.GetProperty("deliveryOrderId").GetGuid()}")
            .Prepend($"order-{order.GetProperty("orderId").GetGuid()}");

    // Asking takes no transaction id itself.
    private static async Task<long> NextTransactionAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        return await connection.ExecuteScalarAsync<long>("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
    }
}
