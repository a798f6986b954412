using System.Buffers;
using System.Globalization;

namespace Temporal.Server;

/// <summary>Go's way to write a duration: numbers with units, e.g. <c>1h30m</c>, <c>1.5s</c>, <c>300ms</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>The duration in nanoseconds; null when it is none, or has more than a long holds.</summary>
    public static long? ParseNanoseconds(string text)
    {
        var total = 0m;
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (
                digits <= 0
                || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || number > long.MaxValue
            )
            {
                return null;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAny(Digits);
            var unit = letters < 0 ? rest : rest[..letters];
            var nanoseconds = unit switch
            {
                "h" => 3_600_000_000_000m,
                "m" => 60_000_000_000m,
                "s" => 1_000_000_000m,
                "ms" => 1_000_000m,
                "us" or "µs" => 1_000m,
                "ns" => 1m,
                _ => 0m,
            };
            total += number * nanoseconds;
            if (nanoseconds == 0 || total > long.MaxValue)
            {
                return null;
            }

            rest = rest[unit.Length..];
        }

        return text.Length > 0 ? (long)total : null;
    }
}
