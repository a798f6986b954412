using Spectre.Console;

namespace TemporalDelivery.Bench.Engine;

/// <summary>
/// The embedded engine under load: throughput, latency, memory, restart, on each store. Server, worker and client are processes of
/// their own on this machine's loopback. Absolute figures belong to the machine; the ratios are to yardsticks of the same run.
/// </summary>
internal static class EngineBench
{
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (!EngineBenchOptions.TryRead(arguments, out var options, out var problem))
        {
            Console.Error.WriteLine($"bench engine: {problem}");
            return 2;
        }

        var report = new EngineReport();
        foreach (var store in options.Stores)
        {
            await MeasureThroughputAsync(report, store, options, cancellationToken);
        }

        if (options.Stores.Contains(StoreKind.Postgres))
        {
            if (options.Scenarios.Contains("disk"))
            {
                Say("slow commits");
                report.Disk = await DiskYardstick.MeasureAsync(options, cancellationToken);
            }

            if (options.Scenarios.Contains("restart"))
            {
                Say("restart");
                report.Restart = await Restart.MeasureAsync(options, cancellationToken);
            }
        }

        if (options.Scenarios.Contains("idle"))
        {
            foreach (var store in options.Stores)
            {
                Say($"{store}: open workflows");
                await foreach (var measured in IdleWorkflows.MeasureAsync(options, store, cancellationToken))
                {
                    report.Idle.Add(measured);
                }
            }
        }

        await WriteAsync(report, options, cancellationToken);
        return 0;
    }

    private static async Task MeasureThroughputAsync(
        EngineReport report,
        StoreKind store,
        EngineBenchOptions options,
        CancellationToken cancellationToken
    )
    {
        if (!options.Scenarios.Intersect(["one", "ten", "signals", "timers"]).Any())
        {
            return;
        }

        await using var engine = await Engine.StartAsync(options, store, cachedWorkflows: 10_000, cancellationToken);
        var throughput = new Throughput(engine, store, options);
        Say($"{store}: bare calls");
        await throughput.WarmUpAsync(cancellationToken);
        report.Ceilings.Add(await Ceiling.MeasureAsync(engine, store, options, cancellationToken));
        foreach (
            var (scenario, name, measure) in new (string, string, Func<Task<Measurement>>)[]
            {
                ("one", "one activity", () => throughput.ActivitiesAsync("one activity each", 1, options.Concurrency, cancellationToken)),
                ("one", "one at a time", () => throughput.ActivitiesAsync("the same, one at a time", 1, concurrency: 1, cancellationToken)),
                ("ten", "ten activities", () =>
                    throughput.ActivitiesAsync("ten activities each", 10, options.Concurrency, cancellationToken)
                ),
                ("signals", "signals", () => throughput.SignalsAsync(options.Quick ? 50 : 200, signals: 100, cancellationToken)),
                ("timers", "timers", () => throughput.TimersAsync(cancellationToken)),
                ("timers", "timers of one workflow", () => throughput.TimersOfOneAsync(cancellationToken)),
            }
        )
        {
            if (options.Scenarios.Contains(scenario))
            {
                Say($"{store}: {name}");
                report.Throughputs.Add(await measure());
            }
        }
    }

    private static async Task WriteAsync(EngineReport report, EngineBenchOptions options, CancellationToken cancellationToken)
    {
        // Wrapped cells cannot be read; a terminal that is narrower wraps whole lines instead.
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, EngineReport.Width);
        report.Write(AnsiConsole.Console, TableBorder.Rounded);
        if (options.Json is { } json)
        {
            await File.WriteAllTextAsync(json, report.ToJson(), cancellationToken);
        }

        if (options.Markdown is { } markdown)
        {
            await using var text = new StringWriter();
            var console = AnsiConsole.Create(
                new AnsiConsoleSettings
                {
                    Ansi = AnsiSupport.No,
                    ColorSystem = ColorSystemSupport.NoColors,
                    Out = new AnsiConsoleOutput(text),
                }
            );
            console.Profile.Width = EngineReport.Width;
            report.Write(console, TableBorder.Markdown);
            await File.WriteAllLinesAsync(markdown, text.ToString().Split('\n').Select(line => line.TrimEnd()), cancellationToken);
        }
    }

    private static void Say(string what) => Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} {what}");
}
