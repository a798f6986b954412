using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace TemporalDelivery.Bench.Engine;

/// <summary>Everything that one run measured.</summary>
internal sealed class EngineReport
{
    /// <summary>Characters that the widest table takes.</summary>
    public const int Width = 200;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Where.</summary>
    public string Machine { get; } =
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {Environment.OSVersion}, .NET {Environment.Version}";

    /// <summary>When, UTC.</summary>
    public DateTime Started { get; } = DateTime.UtcNow;

    /// <summary>Bare calls, one for each store.</summary>
    public List<Measurement> Ceilings { get; } = [];

    /// <summary>Throughputs.</summary>
    public List<Measurement> Throughputs { get; } = [];

    /// <summary>The disk.</summary>
    public DiskYardstick? Disk { get; set; }

    /// <summary>Idle workflows.</summary>
    public List<IdleWorkflows> Idle { get; } = [];

    /// <summary>The restart.</summary>
    public Restart? Restart { get; set; }

    /// <summary>All of it as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Writes the tables.</summary>
    public void Write(IAnsiConsole console, TableBorder border)
    {
        console.WriteLine($"Machine: {Machine}. {Started:yyyy-MM-dd HH:mm} UTC.");
        console.WriteLine();
        if (Throughputs.Count > 0)
        {
            console.Write(ThroughputTable(border));
            console.WriteLine();
        }

        if (Disk is { } disk)
        {
            console.WriteLine(
                Text(
                    $"Disk: with commits two milliseconds slower one client commits {disk.CommitsPerSecond:F0} transactions per second; the server completes {disk.Workflows.PerSecond:F0} one-activity workflows per second, {disk.Ratio:F2} for each of those commits."
                )
            );
            console.WriteLine();
        }

        if (Idle.Count > 0)
        {
            console.Write(IdleTable(border));
            console.WriteLine();
        }

        if (Restart is { } restart)
        {
            console.WriteLine(
                Text(
                    $"Restart: killed with {restart.Open:N0} open workflows, the next server's first task is in a worker's hands {restart.Seconds:F2} s after its process was started."
                )
            );
        }
    }

    private Table ThroughputTable(TableBorder border)
    {
        var table = Columns(
            new Table { Border = border },
            "store",
            "load",
            "each second",
            "events/s",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "CPU ms: server",
            "worker",
            "client",
            "PostgreSQL",
            "of the ceiling",
            "by CPU"
        );
        foreach (var row in Ceilings.Concat(Throughputs))
        {
            var ceiling = Ceilings.FirstOrDefault(measured => measured.Store == row.Store);
            string Each(TimeSpan cpu) => Text($"{cpu.TotalMilliseconds / row.Count:F2}");
            table.AddRow(
                Name(row.Store),
                row.Name,
                Text($"{row.PerSecond:N0}"),
                Text($"{row.EventsPerSecond:N0}"),
                Text($"{row.Latency.P50:F1}"),
                Text($"{row.Latency.P95:F1}"),
                Text($"{row.Latency.P99:F1}"),
                Each(row.Cpu.Server),
                Each(row.Cpu.Worker),
                Each(row.Cpu.Driver),
                Each(row.Cpu.Database),
                ceiling is null || row.Calls == 1 ? "" : Text($"{row.ShareOf(ceiling):F2}"),
                ceiling is null || row.Calls == 1 ? "" : Text($"{row.CpuShareOf(ceiling):F2}")
            );
        }

        return table;
    }

    private Table IdleTable(TableBorder border)
    {
        var table = Columns(
            new Table { Border = border },
            "store",
            "open and idle",
            "server bytes each",
            "worker bytes each",
            "server CPU",
            "worker CPU",
            "PostgreSQL CPU"
        );
        foreach (var row in Idle)
        {
            string Share(TimeSpan cpu) => Text($"{cpu.TotalSeconds / row.Seconds:P1}");
            table.AddRow(
                Name(row.Store),
                Text($"{row.Open:N0}"),
                Text($"{row.ServerBytes:N0}"),
                Text($"{row.WorkerBytes:N0}"),
                Share(row.Cpu.Server),
                Share(row.Cpu.Worker),
                Share(row.Cpu.Database)
            );
        }

        return table;
    }

    private static Table Columns(Table table, params ReadOnlySpan<string> names)
    {
        foreach (var (index, name) in names.ToArray().Index())
        {
            table.AddColumn(name, column => column.Alignment = index < 2 ? Justify.Left : Justify.Right);
        }

        return table;
    }

    private static string Name(StoreKind store) =>
        store switch
        {
            StoreKind.Memory => "memory",
            StoreKind.Postgres => "PostgreSQL",
            _ => "PostgreSQL, slow commits",
        };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
