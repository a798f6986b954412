using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Runtime;
using Temporalio.Worker.Heartbeats;
using Temporalio.Worker.Interceptors;
using Temporalio.Worker.Runtime;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Execution;

/// <summary>The workers inside of a worker: for workflows, activities and local activities.</summary>
internal sealed class WorkerParts : IDisposable
{
    private const int DefaultSlots = 100;
    private static readonly TimeSpan ShutdownCallTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollReturnTimeout = TimeSpan.FromSeconds(3);

    private readonly WorkerLink link;
    private readonly WorkflowWorker? workflows;
    private readonly ActivityWorker? activities;
    private readonly LocalActivityRunner? locals;
    private readonly IReadOnlyList<IDisposable> others;
    private readonly TemporalWorkerOptions options;
    private readonly WorkerHeartbeats? heartbeats;
    private readonly Lock eagerGate = new();
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource abort = new();
    private readonly CancellationTokenSource over = new();
    private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task all = Task.CompletedTask;
    private TemporalConnection? eagerConnection;
    private bool serverEndsPolls;
    private bool serverTakesHeartbeats;
    private Task heartbeating = Task.CompletedTask;

    private WorkerParts(
        WorkerLink link,
        WorkflowWorker? workflows,
        ActivityWorker? activities,
        LocalActivityRunner? locals,
        IReadOnlyList<IDisposable> others,
        TemporalWorkerOptions options,
        WorkerHeartbeats? heartbeats,
        ILogger logger)
    {
        this.link = link;
        this.workflows = workflows;
        this.activities = activities;
        this.locals = locals;
        this.others = others;
        this.options = options;
        this.heartbeats = heartbeats;
        Logger = logger;
    }

    internal ILogger Logger { get; }

    internal static WorkerParts Create(
        Func<ITemporalConnection> connection,
        IWorkerClient client,
        TemporalWorkerOptions options,
        IReadOnlyCollection<IWorkerInterceptor> interceptors)
    {
        PollerScale.Check(options.WorkflowTaskPollerBehavior, options.MaxConcurrentWorkflowTaskPolls);
        PollerScale.Check(options.ActivityTaskPollerBehavior, options.MaxConcurrentActivityTaskPolls);
        var loggers = options.LoggerFactory ?? client.Options.LoggerFactory;
        var identity = options.Identity ?? connection().Options.Identity ??
            $"{Environment.ProcessId}@{Environment.MachineName}";
        var runtime = connection().Options.Runtime ?? TemporalRuntime.Default;
        var link = new WorkerLink(
            connection, client.Options.Namespace, identity, options, runtime);
        var metrics = new Lazy<MetricMeter>(() => runtime.MetricMeter);
        var types = new ActivityTypes(options.Activities);
        var environment = new ActivityEnvironmentParts(types, interceptors, loggers, client, metrics);
        var tuner = TunerOf(options);
        var logger = loggers.CreateLogger<TemporalWorker>();
        var slots = new Dictionary<SlotType, WorkerSlots>();
        WorkerSlots Slots(SlotType type, SlotSupplier supplier) => slots[type] = new(type, supplier, link, logger);
        var report = new WorkerReport(link, options, slots, PluginsOf(client, options), !runtime.Options.DisableEnvironmentInfo);
        var heartbeats = runtime.Options.WorkerHeartbeatInterval is { } interval
            ? new WorkerHeartbeats(link, report, interval, logger)
            : null;
        var activities = options.Activities.Count == 0
            ? null
            : new ActivityWorker(link, options, environment, Slots(SlotType.Activity, tuner.ActivityTaskSlotSupplier));
        if (options.Workflows.Count == 0)
        {
            return new(link, null, activities, null, [], options, heartbeats, logger);
        }

        var locals = new LocalActivityRunner(
            link,
            options.ActivityTaskFactory,
            environment,
            Slots(SlotType.LocalActivity, tuner.LocalActivitySlotSupplier),
            () => activities?.ShutdownToken ?? CancellationToken.None);
        var instance = new WorkflowInstanceDetails(
            client.Options.Namespace,
            options.TaskQueue!,
            client.Options.DataConverter,
            interceptors,
            loggers,
            options.DisableWorkflowTracingEventListener,
            options.WorkflowStackTrace,
            options.WorkflowFailureExceptionTypes,
            options.DisableEagerActivityExecution,
            options.PatchActivationCallback,
            types.AssertKnown,
            metrics,
            options.OnTaskStarting,
            options.OnTaskCompleted);
        var runs = new WorkflowRunDetails(
            instance,
            new(options.Workflows, options.DeploymentOptions),
            locals,
            link.OwnVersion,
            options.DebugMode ? Timeout.InfiniteTimeSpan : ReplaySession.DefaultDeadlockTimeout,
            () => link.CanRecordFlags);
        var workflows = new WorkflowWorker(
            link,
            options,
            runs,
            // Activities that come past their queue would come past its rate, which the server limits there.
            new(
                options.MaxTaskQueueActivitiesPerSecond > 0 ? null : activities,
                link.TaskQueue,
                options.MaxEagerActivityReservationsPerWorkflowTask),
            Slots(SlotType.Workflow, tuner.WorkflowTaskSlotSupplier));
        IReadOnlyList<IDisposable> others =
            options.DisableWorkflowTracingEventListener ? [] : [WorkflowTracing.Use()];
        return new(link, workflows, activities, locals, others, options, heartbeats, logger);
    }

