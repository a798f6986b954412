using System.Text;
using Google.Protobuf;
using Temporal.Server.History.Chains;
using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporal.Server.Matching;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Timers;

namespace Temporal.Server.History;

/// <summary>
/// Runs transitions: loads the run, changes it under its gate, commits, and only then lets the outside see it. At most one commit of
/// a run is in flight, any number of runs commit concurrently.
/// </summary>
internal sealed partial class HistoryEngine
{
    private readonly IExecutionStore store;
    private readonly ServerClock clock;
    private readonly RunWakes wakes;
    private readonly WorkTracker work;
    private readonly RunCache cache;
    private readonly CancellationToken stopping;

    /// <summary>Creates the engine.</summary>
    public HistoryEngine(
        IExecutionStore store,
        ServerClock clock,
        WakeQueue wakes,
        WorkTracker work,
        TaskQueues queues,
        NamespaceRegistry namespaces,
        WorkflowLimits limits,
        int cachedRuns,
        ILogger logger,
        CancellationToken stopping
    )
    {
        this.stopping = stopping;
        this.store = store;
        this.clock = clock;
        this.wakes = new RunWakes(this, wakes);
        this.work = work;
        cache = new RunCache(cachedRuns, limits);
        Limits = limits;
        Queues = queues;
        Namespaces = namespaces;
        Deliveries = new Deliveries.DeliveryService(this, logger);
        Logger = logger;
    }

    /// <summary>
    /// Raised when a chain of runs (by its first run id) has ended, after the commit; more than once where that is in doubt. Handlers must
    /// not wait or throw.
    /// </summary>
    public event Action<string>? ChainEnded;

    /// <summary>What each run may have, send and become.</summary>
    public WorkflowLimits Limits { get; }

    /// <summary>The task queues.</summary>
    public TaskQueues Queues { get; }

    /// <summary>The namespaces.</summary>
    public NamespaceRegistry Namespaces { get; }

    /// <summary>Messages between runs.</summary>
    public Deliveries.DeliveryService Deliveries { get; }

    /// <summary>Counts what is runnable.</summary>
    public WorkTracker Work => work;

    /// <summary>Ends when the server begins to stop: whoever waits answers with nothing.</summary>
    public CancellationToken Stopping => stopping;

    /// <summary>The log.</summary>
    public ILogger Logger { get; }

    /// <summary>The time.</summary>
    public DateTimeOffset Now => clock.UtcNow;

