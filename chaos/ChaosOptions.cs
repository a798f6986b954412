using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TemporalDelivery.Chaos;

/// <summary>What the command line asks for.</summary>
/// <param name="Orders">How many orders are placed.</param>
/// <param name="Duration">For how long they are, and processes are killed.</param>
/// <param name="Seed">What the plan is made of.</param>
/// <param name="HasFaults">Whether partner and payment provider have faults; otherwise processes are killed only.</param>
/// <param name="IsSabotaged">Whether two things are spoilt before the audit, which has to find them.</param>
/// <param name="KeepIn">Where ledgers, logs and what is found are kept.</param>
internal sealed record ChaosOptions(int Orders, TimeSpan Duration, int Seed, bool HasFaults, bool IsSabotaged, string KeepIn)
{
    public const string Usage = "usage: chaos --keep FOLDER [--orders N] [--minutes M] [--seed S] [--faults all|none] [--sabotage]";

    /// <summary>Reads <c>--name value</c> or <c>--name=value</c>; false with the problem when one is unknown or wrong.</summary>
    public static bool TryRead(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out ChaosOptions? options,
        [NotNullWhen(false)] out string? problem
    )
    {
        var read = new ChaosOptions(100, TimeSpan.FromMinutes(1), 1, true, false, "");
        var words = new Queue<string>(arguments.SelectMany(argument => argument.Split('=', 2)));
        (options, problem) = (null, null);
        while (words.TryDequeue(out var name))
        {
            if (name == "--sabotage")
            {
                read = read with { IsSabotaged = true };
                continue;
            }

            var value = words.TryDequeue(out var next) ? next : "";
            var changed = name switch
            {
                "--orders" when int.TryParse(value, CultureInfo.InvariantCulture, out var orders) && orders > 0 => read with
                {
                    Orders = orders,
                },
                "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= 1440 =>
                    read with
                    {
                        Duration = TimeSpan.FromMinutes(minutes),
                    },
                "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out var seed) => read with { Seed = seed },
                "--faults" when value is "all" or "none" => read with { HasFaults = value == "all" },
                "--keep" when value.Length > 0 => read with { KeepIn = value },
                _ => null,
            };
            if (changed is null)
            {
                problem = $"'{name} {value}' is not an option that I understand";
                return false;
            }

            read = changed;
        }

        problem = read.KeepIn.Length == 0 ? "--keep FOLDER is missing" : null;
        options = problem is null ? read : null;
        return options is not null;
    }
}
