using Temporal.Server.History.Records;
using Temporal.Server.History.Starts;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Timers;
using Kind = Temporal.Server.History.Records.OutstandingItem.Types.Kind;

namespace Temporal.Server.History.Deliveries;

/// <summary>
/// Carries messages between runs, and deletes those that are closed for it. Each is written with the transition that causes it, carried at
/// least once, taken by its receiver at most once, and removed only after that, so a crash in between neither loses nor doubles it.
/// </summary>
internal sealed class DeliveryService : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    private const int Concurrent = 256;

    private readonly CancellationTokenSource stop = new();

    // What it carries is counted with the run that it comes from.
    private readonly RunningWork running = new(tracker: null);
    private readonly HistoryEngine engine;
    private readonly ILogger logger;
    private readonly ChildDelivery children;
    private readonly ParentClosing closing;
    private readonly ExternalDelivery externals;

    /// <summary>Creates the service.</summary>
    public DeliveryService(HistoryEngine engine, ILogger logger)
    {
        this.engine = engine;
        this.logger = logger;
        children = new ChildDelivery(engine, new WorkflowStarter(engine));
        closing = new ParentClosing(engine);
        externals = new ExternalDelivery(engine);
    }

    private SemaphoreSlim Slots { get; } = new(Concurrent, Concurrent);

    /// <summary>Begins to carry an item; tries until it has arrived or the server stops.</summary>
    public void Deliver(RunKey run, OutstandingItem item) => running.Begin(() => DeliverAsync(run, item));

    /// <summary>Stops; what has not arrived is carried by the next server.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.StopAsync().ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task DeliverAsync(RunKey run, OutstandingItem item)
    {
        var wait = FirstRetry;
        while (true)
        {
            try
            {
                await Slots.WaitAsync(stop.Token).ConfigureAwait(false);
                try
                {
                    await DeliverOnceAsync(run, item).ConfigureAwait(false);
                    return;
                }
                finally
                {
                    Slots.Release();
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException gone) when (gone.StatusCode == StatusCode.NotFound)
            {
                // The run that wanted this was deleted, and its wish with it.
                return;
            }
            catch (RpcException error) when (error.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted)
            {
                EngineLog.DeliveryPutOff(logger, item.Kind.ToString(), run.WorkflowId, run.RunId, error.Message);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                EngineLog.DeliveryFailed(logger, item.Kind.ToString(), run.WorkflowId, run.RunId, error);
            }

            try
            {
                await Task.Delay(wait, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            wait = wait * 2 < LongestRetry ? wait * 2 : LongestRetry;
        }
    }

    private Task DeliverOnceAsync(RunKey run, OutstandingItem item) =>
        item.Kind switch
        {
            Kind.StartChild => children.StartAsync(run, item.EventId, stop.Token),
            Kind.NotifyParent => children.NotifyParentAsync(run, stop.Token),
            Kind.CloseChildren => closing.CloseAllAsync(run, stop.Token),
            Kind.Delete => engine.DeleteAsync(run, stop.Token),
            Kind.SignalExternal => externals.SignalAsync(run, item.EventId, stop.Token),
            Kind.CancelExternal => externals.RequestCancelAsync(run, item.EventId, stop.Token),
            _ => throw new InvalidOperationException($"{item.Kind} is not a message between runs."),
        };
}
