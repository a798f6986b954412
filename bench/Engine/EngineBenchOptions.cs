using System.Diagnostics.CodeAnalysis;

namespace TemporalDelivery.Bench.Engine;

/// <summary>What to measure and where its parts are.</summary>
/// <param name="Server">The server: its executable or its assembly.</param>
/// <param name="Database">A database of the PostgreSQL to use, whose user may create others.</param>
/// <param name="Json">The file for the figures; null for none.</param>
/// <param name="Markdown">The file for the tables as Markdown; null for none.</param>
/// <param name="Quick">Shorter, and with fewer open workflows.</param>
/// <param name="Stores">Which stores.</param>
/// <param name="Scenarios">Which scenarios.</param>
internal sealed record EngineBenchOptions(
    string Server,
    string Database,
    string? Json,
    string? Markdown,
    bool Quick,
    IReadOnlyList<StoreKind> Stores,
    IReadOnlyList<string> Scenarios
)
{
    /// <summary>Every scenario's name.</summary>
    public static readonly IReadOnlyList<string> AllScenarios = ["one", "ten", "signals", "timers", "disk", "idle", "restart"];

    /// <summary>How long each throughput is measured.</summary>
    public TimeSpan Time => TimeSpan.FromSeconds(Quick ? 3 : 10);

    /// <summary>Workflows in flight while throughput is measured.</summary>
    public int Concurrency => 128;

    /// <summary>Open workflows at which memory is read, ascending.</summary>
    public IReadOnlyList<int> Idle => Quick ? [10_000] : [10_000, 100_000];

    /// <summary>Open workflows when the server is restarted.</summary>
    public int OpenAtRestart => Quick ? 5_000 : 20_000;

    /// <summary>Reads <c>--name=value</c> or <c>--name value</c>; false with the problem when one is missing, unknown or wrong.</summary>
    public static bool TryRead(
        string[] arguments,
        [NotNullWhen(true)] out EngineBenchOptions? options,
        [NotNullWhen(false)] out string? problem
    )
    {
        options = null;
        problem = null;
        var values = new Dictionary<string, string>();
        var quick = false;
        var rest = new Queue<string>(arguments);
        while (problem is null && rest.TryDequeue(out var argument))
        {
            var parts = argument.Split('=', 2);
            if (argument == "--quick")
            {
                quick = true;
            }
            else if (
                parts[0] is "--server" or "--json" or "--markdown" or "--store" or "--scenario"
                && (parts.Length == 2 || rest.Count > 0)
            )
            {
                values[parts[0]] = parts.Length == 2 ? parts[1] : rest.Dequeue();
            }
            else
            {
                problem = $"'{argument}' is not an option that I understand";
            }
        }

        var database = BenchDatabaseSetting.Read();
        var stores = values.GetValueOrDefault("--store") switch
        {
            null => [StoreKind.Memory, StoreKind.Postgres],
            "memory" => [StoreKind.Memory],
            "postgres" => [StoreKind.Postgres],
            _ => Array.Empty<StoreKind>(),
        };
        var scenarios = values.TryGetValue("--scenario", out var names) ? names.Split(',') : [.. AllScenarios];
        problem ??=
            stores.Length == 0 ? "--store is memory or postgres"
            : scenarios.Except(AllScenarios).Any() ? $"--scenario is one or more of {string.Join(',', AllScenarios)}"
            : !values.ContainsKey("--server") ? "--server=PROGRAM is missing"
            : database is null ? BenchDatabaseSetting.Missing
            : null;
        if (problem is not null)
        {
            return false;
        }

        options = new(
            values["--server"],
            database!,
            values.GetValueOrDefault("--json"),
            values.GetValueOrDefault("--markdown"),
            quick,
            stores,
            scenarios
        );
        return true;
    }
}
