using Microsoft.Extensions.Logging;

namespace Temporalio.Worker.Execution;

/// <summary>Tokens that activities have.</summary>
internal static class UserTokens
{
    /// <summary>
    /// Cancels without running on this thread what users have registered with the token: that may block, and where it throws it concerns
    /// nobody else.
    /// </summary>
    internal static void CancelElsewhere(this CancellationTokenSource source, ILogger logger) => source.CancelAsync().ContinueWith(
        cancelled => logger.LogWarning(cancelled.Exception, "A callback that an activity has registered with its token failed"),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
