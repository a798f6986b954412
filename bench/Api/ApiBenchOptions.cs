using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TemporalDelivery.Bench.Api;

/// <summary>What to measure and where it runs.</summary>
/// <param name="Api">The API.</param>
/// <param name="Database">The same PostgreSQL, for the yardstick.</param>
/// <param name="Processes">Whose CPU and memory to print, name and pid.</param>
/// <param name="Orders">Orders of each kind.</param>
/// <param name="Concurrency">Orders in flight at a time.</param>
/// <param name="Rate">Requests per second of the POST measurement.</param>
/// <param name="RateSeconds">How long that goes on.</param>
internal sealed record ApiBenchOptions(
    Uri Api,
    string Database,
    IReadOnlyList<(string Name, int Pid)> Processes,
    int Orders,
    int Concurrency,
    int Rate,
    int RateSeconds
)
{
    /// <summary>Reads <c>--name=value</c> arguments; false with the problem when one is missing, unknown or wrong.</summary>
    public static bool TryRead(
        string[] arguments,
        [NotNullWhen(true)] out ApiBenchOptions? options,
        [NotNullWhen(false)] out string? problem
    )
    {
        Uri? api = null;
        var database = BenchDatabaseSetting.Read();
        var processes = new List<(string, int)>();
        var numbers = new Dictionary<string, int>
        {
            ["orders"] = 500,
            ["concurrency"] = 50,
            ["rate"] = 200,
            ["rate-seconds"] = 10,
        };
        options = null;
        foreach (var argument in arguments)
        {
            var (name, value) =
                argument.StartsWith("--", StringComparison.Ordinal) && argument.Split('=', 2) is [var key, var text]
                    ? (key[2..], text)
                    : (argument, "");
            var parts = value.Split('=', 2);
            if (name == "api" && Uri.TryCreate(value, UriKind.Absolute, out api)) { }
            else if (name == "process" && parts.Length == 2 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var pid))
            {
                processes.Add((parts[0], pid));
            }
            else if (numbers.ContainsKey(name) && int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0)
            {
                numbers[name] = number;
            }
            else
            {
                problem = $"'{argument}' is not an option that I understand";
                return false;
            }
        }

        problem =
            api is null ? "--api=URL is missing"
            : database is null ? BenchDatabaseSetting.Missing
            : null;
        if (problem is not null)
        {
            return false;
        }

        options = new(api!, database!, processes, numbers["orders"], numbers["concurrency"], numbers["rate"], numbers["rate-seconds"]);
        return true;
    }
}
