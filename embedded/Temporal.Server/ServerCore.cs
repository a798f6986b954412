using Temporal.Server.Admission;
using Temporal.Server.Batches;
using Temporal.Server.Frontend;
using Temporal.Server.History;
using Temporal.Server.History.Retention;
using Temporal.Server.Matching;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporal.Server.Schedules;
using Temporal.Server.Store;
using Temporal.Server.Timers;
using Temporal.Server.Workers;

namespace Temporal.Server;

/// <summary>The server without its listener: everything between the decoded call and the store.</summary>
internal sealed class ServerCore : IAsyncDisposable
{
    /// <summary>How many idle runs stay in memory unless said otherwise.</summary>
    public const int DefaultCachedRuns = 20_000;

    private readonly IExecutionStore store;
    private readonly WakeQueue wakes;
    private readonly HistoryEngine engine;
    private readonly QueueRefills refills;
    private readonly ScheduleService schedules;
    private readonly BatchService batches;
    private readonly RetentionService retention;
    private readonly CancellationTokenSource stopping = new();

    private ServerCore(IExecutionStore store, ServerClock clock, TimeProvider time, ServerLimits limits, ILogger logger, int cachedRuns)
    {
        this.store = store;
        Clock = clock;
        var work = new WorkTracker();
        wakes = new WakeQueue(clock, work);
        engine = new HistoryEngine(
            store,
            clock,
            wakes,
            work,
            new TaskQueues(limits.QueuedTasks, limits.Matching, time),
            new NamespaceRegistry(store),
            limits.Workflows,
            cachedRuns,
            logger,
            stopping.Token
        );
        refills = new QueueRefills(store, engine.Queues, logger);
        schedules = new ScheduleService(engine, store, clock, wakes);
        Retention = new RetentionSweep(engine, store);
        retention = new RetentionService(Retention, logger);
        Methods.AddTemporal(engine, store);
        Methods.AddSchedules(engine, schedules);
        batches = new BatchService(engine, store);
        Methods.AddBatches(engine, batches);
        Methods.AddWorkers(engine, new WorkerRegistry(time));
        if (clock is SkippingClock skipping)
        {
            Methods.AddTestService(skipping, wakes, stopping.Token);
        }

        Readiness = new Readiness(store, stopping.Token);
        Methods.Wrap(new Door(limits, name => engine.Namespaces.Find(name) is not null).Guard);
    }

    /// <summary>The methods that it serves.</summary>
    public RpcMethods Methods { get; } = new();

    /// <summary>Whether it can do its work now.</summary>
    public Readiness Readiness { get; }

    /// <summary>What deletes old closed runs.</summary>
    public RetentionSweep Retention { get; }

    /// <summary>Its clock.</summary>
    public ServerClock Clock { get; }

    /// <summary>Opens the store, takes up what was outstanding, and begins to work.</summary>
    /// <param name="options">What it serves and how much of it.</param>
    /// <param name="store">The store; owned from here on, also when the start fails.</param>
    /// <param name="clock">The time of histories and timers.</param>
    /// <param name="time">The time that does not skip: of callers and workers.</param>
    /// <param name="logger">The log.</param>
    /// <param name="cachedRuns">Idle runs that stay in memory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ServerCore> StartAsync(
        TemporalServerOptions options,
        IExecutionStore store,
        ServerClock clock,
        TimeProvider time,
        ILogger logger,
        int cachedRuns,
        CancellationToken cancellationToken
    )
    {
        var core = new ServerCore(store, clock, time, options.Limits, logger, cachedRuns);
        try
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
            await core.engine.Namespaces.LoadAsync(options.Namespaces, options.SearchAttributes, cancellationToken).ConfigureAwait(false);
            await core.engine.RecoverAsync(cancellationToken).ConfigureAwait(false);
            await core.schedules.RecoverAsync(cancellationToken).ConfigureAwait(false);
            await core.batches.RecoverAsync(cancellationToken).ConfigureAwait(false);
            core.wakes.Start();
            if (!options.TimeSkipping)
            {
                // Skipped time would delete what a test is about to look at.
                core.retention.Start();
            }

            return core;
        }
        catch
        {
            await core.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Answers whoever waits; calls in progress go on.</summary>
    public void BeginStop()
    {
        stopping.Cancel();
        engine.Queues.Stop();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        BeginStop();
        await retention.DisposeAsync().ConfigureAwait(false);
        await wakes.DisposeAsync().ConfigureAwait(false);
        await schedules.DisposeAsync().ConfigureAwait(false);
        await batches.DisposeAsync().ConfigureAwait(false);
        await refills.DisposeAsync().ConfigureAwait(false);
        await engine.Deliveries.DisposeAsync().ConfigureAwait(false);
        engine.Queues.Dispose();
        await store.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }
}
