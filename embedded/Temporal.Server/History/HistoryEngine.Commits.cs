using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Kind = Temporal.Server.History.Records.OutstandingItem.Types.Kind;

namespace Temporal.Server.History;

/// <content>What a change becomes: durable first, then visible.</content>
internal sealed partial class HistoryEngine
{
    // The store may have carried the commit out before it lost touch: look again soon, and do what is left to do.
    private void LookAgain(Run run)
    {
        run.IsUncertain = true;
        run.Dispatched ??= [];
        wakes.SetSoon(run.Key);
    }

    private async Task CommitAsync(IReadOnlyList<Transition> transitions, IReadOnlyList<Run> held)
    {
        var fresh = transitions.Select(t => t.Run).Except(held).ToList();
        foreach (var run in fresh)
        {
            // Nobody knows a new run yet, but as soon as it is stored it can be found: its gate must be closed by then.
            await run.Gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            run.TryPin();
            cache.Add(run);
        }

        var committed = false;
        try
        {
            var writes = transitions.Select(t => (Transition: t, Items: OutstandingItems.Of(t.State))).ToList();
            var commit = new StoreCommit
            {
                Runs = [.. writes.Select(write => RunWrites.Of(write.Transition, write.Items))],
                CurrentRuns = [.. transitions.Where(t => t.Current is not null).Select(t => t.Current!)],
            };
            await WriteAsync(commit).ConfigureAwait(false);
            committed = true;
            foreach (var (t, items) in writes)
            {
                AfterCommit(t, items);
            }

            foreach (var t in transitions)
            {
                t.RunEffects();
            }
        }
        catch (Exception error) when (!committed && error is not StoreConflictException)
        {
            foreach (var t in transitions)
            {
                LookAgain(t.Run);
            }

            throw;
        }
        finally
        {
            foreach (var run in fresh)
            {
                if (!committed)
                {
                    run.State = null;
                }

                cache.Account(run);
                run.Gate.Release();
                run.Unpin();
            }
        }
    }

    private async Task WriteAsync(StoreCommit commit)
    {
        using var timeout = new CancellationTokenSource(Limits.Commit);
        try
        {
            await store.CommitAsync(commit, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new RpcException(StatusCode.Unavailable, "The store did not answer in time. The change may or may not have been made.");
        }
    }

    private void AfterCommit(Transition t, List<OutstandingItem> items)
    {
        var run = t.Run;
        run.Version++;
        run.UnwrittenStart = null;
        wakes.Set(run.Key, t.State.NextWake());
        t.After(() => Publish(t, items));
    }

    // What others can see of a run: its tasks on their queues, its share of the work in progress, and that something has changed.
    private void Publish(Transition t, List<OutstandingItem> items)
    {
        var run = t.Run;
        var started =
            (t.State.WorkflowTask is { IsStarted: true } ? 1 : 0)
            + (t.State.IsOpen ? t.State.Activities.Values.Count(activity => activity.IsStarted) : 0);
        var now = items.Count + started;
        var before = run.Work;
        run.Work = now;
        work.Add(now - before);
        DispatchNew(run, items);
        run.Dispatched = items;
        run.SignalChanged(t.State.IsOpen);
        AnnounceEnd(t.State);
    }

    private void AnnounceEnd(RunState state)
    {
        if (state.Close is { SuccessorRunId.Length: 0 })
        {
            ChainEnded?.Invoke(state.Started.FirstExecutionRunId);
        }
    }

    private void DispatchNew(Run run, List<OutstandingItem> items)
    {
        var known = run.Dispatched is { Count: > 0 } before ? before.Select(Identify).ToHashSet() : [];
        foreach (var item in items)
        {
            if (!known.Contains(Identify(item)))
            {
                Dispatch(run.Key, item);
            }
        }
    }

    private static (Kind Kind, long EventId, int Attempt, int Stamp) Identify(OutstandingItem item) =>
        (item.Kind, item.EventId, item.Attempt, item.Stamp);

    private void Dispatch(RunKey run, OutstandingItem item)
    {
        if (DispatchedItem.Of(run, item) is { } dispatched)
        {
            Queues.Offer(dispatched.Queue, dispatched.NormalQueue, dispatched.Task);
        }
        else
        {
            Deliveries.Deliver(run, item);
        }
    }
}
