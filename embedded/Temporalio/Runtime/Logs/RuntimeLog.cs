using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Temporalio.Runtime.Logs;

/// <summary>The logs of the library itself: to the logger that the user says, or else to the standard error stream.</summary>
internal sealed class RuntimeLog
{
    /// <summary>Target of what connections do.</summary>
    internal const string Client = "temporalio_client";

    /// <summary>Target of what workers do.</summary>
    internal const string Worker = "temporalio_sdk_core::worker";

    /// <summary>Target of what becomes of workflow tasks.</summary>
    internal const string Workflows = "temporalio_sdk_core::worker::workflow";

    private readonly LogFilter? filter;
    private readonly ILogger? forwarded;
    private readonly bool withFields;

    /// <exception cref="ArgumentException">Logs are to be forwarded to no logger.</exception>
    internal RuntimeLog(LoggingOptions? options)
    {
        if (options is null)
        {
            return;
        }

        filter = new(options.Filter.FilterString);
        withFields = options.Forwarding?.IncludeFields ?? true;
        forwarded = options.Forwarding is { } forwarding
            ? forwarding.Logger ?? throw new ArgumentException("Must have logger on forwarding options")
            : null;
    }

    internal void Write(LogLevel level, string target, string message, params ReadOnlySpan<(string Name, object? Value)> fields)
    {
        if (filter?.Lets(target, level) != true || forwarded?.IsEnabled(level) == false)
        {
            return;
        }

        Dictionary<string, string>? json = null;
        if (withFields && fields.Length > 0)
        {
            json = [];
            foreach (var (name, value) in fields)
            {
                json[name] = JsonSerializer.Serialize(value);
            }
        }

        var log = new ForwardedLog(level, target, message, DateTime.UtcNow, json);
        if (forwarded is not null)
        {
            forwarded.Log(level, 0, log, null, static (state, _) => state.ToString());
        }
        else
        {
            Console.Error.WriteLine($"{log.Timestamp:O} {level.ToString().ToUpperInvariant()} {log}");
        }
    }
}
