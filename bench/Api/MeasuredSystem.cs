using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace TemporalDelivery.Bench.Api;

/// <summary>The running system's processes, PostgreSQL among them.</summary>
internal sealed class MeasuredSystem : IDisposable
{
    // In this order they are printed.
    private static readonly string[] Names = ["worker", "api", "temporal", "postgres", "payments", "partner"];

    private readonly Dictionary<string, Process> processes;
    private readonly IReadOnlyList<PostgresServer> databases;

    private MeasuredSystem(Dictionary<string, Process> processes, IReadOnlyList<PostgresServer> databases, bool countsTransactions)
    {
        this.processes = processes;
        this.databases = databases;
        CountsTransactions = countsTransactions;
    }

    /// <summary>The shop's own PostgreSQL.</summary>
    public PostgresServer Database => databases[0];

    /// <summary>Whether the shop's PostgreSQL serves nobody else, so that its transactions are the shop's.</summary>
    public bool CountsTransactions { get; }

    public static async Task<MeasuredSystem> FindAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var databases = new List<PostgresServer> { await PostgresServer.FindAsync(options.Database, cancellationToken) };
        var isShared = options.TemporalDatabase is { } temporal && Server(temporal) == Server(options.Database);
        if (options.TemporalDatabase is { } other && !isShared)
        {
            databases.Add(await PostgresServer.FindAsync(other, cancellationToken));
        }

        return new(
            options.Processes.ToDictionary(process => process.Name, process => Process.GetProcessById(process.Pid)),
            databases,
            !isShared
        );
    }

    /// <summary>A process by its name.</summary>
    public Process this[string name]
    {
        get => processes[name];
        set
        {
            processes[name].Dispose();
            processes[name] = value;
        }
    }

    /// <summary>CPU time up to now, by process.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Cpu()
    {
        var times = new Dictionary<string, TimeSpan>();
        foreach (var (name, process) in processes)
        {
            process.Refresh();
            times[name] = process.TotalProcessorTime;
        }

        times["postgres"] = databases.Aggregate(TimeSpan.Zero, (sum, database) => sum + database.Cpu);
        return times;
    }

    /// <summary>CPU time since then, for each of so many: the sum, and by process.</summary>
    public string CpuSince(IReadOnlyDictionary<string, TimeSpan> before, int count)
    {
        var now = Cpu();
        var used = Names.Where(now.ContainsKey).Select(name => (Name: name, Time: (now[name] - before[name]) / count)).ToList();
        var parts = used.Select(use => Figure(use.Name, use.Time.TotalMilliseconds));
        return $"{Figure("cpu_ms", used.Sum(use => use.Time.TotalMilliseconds))} ({string.Join(' ', parts)})";
    }

    /// <summary>Returns when the processes have used next to no CPU for a while.</summary>
    public async Task UntilQuietAsync(CancellationToken cancellationToken)
    {
        using var look = new PeriodicTimer(TimeSpan.FromSeconds(2));
        var before = Cpu();
        while (await look.WaitForNextTickAsync(cancellationToken))
        {
            var now = Cpu();
            if (now.Sum(use => (use.Value - before[use.Key]).TotalSeconds) < look.Period.TotalSeconds / 4)
            {
                return;
            }

            before = now;
        }
    }

    /// <summary>Prints the memory of each process.</summary>
    public void SayMemory()
    {
        foreach (var name in Names.Where(processes.ContainsKey))
        {
            processes[name].Refresh();
            Console.WriteLine(
                $"memory {name} now_mib={processes[name].WorkingSet64 >> 20} peak_mib={processes[name].PeakWorkingSet64 >> 20}"
            );
        }
    }

    public void Dispose()
    {
        foreach (var process in processes.Values)
        {
            process.Dispose();
        }
    }

    private static string Figure(string name, double value) => string.Create(CultureInfo.InvariantCulture, $"{name}={value:F1}");

    private static string Server(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        return $"{builder.Host}:{builder.Port}";
    }
}
