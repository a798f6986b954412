using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>A log that a test reads.</summary>
internal sealed class Lines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    /// <summary>The errors so far, each with its cause.</summary>
    public IReadOnlyList<string> Errors => [.. lines];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public void Dispose() { }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel))
        {
            lines.Enqueue($"{formatter(state, exception)}: {exception?.Message}");
        }
    }
}