    /// <summary>Takes part in eager starts of clients on this connection, and of no other.</summary>
    internal void JoinEagerStarts(ITemporalConnection? connection)
    {
        if (workflows == null)
        {
            return;
        }
        lock (eagerGate)
        {
            eagerConnection?.EagerStarts.Remove(link.Namespace, link.TaskQueue, workflows.TryReserveEager);
            eagerConnection = connection as TemporalConnection;
            eagerConnection?.EagerStarts.Add(link.Namespace, link.TaskQueue, workflows.TryReserveEager);
        }
    }

    /// <summary>Asks the server whether it knows the namespace.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    internal async Task ValidateAsync(CancellationToken cancellationToken)
    {
        try
        {
            var described = await link.Service.DescribeNamespaceAsync(
                new() { Namespace = link.Namespace }, WorkerLink.Retried(cancellationToken)).ConfigureAwait(false);
            serverEndsPolls = described.NamespaceInfo?.Capabilities?.WorkerPollCompleteOnShutdown == true;
            serverTakesHeartbeats = described.NamespaceInfo?.Capabilities?.WorkerHeartbeats == true;
            link.Limits = LimitsOf(described.NamespaceInfo?.Limits);
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.Unimplemented)
        {
            Logger.LogDebug(e, "The server does not describe namespaces");
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException(
                $"Worker validation failed: namespace {link.Namespace} was not found or otherwise could not be described: {e.Message}",
                e);
        }
    }

    /// <summary>Starts to work. The returned task ends, badly, when a part cannot go on; the parts end by <see cref="StopAsync" />.</summary>
    internal Task RunAsync()
    {
        link.Meter.Count("worker_start");
        Task[] running =
        [
            workflows == null ? Task.CompletedTask : Task.Run(() => workflows.RunAsync(stop.Token, abort.Token)),
            activities == null ? Task.CompletedTask : Task.Run(() => activities.RunAsync(stop.Token, abort.Token)),
        ];
        if (activities != null)
        {
            locals?.Begin();
        }
        all = Task.WhenAll(running);
        if (serverTakesHeartbeats && heartbeats is not null)
        {
            heartbeating = heartbeats.RunAsync(over.Token);
        }
        foreach (var part in running.Where(part => part != Task.CompletedTask))
        {
            _ = part.ContinueWith(
                _ => failed.TrySetResult(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
        return failed.Task;
    }

    /// <summary>Takes nothing more, tells the server so, and waits for what is running.</summary>
    /// <exception cref="RpcException">The server has refused to be polled.</exception>
    internal async Task StopAsync()
    {
        var work = all;
        await stop.CancelAsync().ConfigureAwait(false);
        using var done = new CancellationTokenSource();
        var activityShutdown = activities?.ShutDownAsync(done.Token) ?? Task.CompletedTask;
        await TellServerAsync().ConfigureAwait(false);
        if (serverEndsPolls)
        {
            // A poll that is cut off may take a task with it; one that returns does not.
            await work.WaitAsync(PollReturnTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await abort.CancelAsync().ConfigureAwait(false);
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await done.CancelAsync().ConfigureAwait(false);
        await activityShutdown.ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await heartbeating.ConfigureAwait(false);
        await work.ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var other in others)
        {
            other.Dispose();
        }
        locals?.Dispose();
        workflows?.Dispose();
        activities?.Dispose();
        stop.Dispose();
        abort.Dispose();
        over.Dispose();
    }

    private static IEnumerable<string> PluginsOf(IWorkerClient client, TemporalWorkerOptions options) =>
        (client.Options.Plugins ?? []).Select(plugin => plugin.Name).Concat((options.Plugins ?? []).Select(plugin => plugin.Name));

    private static WorkerTuner TunerOf(TemporalWorkerOptions options)
    {
        var hasNumbers = options.MaxConcurrentWorkflowTasks != null ||
            options.MaxConcurrentActivities != null ||
            options.MaxConcurrentLocalActivities != null;
        if (options.Tuner != null && hasNumbers)
        {
            throw new ArgumentException("Cannot set both Tuner and any of MaxConcurrentWorkflowTasks, " +
                "MaxConcurrentActivities, MaxConcurrentLocalActivities");
        }
        options.Tuner?.RequireOneTarget();
        return options.Tuner ?? WorkerTuner.CreateFixedSize(
            options.MaxConcurrentWorkflowTasks ?? DefaultSlots,
            options.MaxConcurrentActivities ?? DefaultSlots,
            options.MaxConcurrentLocalActivities ?? DefaultSlots);
    }

    private PayloadLimits LimitsOf(Api.Namespace.V1.NamespaceInfo.Types.Limits? server) => new(
        options.DisablePayloadErrorLimit ? 0 : server?.BlobSizeLimitError ?? 0,
        options.DisablePayloadErrorLimit ? 0 : server?.MemoSizeLimitError ?? 0,
        link.Log);

    private async Task TellServerAsync()
    {
        try
        {
            await link.Service.ShutdownWorkerAsync(
                new()
                {
                    Namespace = link.Namespace,
                    Identity = link.Identity,
                    StickyTaskQueue = workflows == null ? string.Empty : link.StickyQueue,
                    WorkerInstanceKey = link.InstanceKey.ToString(),
                    TaskQueue = link.TaskQueue,
                    TaskQueueTypes =
                    {
                        Api.Enums.V1.TaskQueueType.Workflow,
                        Api.Enums.V1.TaskQueueType.Activity,
                    },
                    Reason = "graceful shutdown",
                    WorkerHeartbeat = heartbeats?.Leave(),
                },
                new() { Timeout = ShutdownCallTimeout }).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            // Not every server has it; without, the tasks of the sticky queue move on after its time-out.
            serverEndsPolls = false;
            Logger.LogDebug(e, "Failed telling the server of the shutdown");
        }
    }
}
