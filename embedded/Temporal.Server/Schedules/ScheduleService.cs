using System.Collections.Concurrent;
using Temporal.Server.History;
using Temporal.Server.Rpc;
using Temporal.Server.Schedules.Records;
using Temporal.Server.Store;
using Temporal.Server.Timers;
using Temporalio.Api.Common.V1;

namespace Temporal.Server.Schedules;

/// <summary>
/// Makes schedules act: when a time has come, when a workflow that they wait for has ended, when somebody has changed them, and after a
/// restart. Each start is written down before it is made and crossed out after, so a crash in between makes it again, under the same
/// request id, and it is the same start.
/// </summary>
internal sealed class ScheduleService : IAsyncDisposable
{
    private const int ConcurrentActs = 64;
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReaderWaits = TimeSpan.FromSeconds(2);

    private readonly HistoryEngine engine;
    private readonly ScheduledWorkflows workflows;
    private readonly WakeQueue wakes;
    private readonly CancellationTokenSource stop = new();
    private readonly RunningWork running;
    private readonly ConcurrentDictionary<string, ScheduleEntry> watchers = new(StringComparer.Ordinal);

    /// <summary>Creates the service; it does nothing by itself until <see cref="RecoverAsync"/>.</summary>
    public ScheduleService(HistoryEngine engine, IExecutionStore store, ServerClock clock, WakeQueue wakes)
    {
        this.engine = engine;
        running = new RunningWork(engine.Work);
        this.wakes = wakes;
        workflows = new ScheduledWorkflows(engine);
        Directory = new ScheduleDirectory(store, clock);
        engine.ChainEnded += OnChainEnded;
    }

    /// <summary>The schedules.</summary>
    public ScheduleDirectory Directory { get; }

    private SemaphoreSlim Slots { get; } = new(ConcurrentActs, ConcurrentActs);

