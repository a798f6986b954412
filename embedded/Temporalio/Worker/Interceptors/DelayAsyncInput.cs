using Temporalio.Workflows;

namespace Temporalio.Worker.Interceptors;

/// <summary>A timer to start.</summary>
/// <param name="Delay">How long.</param>
/// <param name="CancellationToken">Cancels it; null means the workflow's own token.</param>
/// <param name="Summary">One-line summary.</param>
public record DelayAsyncInput(
    TimeSpan Delay,
    CancellationToken? CancellationToken,
    string? Summary)
{
    internal DelayAsyncInput(DelayOptions options)
        : this(options.Delay, options.CancellationToken, options.Summary)
    {
    }
}
