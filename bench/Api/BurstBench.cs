using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TemporalDelivery.Bench.Api;

/// <summary>
/// Thousands of orders placed at once, a hundred e-books first: at which rate they are worked off beside the steady rate of the same run,
/// when the first hundred are COMPLETED, and how much memory the worker takes meanwhile.
/// </summary>
internal static class BurstBench
{
    private const int First = ShopClient.MostAtOnce;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, int> Defaults = new()
    {
        ["warm-up"] = 100,
        ["steady"] = 500,
        ["concurrency"] = 50,
        ["orders"] = 10_000,
        ["connections"] = 4,
    };

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (!BenchOptions.TryRead(arguments, Defaults, out var options, out var problem))
        {
            Console.Error.WriteLine($"bench burst: {problem}");
            return 2;
        }

        Machine.Say();
        using var system = await MeasuredSystem.FindAsync(options, cancellationToken);
        using var shop = new ShopClient(options.Api);
        var concurrency = options.Numbers["concurrency"];
        foreach (var shape in (OrderShape[])[OrderShape.Digital, options.Shape])
        {
            await Steady.RunAsync(shop, shape, options.Numbers["warm-up"], concurrency, cancellationToken);
        }

        var steady = await Steady.RunAsync(shop, options.Shape, options.Numbers["steady"], concurrency, cancellationToken);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"rate {options.Shape.Name} orders_s={steady.Rate:F1} (steady, {concurrency} at a time)"
            )
        );
        await system.UntilQuietAsync(cancellationToken);
        system.SayMemory();

        var began = DateTimeOffset.UtcNow;
        var watch = Stopwatch.StartNew();
        using var finished = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var confirming = Customers.ConfirmAsync(shop, finished.Token);
        var first = await shop.PlaceAsync(OrderShape.Digital, First, cancellationToken);
        var others = await PlaceAsync(shop, options, cancellationToken);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"burst accepted_s={watch.Elapsed.TotalSeconds:F1} orders={First + others.Count}")
        );

        using var look = new PeriodicTimer(Look);
        while (await shop.HasUnfinishedAsync(cancellationToken))
        {
            if (confirming.IsFaulted)
            {
                await confirming;
            }

            await look.WaitForNextTickAsync(cancellationToken);
        }

        await finished.CancelAsync();
        await confirming;
        await SayAsync(shop, [.. first], others, began, steady.Rate, options.Shape, cancellationToken);
        system.SayMemory();
        return 0;
    }

    private static async Task<IReadOnlyList<Guid>> PlaceAsync(ShopClient shop, BenchOptions options, CancellationToken cancellationToken)
    {
        var arrays = (options.Numbers["orders"] - First) / ShopClient.MostAtOnce;
        var placed = new IReadOnlyList<Guid>[arrays];
        await Parallel.ForAsync(
            0,
            arrays,
            new ParallelOptions { MaxDegreeOfParallelism = options.Numbers["connections"], CancellationToken = cancellationToken },
            async (index, token) => placed[index] = await shop.PlaceAsync(options.Shape, ShopClient.MostAtOnce, token)
        );
        return [.. placed.SelectMany(ids => ids)];
    }

    // By the times that the orders' own histories tell, so that nobody has to watch ten thousand orders while they are worked off.
    private static async Task SayAsync(
        ShopClient shop,
        HashSet<Guid> first,
        IReadOnlyList<Guid> others,
        DateTimeOffset began,
        double steadyRate,
        OrderShape shape,
        CancellationToken cancellationToken
    )
    {
        var ends = new Dictionary<Guid, TimeSpan>();
        await foreach (var order in shop.OrdersAsync(cancellationToken))
        {
            if (CompletedAt(order) is { } at)
            {
                ends[order.GetProperty("orderId").GetGuid()] = at - began;
            }
        }

        // The ids are in the order of acceptance, and tell whether those who came first were served first.
        var served = others.Order().Where(ends.ContainsKey).Select(id => ends[id].TotalSeconds).ToList();
        var sorted = served.Order().ToList();
        var rate = (sorted.Count - 1) / (sorted[^1] - sorted[0]);
        double At(double share) => sorted[(int)(share * (sorted.Count - 1))];
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"burst {shape.Name} orders_s={rate:F1} of_steady={rate / steadyRate:F2} completed={sorted.Count} not_completed={others.Count - sorted.Count} first_s={At(0):F1} p10_s={At(0.1):F1} p50_s={At(0.5):F1} p90_s={At(0.9):F1} last_s={At(1):F1} earliest_tenth_s={served.Take(Math.Max(1, served.Count / 10)).Max():F1}"
            )
        );
        var firstEnds = first.Where(ends.ContainsKey).Select(id => ends[id].TotalSeconds).ToList();
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"burst first_{First} completed={firstEnds.Count} last_s={firstEnds.Max():F1}")
        );
    }

    private static DateTimeOffset? CompletedAt(JsonElement order) =>
        order
            .GetProperty("history")
            .EnumerateArray()
            .Where(change => change.GetProperty("to").GetString() == "COMPLETED")
            .Select(change => (DateTimeOffset?)change.GetProperty("at").GetDateTimeOffset())
            .FirstOrDefault();
}
