using System.Diagnostics;
using Npgsql;

namespace TemporalDelivery.Bench.Api;

/// <summary>
/// The shop under load through its REST API: orders per second from POST to COMPLETED with an instant partner, latency of POST at a fixed
/// rate, and CPU and memory of each process. Absolute times belong to the machine that is printed with them; the ratio is to a
/// yardstick of the same run: how many single-row transactions one client commits per second.
/// </summary>
internal static class ApiBench
{
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (!ApiBenchOptions.TryRead(arguments, out var options, out var problem))
        {
            Console.Error.WriteLine($"bench api: {problem}");
            return 2;
        }

        Console.WriteLine(
            $"machine     {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {Environment.OSVersion}, .NET {Environment.Version}"
        );
        var commits = await CommitsPerSecondAsync(options.Database, cancellationToken);
        Console.WriteLine($"yardstick   one client commits {commits:F0} single-row transactions per second on this PostgreSQL");

        using var shop = new ShopClient(options.Api);
        await shop.PlaceAndFinishAsync(OrderShape.Digital, cancellationToken);
        await shop.PlaceAndFinishAsync(OrderShape.Physical, cancellationToken);

        var processes = options.Processes.Select(process => (process.Name, Process: Process.GetProcessById(process.Pid))).ToList();
        var started = processes.ConvertAll(process => process.Process.TotalProcessorTime);
        foreach (var shape in new[] { OrderShape.Digital, OrderShape.Physical })
        {
            var watch = Stopwatch.StartNew();
            var latencies = await InParallelAsync(
                options.Orders,
                options.Concurrency,
                token => shop.PlaceAndFinishAsync(shape, token),
                cancellationToken
            );
            var rate = options.Orders / watch.Elapsed.TotalSeconds;
            Console.WriteLine(
                $"{shape.Name,-11} {rate,7:F1} orders/s from POST to COMPLETED ({options.Orders} orders, {options.Concurrency} at a time), {rate / commits:F3} of the yardstick"
            );
            Console.WriteLine($"            {Percentiles.Of(latencies)}");
        }

        foreach (var ((name, process), before) in processes.Zip(started))
        {
            process.Refresh();
            var perOrder = (process.TotalProcessorTime - before) / (2 * options.Orders);
            Console.WriteLine(
                $"cpu         {name,-9} {perOrder.TotalMilliseconds,6:F2} ms an order, {before.TotalSeconds,5:F1} s before them"
            );
        }

        var posts = await AtRateAsync(
            options.Rate,
            options.RateSeconds,
            token => shop.PlaceAsync(OrderShape.Digital, token),
            cancellationToken
        );
        Console.WriteLine($"POST        {Percentiles.Of(posts)} at {options.Rate} requests/s");

        foreach (var (name, process) in processes)
        {
            process.Refresh();
            Console.WriteLine(
                $"memory      {name,-9} {process.WorkingSet64 >> 20,5} MiB now, {process.PeakWorkingSet64 >> 20,5} MiB at the most"
            );
            process.Dispose();
        }

        return 0;
    }

    private static async Task<double> CommitsPerSecondAsync(string database, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancellationToken);
        await using (
            var create = new NpgsqlCommand(
                "create table if not exists public.bench_yardstick (n int); truncate public.bench_yardstick",
                connection
            )
        )
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var insert = new NpgsqlCommand("insert into public.bench_yardstick values (1)", connection);
        await insert.PrepareAsync(cancellationToken);
        var watch = Stopwatch.StartNew();
        var commits = 0;
        while (watch.Elapsed < TimeSpan.FromSeconds(2))
        {
            await insert.ExecuteNonQueryAsync(cancellationToken);
            commits++;
        }

        var rate = commits / watch.Elapsed.TotalSeconds;
        await using var drop = new NpgsqlCommand("drop table public.bench_yardstick", connection);
        await drop.ExecuteNonQueryAsync(cancellationToken);
        return rate;
    }

    private static async Task<IReadOnlyList<TimeSpan>> InParallelAsync(
        int count,
        int concurrency,
        Func<CancellationToken, Task> action,
        CancellationToken cancellationToken
    )
    {
        var latencies = new TimeSpan[count];
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken },
            async (index, token) =>
            {
                var watch = Stopwatch.StartNew();
                await action(token);
                latencies[index] = watch.Elapsed;
            }
        );
        return latencies;
    }

    // Open loop: a request starts when its time has come, and its latency counts from then, so that a stall is not hidden.
    private static async Task<IReadOnlyList<TimeSpan>> AtRateAsync(
        int rate,
        int seconds,
        Func<CancellationToken, Task> action,
        CancellationToken cancellationToken
    )
    {
        var watch = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var running = new List<Task<TimeSpan>>(rate * seconds);
        while (running.Count < rate * seconds)
        {
            var due = TimeSpan.FromSeconds(running.Count / (double)rate);
            while (watch.Elapsed < due)
            {
                await tick.WaitForNextTickAsync(cancellationToken);
            }

            running.Add(MeasureAsync(due));
        }

        return await Task.WhenAll(running);

        async Task<TimeSpan> MeasureAsync(TimeSpan due)
        {
            await action(cancellationToken);
            return watch.Elapsed - due;
        }
    }
}
