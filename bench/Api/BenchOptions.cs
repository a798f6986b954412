using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TemporalDelivery.Bench.Api;

/// <summary>What to measure and where it runs.</summary>
/// <param name="Api">The API.</param>
/// <param name="Temporal">The Temporal server, whose histories say what orders cost.</param>
/// <param name="Database">The PostgreSQL of the shop.</param>
/// <param name="TemporalDatabase">The PostgreSQL of the Temporal server; null when it has none that is known.</param>
/// <param name="PartnerSecret">What the partner signs its events with; null when the measurement sends none.</param>
/// <param name="Processes">Whose CPU and memory to print, name and pid.</param>
/// <param name="Shape">The kind of order, where only one is measured.</param>
/// <param name="Rates">Events per second, one after the other.</param>
/// <param name="Restart">Whether the worker is restarted in the middle.</param>
/// <param name="Numbers">The numbers that the measurement knows, by name.</param>
internal sealed record BenchOptions(
    Uri Api,
    string Temporal,
    string Database,
    string? TemporalDatabase,
    string? PartnerSecret,
    IReadOnlyList<(string Name, int Pid)> Processes,
    OrderShape Shape,
    IReadOnlyList<int> Rates,
    bool Restart,
    IReadOnlyDictionary<string, int> Numbers
)
{
    /// <summary>Reads <c>--name=value</c> arguments; false with the problem when one is missing, unknown or wrong.</summary>
    /// <param name="arguments">As they were given.</param>
    /// <param name="defaults">The numbers that this measurement takes.</param>
    /// <param name="options">What was read.</param>
    /// <param name="problem">What is wrong.</param>
    public static bool TryRead(
        string[] arguments,
        IReadOnlyDictionary<string, int> defaults,
        [NotNullWhen(true)] out BenchOptions? options,
        [NotNullWhen(false)] out string? problem
    )
    {
        Uri? api = null;
        string? temporal = null;
        var processes = new List<(string, int)>();
        var numbers = new Dictionary<string, int>(defaults);
        var shape = OrderShape.Physical;
        IReadOnlyList<int> rates = [20, 60, 100];
        var restart = false;
        foreach (var argument in arguments)
        {
            var parts = argument.Split('=', 2);
            var value = parts.Length == 2 ? parts[1] : "";
            var isKnown = parts[0] switch
            {
                "--api" => Uri.TryCreate(value, UriKind.Absolute, out api),
                "--temporal" => (temporal = value).Length > 0,
                "--process" => TryAddProcess(value, processes),
                "--kind" => OrderShape.TryFind(value, ref shape),
                "--rates" => TryReadRates(value, ref rates),
                "--restart" => restart = parts.Length == 1,
                _ => TryAddNumber(parts[0], value, numbers),
            };
            if (!isKnown)
            {
                (options, problem) = (null, $"'{argument}' is not an option that I understand");
                return false;
            }
        }

        var database = BenchDatabaseSetting.Read();
        problem =
            api is null ? "--api=URL is missing"
            : temporal is null ? "--temporal=HOST:PORT is missing"
            : database is null ? BenchDatabaseSetting.Missing
            : null;
        options = problem is null
            ? new(
                api!,
                temporal!,
                database!,
                BenchDatabaseSetting.ReadTemporal(),
                Environment.GetEnvironmentVariable("BENCH_PARTNER_SECRET"),
                processes,
                shape,
                rates,
                restart,
                numbers
            )
            : null;
        return options is not null;
    }

    private static bool TryAddProcess(string text, List<(string, int)> processes)
    {
        if (text.Split('=') is not [var name, var id] || !int.TryParse(id, CultureInfo.InvariantCulture, out var pid))
        {
            return false;
        }

        processes.Add((name, pid));
        return true;
    }

    private static bool TryAddNumber(string option, string text, Dictionary<string, int> numbers)
    {
        var name = option.TrimStart('-');
        if (!numbers.ContainsKey(name) || !int.TryParse(text, CultureInfo.InvariantCulture, out var number) || number <= 0)
        {
            return false;
        }

        numbers[name] = number;
        return true;
    }

    private static bool TryReadRates(string text, ref IReadOnlyList<int> rates)
    {
        var numbers = new List<int>();
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part, CultureInfo.InvariantCulture, out var rate) || rate <= 0)
            {
                return false;
            }

            numbers.Add(rate);
        }

        rates = numbers;
        return true;
    }
}
