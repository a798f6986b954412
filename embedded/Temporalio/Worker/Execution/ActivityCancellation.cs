using Microsoft.Extensions.Logging;
using Temporalio.Activities;

namespace Temporalio.Worker.Execution;

/// <summary>The one cancellation of an activity attempt; the first reason counts.</summary>
internal sealed class ActivityCancellation(ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly Lock gate = new();
    private bool isOver;

    internal CancellationToken Token => source.Token;

    internal ActivityCancelRef Ref { get; } = new();

    /// <summary>Gets a value indicating whether it was asked for before the attempt was over.</summary>
    internal bool IsRequested { get; private set; }

    internal void Request(ActivityCancelReason reason)
    {
        lock (gate)
        {
            if (isOver || IsRequested)
            {
                return;
            }
            IsRequested = true;
            Ref.CancelReason = reason;
            Ref.CancellationDetails = new()
            {
                IsGoneFromServer = reason == ActivityCancelReason.GoneFromServer,
                IsCancelRequested = reason == ActivityCancelReason.CancelRequested,
                IsTimedOut = reason == ActivityCancelReason.Timeout,
                IsWorkerShutdown = reason == ActivityCancelReason.WorkerShutdown,
                IsPaused = reason == ActivityCancelReason.Paused,
                IsReset = reason == ActivityCancelReason.Reset,
                IsHeartbeatRecordFailure = reason == ActivityCancelReason.HeartbeatRecordFailure,
            };
            source.CancelElsewhere(logger);
        }
    }

    /// <summary>The attempt is over: whoever still uses the token is told, whatever the reason.</summary>
    internal void Finish()
    {
        lock (gate)
        {
            isOver = true;
            source.CancelElsewhere(logger);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            source.Dispose();
        }
    }
}
