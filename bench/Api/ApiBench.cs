using System.Globalization;
using Temporalio.Client;

namespace TemporalDelivery.Bench.Api;

/// <summary>
/// The shop under load through its REST API, with an instant partner: orders per second of each kind from POST to COMPLETED, what an order
/// of it costs, latency of POST at a fixed rate with and without a backlog, memory of each process. Absolute times belong to the machine;
/// the yardstick of the same run is how many single-row transactions one client commits per second.
/// </summary>
internal static class ApiBench
{
    private static readonly TimeSpan YardstickTime = TimeSpan.FromSeconds(2);

    // What follows an order's end: its events are published, its last state is projected.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, int> Defaults = new()
    {
        ["warm-up"] = 100,
        ["orders"] = 500,
        ["concurrency"] = 50,
        ["rate"] = 200,
        ["rate-seconds"] = 10,
        ["backlog"] = 3000,
    };

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (!BenchOptions.TryRead(arguments, Defaults, out var options, out var problem))
        {
            Console.Error.WriteLine($"bench api: {problem}");
            return 2;
        }

        Machine.Say();
        using var system = await MeasuredSystem.FindAsync(options, cancellationToken);
        var commits = await system.Database.CommitsPerSecondAsync(YardstickTime, cancellationToken);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"yardstick commits_s={commits:F0} (one client, single-row transactions)")
        );

        using var shop = new ShopClient(options.Api);
        var temporal = await TemporalClient.ConnectAsync(new(options.Temporal) { GrpcCompression = new GrpcCompression.None() });
        OrderShape[] shapes = [OrderShape.Digital, OrderShape.Physical];
        foreach (var shape in shapes)
        {
            await Steady.RunAsync(shop, shape, options.Numbers["warm-up"], options.Numbers["concurrency"], cancellationToken);
        }

        foreach (var shape in shapes)
        {
            await system.UntilQuietAsync(cancellationToken);
            await MeasureAsync(shape, shop, temporal, system, options, cancellationToken);
        }

        await system.UntilQuietAsync(cancellationToken);
        await SayPostsAsync("idle", shop, options, cancellationToken);
        for (var placed = 0; placed < options.Numbers["backlog"]; placed += ShopClient.MostAtOnce)
        {
            await shop.PlaceAsync(OrderShape.Digital, ShopClient.MostAtOnce, cancellationToken);
        }

        await SayPostsAsync("backlog", shop, options, cancellationToken);
        system.SayMemory();
        return 0;
    }

    private static async Task MeasureAsync(
        OrderShape shape,
        ShopClient shop,
        ITemporalClient temporal,
        MeasuredSystem system,
        BenchOptions options,
        CancellationToken cancellationToken
    )
    {
        var (count, concurrency) = (options.Numbers["orders"], options.Numbers["concurrency"]);
        var transactions = await system.Database.NextTransactionAsync(cancellationToken);
        var before = system.Cpu();
        var steady = await Steady.RunAsync(shop, shape, count, concurrency, cancellationToken);
        var cpu = system.CpuSince(before, count);
        await Task.Delay(Aftermath, cancellationToken);
        transactions = await system.Database.NextTransactionAsync(cancellationToken) - transactions;
        var cost = await OrderCosts.SumAsync(temporal, steady.Orders, cancellationToken);
        string Each(double sum) => (sum / count).ToString("F1", CultureInfo.InvariantCulture);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"rate {shape.Name} orders_s={steady.Rate:F1} {Percentiles.Of(steady.Orders.Select(order => order.Latency))} (from POST to COMPLETED, {concurrency} at a time)"
            )
        );
        Console.WriteLine(
            $"cost {shape.Name} events={Each(cost.Events)} transitions={Each(cost.Transitions)} tasks={Each(cost.WorkflowTasks)} actions={Each(cost.Actions)} write_tx={(system.CountsTransactions ? Each(transactions) : "unknown")} {cpu}"
        );
    }

    private static async Task SayPostsAsync(string when, ShopClient shop, BenchOptions options, CancellationToken cancellationToken)
    {
        var rate = options.Numbers["rate"];
        var latencies = await OpenLoop.RunAsync(
            rate,
            rate * options.Numbers["rate-seconds"],
            (_, token) => shop.PlaceAsync(OrderShape.Digital, token),
            cancellationToken
        );
        Console.WriteLine($"post {when} {Percentiles.Of(latencies)} (at {rate} requests/s)");
    }
}
