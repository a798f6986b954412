using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Timers;

namespace Temporal.Server.History;

/// <summary>Wakes runs at which something is due, a bounded number at a time: after a long stop everything is due at once.</summary>
internal sealed class RunWakes(HistoryEngine engine, WakeQueue queue)
{
    private const int AtATime = 256;
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private SemaphoreSlim Slots { get; } = new(AtATime, AtATime);

    /// <summary>Sets when a run is woken next, replacing what was set before; null for never.</summary>
    public void Set(RunKey run, DateTimeOffset? due) => queue.Set(run.RunId, due, () => WakeAsync(run));

    /// <summary>Wakes a run in a moment.</summary>
    public void SetSoon(RunKey run) => Set(run, engine.Now + TryAgainAfter);

    private async Task WakeAsync(RunKey run)
    {
        try
        {
            await Slots.WaitAsync(engine.Stopping).ConfigureAwait(false);
            try
            {
                await engine.TransactAsync(run, Wake, engine.Stopping).ConfigureAwait(false);
            }
            finally
            {
                Slots.Release();
            }
        }
        catch (OperationCanceledException) when (engine.Stopping.IsCancellationRequested)
        {
            // It is due at the next server as well.
            return;
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // Deleted in the meantime: nothing is due any more.
            return;
        }
        catch (RpcException error) when (error.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted)
        {
            EngineLog.WakePutOff(engine.Logger, run.WorkflowId, run.RunId, error.Message);
            SetSoon(run);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            EngineLog.WakeFailed(engine.Logger, run.WorkflowId, run.RunId, error);
            SetSoon(run);
        }

        void Wake(Transition t)
        {
            Wakes.Wake(t);
            if (!t.IsChanged)
            {
                Set(run, t.State.NextWake());
            }
        }
    }
}