    /// <summary>Takes up what was outstanding when the last server stopped, without loading the runs.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await foreach (var outstanding in store.ReadOutstandingAsync(cancellationToken).ConfigureAwait(false))
        {
            if (outstanding.NextWake is not null)
            {
                wakes.Set(outstanding.Run, outstanding.NextWake);
            }

            if (outstanding.Outstanding is { } bytes)
            {
                foreach (var item in Outstanding.Parser.ParseFrom(bytes.Span).Items)
                {
                    Dispatch(outstanding.Run, item);
                }
            }
        }
    }

    /// <summary>Changes a run.</summary>
    /// <param name="key">The run.</param>
    /// <param name="body">The change; may throw, and then nothing happens.</param>
    /// <param name="cancellationToken">Gives up waiting for the run; a commit that has begun is carried through.</param>
    /// <exception cref="RpcException">
    /// NotFound: there is no such run. ResourceExhausted: too many wait for it. InvalidArgument: it had to be terminated, as the change
    /// would have made it too large. Or what the body throws.
    /// </exception>
    public async Task<T> TransactAsync<T>(RunKey key, Func<Transition, T> body, CancellationToken cancellationToken)
    {
        var run = cache.Pin(key);
        using var counted = work.Begin();
        try
        {
            await run.EnterAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var state = await RequireStateAsync(run, cancellationToken).ConfigureAwait(false);
                var t = new Transition(run, state, clock.UtcNow);
                T result;
                try
                {
                    result = body(t);
                    if (t.IsChanged)
                    {
                        RunLimits.RelieveBuffer(t);
                        if (RunLimits.WhatIsExceeded(t) is { } exceeded)
                        {
                            await TerminateInsteadAsync(run, exceeded, cancellationToken).ConfigureAwait(false);
                            throw RpcException.InvalidArgument(exceeded);
                        }

                        await CommitAsync([t, .. t.Created], [run]).ConfigureAwait(false);
                    }
                    else
                    {
                        t.RunEffects();
                        if (t.Speculates)
                        {
                            wakes.Set(run.Key, state.NextWake());
                            Publish(t, OutstandingItems.Of(state));
                        }
                    }
                }
                catch (StoreConflictException conflict) when (t.Created.Count == 0)
                {
                    // A commit that was given up for lost has landed after all, and this change was made on what was before it.
                    run.State = null;
                    throw new RpcException(StatusCode.Unavailable, $"The workflow has changed meanwhile, try again: {conflict.Message}");
                }
                catch when (t.IsChanged || t.Speculates)
                {
                    // The state has changes that are not stored: forget it, the next one loads what is.
                    run.State = null;
                    throw;
                }

                return result;
            }
            finally
            {
                if (cache.KeepsNothing)
                {
                    run.State = null;
                }

                cache.Account(run);
                run.Gate.Release();
            }
        }
        finally
        {
            run.Unpin();
        }
    }

    /// <summary>Changes a run; see the generic overload.</summary>
    public Task TransactAsync(RunKey key, Action<Transition> body, CancellationToken cancellationToken) =>
        TransactAsync(
            key,
            t =>
            {
                body(t);
                return true;
            },
            cancellationToken
        );

    /// <summary>
    /// Reads a run, again whenever it may have become what is waited for, until there is something to return or the time is up.
    /// </summary>
    /// <param name="key">The run.</param>
    /// <param name="read">Returns null to wait on.</param>
    /// <param name="next">What to wait for before reading again; called under the run's gate.</param>
    /// <param name="wait">How long.</param>
    /// <param name="cancellationToken">The caller is gone.</param>
    /// <returns>What was read; null when the time was up.</returns>
    public async Task<T?> ReadWhenAsync<T>(
        RunKey key,
        Func<Transition, T?> read,
        Func<Run, Task> next,
        TimeSpan wait,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var run = cache.Pin(key);
        try
        {
            var started = Environment.TickCount64;
            while (true)
            {
                var (result, changed) = await TransactAsync(
                        key,
                        t => read(t) is { } result ? (result, Task.CompletedTask) : (null, next(t.Run)),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                var left = wait - TimeSpan.FromMilliseconds(Environment.TickCount64 - started);
                if (result is not null || left <= TimeSpan.Zero || stopping.IsCancellationRequested)
                {
                    return result;
                }

                using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
                timer.CancelAfter(left);
                await changed.WaitAsync(timer.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            run.Unpin();
        }
    }

    /// <summary>Creates a run that nothing else is changed with.</summary>
    /// <exception cref="StoreConflictException">The workflow id has another current run by now.</exception>
    public async Task CreateAsync(Transition created)
    {
        using var counted = work.Begin();
        await CommitAsync([created], []).ConfigureAwait(false);
    }

    /// <summary>The current run of a workflow id, or null.</summary>
    public Task<CurrentRun?> FindCurrentRunAsync(string namespaceId, string workflowId, CancellationToken cancellationToken) =>
        store.FindCurrentRunAsync(namespaceId, workflowId, cancellationToken);

    /// <summary>The run that a caller means: the one it names, or the workflow id's current one.</summary>
    /// <exception cref="RpcException">NotFound or InvalidArgument.</exception>
    public async Task<RunKey> ResolveAsync(NamespaceRecord space, string? workflowId, string? runId, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(workflowId))
        {
            throw RpcException.InvalidArgument("WorkflowId is not set on request.");
        }

        if (Encoding.UTF8.GetByteCount(workflowId) > Limits.IdLength)
        {
            throw RpcException.InvalidArgument("WorkflowId length exceeds limit.");
        }

        if (!string.IsNullOrEmpty(runId))
        {
            return Guid.TryParse(runId, out var parsed)
                ? new RunKey(space.Id, workflowId, parsed.ToString())
                : throw RpcException.InvalidArgument("Invalid RunId.");
        }

        var current = await store.FindCurrentRunAsync(space.Id, workflowId, cancellationToken).ConfigureAwait(false)
            ?? throw NotFound(workflowId);
        return new RunKey(space.Id, workflowId, current.RunId);
    }

    /// <summary>The error for a workflow that is not there.</summary>
    public static RpcException NotFound(string workflowId) => RpcException.NotFound($"workflow not found for ID: {workflowId}");

    /// <summary>Deletes a closed run for good. Whoever waits for it finds it gone.</summary>
    public async Task DeleteAsync(RunKey key, CancellationToken cancellationToken)
    {
        var run = cache.Pin(key);
        try
        {
            await run.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                using var timeout = new CancellationTokenSource(Limits.Commit);
                await store.DeleteRunAsync(key, timeout.Token).ConfigureAwait(false);
                cache.Remove(key);
                wakes.Set(key, due: null);
                work.Add(-run.Work);
                run.Work = 0;
                run.Dispatched = null;
                run.SignalChanged(isOpen: false);
            }
            finally
            {
                // Whether it was deleted or not, the store knows.
                run.State = null;
                run.Gate.Release();
            }
        }
        finally
        {
            run.Unpin();
        }
    }

    private async Task TerminateInsteadAsync(Run run, string reason, CancellationToken cancellationToken)
    {
        run.State = null;
        var state = await RequireStateAsync(run, cancellationToken).ConfigureAwait(false);
        var t = new Transition(run, state, clock.UtcNow);
        t.Terminate(reason, details: null, identity: "history-service");
        await CommitAsync([t], [run]).ConfigureAwait(false);
    }

    private async ValueTask<RunState> RequireStateAsync(Run run, CancellationToken cancellationToken)
    {
        if (run.State is null)
        {
            var stored = await store.LoadRunAsync(run.Key.NamespaceId, run.Key.RunId, cancellationToken).ConfigureAwait(false);
            if (stored is null || stored.Run != run.Key)
            {
                run.IsUncertain = false;
                throw NotFound(run.Key.WorkflowId);
            }

            run.State = SideRecords.Load(stored);
            run.Version = stored.Version;
            run.Remember(run.State);
            AfterLoad(run);
        }

        return run.State;
    }

    // A commit whose outcome was unknown may have been carried out: what it left to do is done now.
    private void AfterLoad(Run run)
    {
        var items = OutstandingItems.Of(run.State!);
        if (run.Dispatched is not null)
        {
            DispatchNew(run, items);
            wakes.Set(run.Key, run.State!.NextWake());
            AnnounceEnd(run.State);
        }

        run.Dispatched = items;
        run.IsUncertain = false;
        run.Updates.Recover(run.State!.AdmittedUpdates.Values);
    }
}
