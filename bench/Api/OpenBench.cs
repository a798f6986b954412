using System.Diagnostics;
using System.Globalization;
using TemporalDelivery.Bench.Engine;

namespace TemporalDelivery.Bench.Api;

/// <summary>
/// Thousands of deliveries that wait for their courier: what one costs in memory, and how long a partner's event takes from its webhook
/// until a reader sees the new state, at several rates; on request with the worker restarted in the middle.
/// </summary>
internal static class OpenBench
{
    private const int PlacedAtOnce = 4;

    // A reader looks more seldom the longer it waits, so that many of them do not become the load that is measured.
    private const double PauseShare = 0.1;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Collecting = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, int> Defaults = new()
    {
        ["warm-up"] = 100,
        ["deliveries"] = 10_000,
        ["seconds"] = 20,
        ["restart-rate"] = 60,
        ["patience"] = 120,
    };

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var isRead = BenchOptions.TryRead(arguments, Defaults, out var options, out var problem);
        if (!isRead || options!.PartnerSecret is null)
        {
            Console.Error.WriteLine($"bench open: {problem ?? "BENCH_PARTNER_SECRET is not set"}");
            return 2;
        }

        Machine.Say();
        using var system = await MeasuredSystem.FindAsync(options, cancellationToken);
        using var shop = new ShopClient(options.Api);
        using var partner = new PartnerEvents(options.Api, options.PartnerSecret);

        // The first ones also load and compile code, which is nothing that each delivery costs.
        await OpenAsync(shop, system, options.Numbers["warm-up"], options.Numbers["warm-up"], cancellationToken);
        var warm = await InUseAsync(system, cancellationToken);
        var count = options.Numbers["deliveries"];
        var watch = Stopwatch.StartNew();
        var open = await OpenAsync(shop, system, count, count + options.Numbers["warm-up"], cancellationToken);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"open deliveries={open.Count} opened_s={watch.Elapsed.TotalSeconds:F0}")
        );
        system.SayMemory();
        foreach (var (name, bytes) in await InUseAsync(system, cancellationToken))
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"open {name} in_use_mib={bytes >> 20} kib_per_delivery={(bytes - warm[name]) / 1024.0 / count:F1}"
                )
            );
        }

        var waiting = new Queue<Guid>(open);
        foreach (var rate in options.Rates)
        {
            await system.UntilQuietAsync(cancellationToken);
            var before = system.Cpu();
            await SendAsync(
                $"events {rate}/s",
                shop,
                partner,
                Take(waiting, rate * options.Numbers["seconds"]),
                rate,
                options,
                cancellationToken
            );
            Console.WriteLine($"cost {rate}/s {system.CpuSince(before, rate * options.Numbers["seconds"])} (an event)");
        }

        system.SayMemory();
        if (options.Restart)
        {
            await system.UntilQuietAsync(cancellationToken);
            await RestartAsync(shop, partner, system, waiting, options, cancellationToken);
        }

        return 0;
    }

    private static async Task<IReadOnlyList<Guid>> OpenAsync(
        ShopClient shop,
        MeasuredSystem system,
        int count,
        int inAll,
        CancellationToken cancellationToken
    )
    {
        await Parallel.ForAsync(
            0,
            (count + ShopClient.MostAtOnce - 1) / ShopClient.MostAtOnce,
            new ParallelOptions { MaxDegreeOfParallelism = PlacedAtOnce, CancellationToken = cancellationToken },
            async (index, token) =>
                await shop.PlaceAsync(OrderShape.Physical, Math.Min(ShopClient.MostAtOnce, count - (index * ShopClient.MostAtOnce)), token)
        );
        using var look = new PeriodicTimer(Look);
        List<Guid> open;
        do
        {
            await look.WaitForNextTickAsync(cancellationToken);
            open = await shop.DeliveriesAsync("CREATED", cancellationToken).ToListAsync(cancellationToken);
        } while (open.Count < inAll);

        // A delivery order is there before its partner is booked.
        await system.UntilQuietAsync(cancellationToken);
        return open;
    }

    private static async Task<IReadOnlyDictionary<string, long>> InUseAsync(MeasuredSystem system, CancellationToken cancellationToken)
    {
        string[] names = ["worker", "temporal", "api"];
        foreach (var name in names)
        {
            CollectOnRequest.Ask(system[name].Id);
        }

        await Task.Delay(Collecting, cancellationToken);
        return names.ToDictionary(
            name => name,
            name =>
            {
                system[name].Refresh();
                return system[name].WorkingSet64;
            }
        );
    }

    private static async Task SendAsync(
        string what,
        ShopClient shop,
        PartnerEvents partner,
        List<Guid> deliveries,
        int rate,
        BenchOptions options,
        CancellationToken cancellationToken
    )
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(options.Numbers["seconds"] + options.Numbers["patience"]));
        var lost = 0;
        var latencies = await OpenLoop.RunAsync(
            rate,
            deliveries.Count,
            async (index, _) =>
            {
                try
                {
                    await partner.PickUpAsync(deliveries[index], patience.Token);
                    await UntilSeenAsync(shop, deliveries[index], patience.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    Interlocked.Increment(ref lost);
                }
            },
            cancellationToken
        );
        Console.WriteLine($"{what} {Percentiles.Of(latencies)} lost={lost} (from webhook to visible state)");
    }

    private static async Task UntilSeenAsync(ShopClient shop, Guid delivery, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (await shop.DeliveryStateAsync(delivery, cancellationToken) == "CREATED")
        {
            var share = watch.Elapsed * PauseShare;
            await Task.Delay(share > ShortestPause ? share : ShortestPause, cancellationToken);
        }
    }

    private static async Task RestartAsync(
        ShopClient shop,
        PartnerEvents partner,
        MeasuredSystem system,
        Queue<Guid> waiting,
        BenchOptions options,
        CancellationToken cancellationToken
    )
    {
        var (rate, seconds) = (options.Numbers["restart-rate"], options.Numbers["seconds"]);
        var sending = SendAsync($"restart {rate}/s", shop, partner, Take(waiting, rate * seconds), rate, options, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(seconds / 4.0), cancellationToken);
        var watch = Stopwatch.StartNew();
        await using var worker = await RestartedProcess.RestartAsync(system["worker"], cancellationToken);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"restart stopped_s={watch.Elapsed.TotalSeconds:F1} (until the old worker had ended)"
            )
        );
        system["worker"] = Process.GetProcessById(worker.Id);
        await sending;
        system.SayMemory();
    }

    private static List<Guid> Take(Queue<Guid> queue, int count) =>
        queue.Count >= count
            ? [.. Enumerable.Range(0, count).Select(_ => queue.Dequeue())]
            : throw new InvalidOperationException(
                $"{count} deliveries are needed for this rate, {queue.Count} are left: take more --deliveries"
            );
}