    /// <summary>Takes up what the last server left.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await Directory.LoadAsync(cancellationToken).ConfigureAwait(false);
        foreach (var entry in Directory.All)
        {
            Watch(entry);
            Call(entry);
        }
    }

    /// <summary>Changes a schedule for a client and lets it act on the change.</summary>
    /// <exception cref="RpcException">NotFound, or what the body throws.</exception>
    public async Task<ScheduleChange> ChangeAsync(RecordKey key, Action<ScheduleChange> body, CancellationToken cancellationToken)
    {
        var entry = Directory.Require(key);
        await entry.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Directory.ChangeAsync(entry, body, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            entry.Gate.Release();
            Call(entry);
        }
    }

    /// <summary>
    /// The schedule as it is once it has acted on what clients have done to it: whoever has triggered or backfilled it sees the actions, as
    /// with Temporal, whose scheduler answers after what it was told before. What takes long is not waited for.
    /// </summary>
    /// <exception cref="RpcException">NotFound.</exception>
    public async Task<StoredSchedule> ReadActedAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var attention = Directory.Require(key).Attention.WaitAsync(ReaderWaits, cancellationToken);
        await attention.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return Directory.Read(key);
    }

    /// <summary>Deletes a schedule.</summary>
    /// <exception cref="RpcException">NotFound.</exception>
    public async Task DeleteAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var entry = await Directory.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        Call(entry);
    }

    /// <summary>Lets a schedule see whether there is something to do, soon and beside the caller.</summary>
    public void Call(ScheduleEntry entry)
    {
        if (!stop.IsCancellationRequested && entry.TryCall() is { } attention)
        {
            running.Begin(() => AttendAsync(entry, attention));
        }
    }

    /// <summary>Stops; what is planned is done by the next server.</summary>
    public async ValueTask DisposeAsync()
    {
        engine.ChainEnded -= OnChainEnded;
        await stop.CancelAsync().ConfigureAwait(false);
        await running.StopAsync().ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task AttendAsync(ScheduleEntry entry, TaskCompletionSource attention)
    {
        try
        {
            await Slots.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                // Whoever wants to change a schedule that has much to catch up with gets in between two steps.
                var hasMore = true;
                for (var isFirst = true; hasMore; isFirst = false)
                {
                    await entry.Gate.WaitAsync(stop.Token).ConfigureAwait(false);
                    try
                    {
                        if (isFirst)
                        {
                            entry.TakeCall();
                        }

                        hasMore = await ActAsync(entry).ConfigureAwait(false);
                    }
                    finally
                    {
                        entry.Gate.Release();
                    }
                }
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
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // Deleted, as reading it again after an outage has shown.
            SetWake(entry, due: null);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            ScheduleLog.ActFailed(engine.Logger, entry.Key.Id, error);
            SetWake(entry, engine.Now + TryAgainAfter);
        }
        finally
        {
            attention.SetResult();
        }
    }

    // Whether there is more to do at once.
    private async Task<bool> ActAsync(ScheduleEntry entry)
    {
        if (entry.Stored is null && !entry.IsUncertain)
        {
            SetWake(entry, due: null);
            Watch(entry);
            return false;
        }

        var started = new List<StartedAction>();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var ended = await LookAsync(entry).ConfigureAwait(false);
            var change = await Directory.ChangeAsync(entry, c => Step(c, started, ended), stop.Token).ConfigureAwait(false);
            var watchesMore = Watch(entry);
            started = await StartAsync(entry).ConfigureAwait(false);
            foreach (
                var run in change.Ending == RunningEnd.None ? [] : change.Record.Info.RunningWorkflows.Where(run => asked.Add(run.RunId))
            )
            {
                await workflows.EndAsync(entry.Key.NamespaceId, run, change.Ending, stop.Token).ConfigureAwait(false);
            }

            if (started.Count == 0 && !watchesMore && !entry.MustLook)
            {
                var stored = entry.Stored!;
                SetWake(entry, stored.Record.NextWake(stored.Times));
                return change.HasMore;
            }
        }
    }

    private static void Step(ScheduleChange change, List<StartedAction> started, List<EndedAction> ended)
    {
        started.ForEach(change.RecordStart);
        ended.ForEach(change.RecordEnd);
        change.BufferDue();
        change.BufferBackfills();
        change.PlanStarts();
    }

    private async Task<List<EndedAction>> LookAsync(ScheduleEntry entry)
    {
        var ended = new List<EndedAction>();
        if (!entry.MustLook || entry.Stored is not { } stored)
        {
            return ended;
        }

        // First the mark, then the look: what ends meanwhile is looked at again.
        entry.MustLook = false;
        try
        {
            foreach (var run in stored.Record.Unfinished())
            {
                if (await workflows.FindEndAsync(entry.Key.NamespaceId, run, stop.Token).ConfigureAwait(false) is { } end)
                {
                    ended.Add(end);
                }
            }
        }
        catch
        {
            entry.MustLook = true;
            throw;
        }

        return ended;
    }

    private async Task<List<StartedAction>> StartAsync(ScheduleEntry entry)
    {
        var record = entry.Stored!.Record;
        var started = new List<StartedAction>();
        if (record.Starting.Count == 0)
        {
            return started;
        }

        var space = engine.Namespaces.RequireId(entry.Key.NamespaceId);
        foreach (var planned in record.Starting)
        {
            started.Add(await workflows.StartAsync(space, record, planned, stop.Token).ConfigureAwait(false));
        }

        return started;
    }

    // Watches the end of all that is unfinished; true when that is more than before, so that one of them may have ended unseen.
    private bool Watch(ScheduleEntry entry)
    {
        var wanted = entry.Stored?.Record.Unfinished().Select(run => run.RunId).ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var runId in entry.Watched.Except(wanted).ToList())
        {
            entry.Watched.Remove(runId);
            watchers.TryRemove(runId, out _);
        }

        var more = false;
        foreach (var runId in wanted.Where(entry.Watched.Add))
        {
            watchers[runId] = entry;
            more = true;
        }

        if (more)
        {
            entry.MustLook = true;
        }

        return more;
    }

    // Called by transitions: must not wait.
    private void OnChainEnded(string firstRunId)
    {
        if (watchers.TryGetValue(firstRunId, out var entry))
        {
            entry.MustLook = true;
            Call(entry);
        }
    }

    private void SetWake(ScheduleEntry entry, DateTimeOffset? due) => wakes.Set(entry.WakeKey, due, () =>
        {
            Call(entry);
            return Task.CompletedTask;
        });
}
