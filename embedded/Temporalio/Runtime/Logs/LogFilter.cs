using Microsoft.Extensions.Logging;

namespace Temporalio.Runtime.Logs;

/// <summary>
/// Which logs are written, in the form of Rust's <c>tracing</c>: <c>ERROR,temporalio_sdk_core=WARN</c>. The longest target that a log's target
/// begins with counts; what is not in that form is ignored.
/// </summary>
internal sealed class LogFilter
{
    private readonly List<(string Target, LogLevel Level)> byTarget = [];
    private readonly LogLevel others = LogLevel.Error;

    internal LogFilter(string? filter)
    {
        foreach (var directive in (filter ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            switch (directive.Split('='))
            {
                case [var level] when Parse(level) is { } known:
                    others = known;
                    break;
                case [var target, var level] when Parse(level) is { } known:
                    byTarget.Add((target, known));
                    break;
                case [var target]:
                    byTarget.Add((target, LogLevel.Trace));
                    break;
            }
        }

        byTarget.Sort((one, other) => other.Target.Length.CompareTo(one.Target.Length));
    }

    internal bool Lets(string target, LogLevel level)
    {
        foreach (var (prefix, least) in byTarget)
        {
            if (target.StartsWith(prefix, StringComparison.Ordinal))
            {
                return level >= least;
            }
        }

        return level >= others;
    }

    private static LogLevel? Parse(string level) => level.ToUpperInvariant() switch
    {
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFO" => LogLevel.Information,
        "WARN" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "OFF" => LogLevel.None,
        _ => null,
    };
}
