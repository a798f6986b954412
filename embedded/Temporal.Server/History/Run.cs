using System.Diagnostics;
using Temporal.Server.History.Queries;
using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporal.Server.History.Updates;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.History;

/// <summary>
/// One run's place in memory: its lock, its state (loaded when needed, dropped when idle) and what lives only in memory
/// (queries, update requests, waiting callers). Only the holder of <see cref="Gate"/> may touch the state.
/// </summary>
/// <param name="key">Which run.</param>
/// <param name="limits">What it may have, send and become.</param>
internal sealed class Run(RunKey key, WorkflowLimits limits)
{
    // Made when somebody waits, which is seldom.
    private TaskCompletionSource? changed;
    private TaskCompletionSource? closed;
    private WaitingChanges? gathered;
    private int pins;
    private int waiting;

    /// <summary>Which run.</summary>
    public RunKey Key { get; } = key;

    /// <summary>What it may have, send and become.</summary>
    public WorkflowLimits Limits { get; } = limits;

    /// <summary>Held by the one transition or read in progress.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>The state; null when not loaded.</summary>
    public RunState? State { get; set; }

    /// <summary>The stored version that <see cref="State"/> corresponds to.</summary>
    public long Version { get; set; }

    /// <summary>What the run had outstanding after its last commit that is known here; null when never known.</summary>
    public IReadOnlyList<OutstandingItem>? Dispatched { get; set; }

    /// <summary>How much of the work count is this run's.</summary>
    public int Work { get; set; }

    /// <summary>How much of the cache's history is this run's.</summary>
    public long AccountedBytes { get; set; }

    /// <summary>A commit failed without saying whether it was carried out; the next load finds out.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>Changes that wait to be made together.</summary>
    public WaitingChanges Waiting => LazyInitializer.EnsureInitialized(ref gathered);

    /// <summary>Queries waiting for an answer.</summary>
    public QueryRegistry Queries { get; } = new();

    /// <summary>Updates in progress.</summary>
    public UpdateRegistry Updates { get; } = new();

    /// <summary>
    /// The last workflow task wanted to close the run and was refused, as something was new to it: the next one should succeed.
    /// </summary>
    public bool WantsToClose { get; set; }

    /// <summary>The workflow task that lives in memory only; null when there is none. The same as the loaded state's.</summary>
    public WorkflowTaskState? Speculative { get; set; }

    /// <summary>The start of the workflow task, in the loaded state but not stored yet; null when there is none.</summary>
    public UnwrittenStart? UnwrittenStart { get; set; }

    /// <summary>When it was last used, in ticks of <see cref="Stopwatch"/>: fine enough to tell which of two runs it was.</summary>
    public long LastUsed { get; private set; }

    /// <summary>Completes with the next commit. Asked for under the gate, as <see cref="Closed"/>.</summary>
    public Task Changed => (changed ??= NewSignal()).Task;

    /// <summary>Completes with the next commit that leaves the run closed.</summary>
    public Task Closed => (closed ??= NewSignal()).Task;

    /// <summary>Whether it must stay although nobody uses it.</summary>
    public bool HoldsMemory =>
        Work > 0 || IsUncertain || Queries.Any || Updates.Any || Speculative is not null || UnwrittenStart is not null;

    /// <summary>
    /// Gives a state that was just loaded what lives in memory only of its workflow task, or forgets that if the run has gone on without
    /// it.
    /// </summary>
    public void Remember(RunState loaded)
    {
        if (UnwrittenStart?.Follows(loaded) == true)
        {
            UnwrittenStart.ApplyTo(loaded);
        }
        else
        {
            UnwrittenStart = null;
        }

        if (Speculative is { } task && loaded.IsOpen && loaded.WorkflowTask is null && loaded.NextEventId == task.ScheduledEventId)
        {
            loaded.WorkflowTask = task;
        }
        else
        {
            Speculative = null;
        }
    }

    /// <summary>Waits for the gate; whoever has waited releases it.</summary>
    /// <exception cref="RpcException">ResourceExhausted: too many wait already.</exception>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref waiting) > History.Limits.CallsWaitingForRun)
            {
                throw RpcException.ResourceExhausted(
                    ResourceExhaustedCause.BusyWorkflow,
                    ResourceExhaustedScope.Namespace,
                    "Workflow is busy."
                );
            }

            await Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <summary>Tells everyone who waits that there was a commit.</summary>
    public void SignalChanged(bool isOpen)
    {
        changed?.TrySetResult();
        changed = null;
        if (!isOpen)
        {
            closed?.TrySetResult();
            closed = null;
        }
    }

    /// <summary>Keeps it in memory until <see cref="Unpin"/>; false when it has been dropped already.</summary>
    public bool TryPin()
    {
        while (true)
        {
            var seen = Volatile.Read(ref pins);
            if (seen < 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref pins, seen + 1, seen) == seen)
            {
                LastUsed = Stopwatch.GetTimestamp();
                return true;
            }
        }
    }

    /// <summary>Ends a pin.</summary>
    public void Unpin() => Interlocked.Decrement(ref pins);

    /// <summary>Marks it as dropped unless somebody uses it.</summary>
    public bool TryDrop()
    {
        // Under the gate, or it could be given something to keep between the look and the mark.
        if (Volatile.Read(ref pins) != 0 || !Gate.Wait(0))
        {
            return false;
        }

        var dropped = !HoldsMemory && Interlocked.CompareExchange(ref pins, -1, 0) == 0;
        Gate.Release();
        return dropped;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
