using Microsoft.Extensions.Logging;

namespace Temporalio.Worker.Runtime;

/// <summary>A logger that says nothing while history is replayed: it was said the first time.</summary>
internal sealed class ReplaySafeLogger(ILogger underlying) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => underlying.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => underlying.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!Workflows.Workflow.Unsafe.IsReplayingHistoryEvents)
        {
            underlying.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
