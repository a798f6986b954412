using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Grpc;
using Temporalio.Worker.Runtime;
using Temporalio.Worker.Telemetry;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Execution;

/// <summary>Takes activities from the server, runs them and answers.</summary>
internal sealed class ActivityWorker : IDisposable
{
    private const double HeartbeatFraction = 0.8;

    private readonly WorkerLink link;
    private readonly TemporalWorkerOptions options;
    private readonly ActivityEnvironmentParts parts;
    private readonly WorkerSlots slots;
    private readonly ILogger logger;
    private readonly PollLoop<PollActivityTaskQueueResponse> loop;
    private readonly ActivityMetrics metrics;
    private readonly CancellationTokenSource shutdown = new();
    private readonly ConcurrentDictionary<ActivityCancellation, bool> running = new();
    private readonly Lock rateGate = new();
    private DateTime nextStart = DateTime.MinValue;

    internal ActivityWorker(
        WorkerLink link, TemporalWorkerOptions options, ActivityEnvironmentParts parts, WorkerSlots slots)
    {
        this.link = link;
        this.options = options;
        this.parts = parts;
        this.slots = slots;
        metrics = new(link.Meter);
        logger = parts.LoggerFactory.CreateLogger<ActivityWorker>();
        loop = new(slots, isSticky: false, PollAsync, RunAsync);
    }

    internal CancellationToken ShutdownToken => shutdown.Token;

    /// <summary>Works until stopped and everything taken is answered.</summary>
    internal Task RunAsync(CancellationToken stop, CancellationToken abort) => loop.RunAsync(
        options.LocalActivityWorkerOnly
            ? PollerScale.Fixed(0)
            : PollerScale.Of(options.ActivityTaskPollerBehavior, options.MaxConcurrentActivityTaskPolls),
        stop,
        abort);

    /// <summary>Tells running activities that the worker stops, and cancels them after the grace period.</summary>
    internal async Task ShutDownAsync(CancellationToken done)
    {
        shutdown.CancelElsewhere(logger);
        try
        {
            if (options.GracefulShutdownTimeout > TimeSpan.Zero)
            {
                await Task.Delay(options.GracefulShutdownTimeout, done).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        while (!done.IsCancellationRequested)
        {
            foreach (var activity in running.Keys)
            {
                activity.Request(ActivityCancelReason.WorkerShutdown);
            }

            // Tasks that were already under way to this worker may still start.
            await Task.Delay(TimeSpan.FromMilliseconds(50), done)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes a slot for an activity that the server may give along with a workflow task's completion.</summary>
    internal PollLoop<PollActivityTaskQueueResponse>.Reservation? TryReserveEager() =>
        options.LocalActivityWorkerOnly || shutdown.IsCancellationRequested ? null : loop.TryReserve();

    public void Dispose()
    {
        shutdown.Dispose();
        loop.Dispose();
        slots.Dispose();
    }

    private async Task<PollLoop<PollActivityTaskQueueResponse>.Answer> PollAsync(CancellationToken cancellationToken)
    {
        await AwaitRateAsync(cancellationToken).ConfigureAwait(false);
        using var polling = link.Meter.Polling(link.Meter.Tally.ActivityPolls);
        var task = await link.Service.PollActivityTaskQueueAsync(
            new()
            {
                Namespace = link.Namespace,
                TaskQueue = link.NormalQueue(),
                Identity = link.Identity,
                WorkerInstanceKey = link.InstanceKey.ToString(),
                WorkerVersionCapabilities = link.VersionCapabilities,
                DeploymentOptions = link.DeploymentOptions,
                TaskQueueMetadata = options.MaxTaskQueueActivitiesPerSecond is { } limit
                    ? new() { MaxTasksPerSecond = limit }
                    : null,
            },
            WorkerLink.Retried(cancellationToken)).ConfigureAwait(false);
        var taken = task.TaskToken.IsEmpty ? null : task;
        metrics.Polled(taken);
        return new(taken, task.PollerScalingDecision);
    }

    private async Task AwaitRateAsync(CancellationToken cancellationToken)
    {
        if (options.MaxActivitiesPerSecond is not { } perSecond || perSecond <= 0)
        {
            return;
        }
        TimeSpan wait;
        lock (rateGate)
        {
            var now = DateTime.UtcNow;
            var start = nextStart > now ? nextStart : now;
            nextStart = start + TimeSpan.FromSeconds(1 / perSecond);
            wait = start - now;
        }
        await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(PollActivityTaskQueueResponse task, WorkerSlots.Slot slot)
    {
        using var held = slot;
        slot.MarkUsed(new SlotInfo.ActivitySlotInfo(task.ActivityType.Name));
        using var cancellation = new ActivityCancellation(logger);
        running[cancellation] = true;
        metrics.Received(task);
        var begun = Stopwatch.GetTimestamp();
        try
        {
            var info = InfoOf(task);
            var activityLogger = parts.LoggerFactory.CreateLogger($"Temporalio.Activity:{info.ActivityType}");
            using var scope = activityLogger.BeginScope(info.LoggerScope);
            using var heartbeats = new ActivityHeartbeats(
                link, new(task.TaskToken), info.DataConverter, IntervalOf(info), cancellation, activityLogger);
            var context = parts.ContextOf(info, task.TaskToken, activityLogger, cancellation, ShutdownToken);
            using var deadline = WatchStartToClose(info, cancellation);
            var attempt = new ActivityAttempt(parts.Types, parts.Interceptors, context, cancellation, heartbeats);
            var outcome = await options.ActivityTaskFactory.StartNew(
                () => attempt.RunAsync(task.Input?.Payloads_ ?? [], task.Header?.Fields ?? [])).Unwrap().ConfigureAwait(false);
            metrics.Ended(task, outcome, Stopwatch.GetElapsedTime(begun));
            await ReportAsync(task, outcome, heartbeats).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            // Without an answer the server's time-outs decide, and the activity is tried again.
            logger.LogWarning(e, "Failed reporting activity {ActivityType}", task.ActivityType.Name);
        }
        finally
        {
            running.TryRemove(cancellation, out _);
        }
    }

    /// <summary>An attempt that outlives its time has lost its task already.</summary>
    private static Timer? WatchStartToClose(ActivityInfo info, ActivityCancellation cancellation) =>
        info.StartToCloseTimeout is { } limit && limit.TotalMilliseconds < uint.MaxValue - 1
            ? new Timer(_ => cancellation.Request(ActivityCancelReason.Timeout), null, limit, Timeout.InfiniteTimeSpan)
            : null;

    private TimeSpan IntervalOf(ActivityInfo info)
    {
        var interval = info.HeartbeatTimeout * HeartbeatFraction ?? options.DefaultHeartbeatThrottleInterval;
        return interval < options.MaxHeartbeatThrottleInterval ? interval : options.MaxHeartbeatThrottleInterval;
    }

    private ActivityInfo InfoOf(PollActivityTaskQueueResponse task)
    {
        var workflowId = task.WorkflowExecution?.WorkflowId is { Length: > 0 } id ? id : null;
        var taskNamespace = task.WorkflowNamespace.Length > 0 ? task.WorkflowNamespace : link.Namespace;
        var converter = parts.Client.Options.DataConverter.WithSerializationContext(new ISerializationContext.Activity(
            taskNamespace, task.ActivityId, workflowId, task.WorkflowType?.Name, task.ActivityType.Name, link.TaskQueue, IsLocal: false));
        return new(
            ActivityId: task.ActivityId,
            ActivityType: task.ActivityType.Name,
            Attempt: task.Attempt,
            CurrentAttemptScheduledTime: task.CurrentAttemptScheduledTime?.ToDateTime() ?? DateTime.MinValue,
            DataConverter: converter,
            HeartbeatDetails: task.HeartbeatDetails?.Payloads_ ?? [],
            HeartbeatTimeout: Wire.OptionalSpan(task.HeartbeatTimeout),
            IsLocal: false,
            Namespace: taskNamespace,
            Priority: task.Priority is { } priority ? new(priority) : Priority.Default,
            RetryPolicy: task.RetryPolicy is { } retry ? RetryPolicy.FromProto(retry) : null,
            ScheduleToCloseTimeout: Wire.OptionalSpan(task.ScheduleToCloseTimeout),
            ScheduledTime: task.ScheduledTime?.ToDateTime() ?? DateTime.MinValue,
            StartToCloseTimeout: Wire.OptionalSpan(task.StartToCloseTimeout),
            StartedTime: task.StartedTime?.ToDateTime() ?? DateTime.MinValue,
            TaskQueue: link.TaskQueue,
            TaskToken: task.TaskToken.ToByteArray(),
            WorkflowId: workflowId,
            WorkflowNamespace: workflowId == null ? null : taskNamespace,
            WorkflowRunId: workflowId == null ? null : task.WorkflowExecution!.RunId,
            WorkflowType: workflowId == null ? null : task.WorkflowType?.Name);
    }

    private async Task ReportAsync(
        PollActivityTaskQueueResponse task, AttemptOutcome outcome, ActivityHeartbeats heartbeats)
    {
        try
        {
            try
            {
                await SendAsync(task, outcome, heartbeats).ConfigureAwait(false);
            }
            catch (Exception e) when (e is PayloadsTooLargeException || (e is RpcException rpc && GrpcRetry.IsTooLarge(rpc)))
            {
                await SendAsync(task, TooLarge(e), heartbeats).ConfigureAwait(false);
            }
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            logger.LogDebug(e, "Activity {ActivityType} was no longer wanted", task.ActivityType.Name);
        }
    }

    private static AttemptOutcome.Failed TooLarge(Exception e) => new(new()
    {
        Message = e.Message,
        ApplicationFailureInfo = new() { Type = "PayloadsTooLarge" },
    });

    private Task SendAsync(PollActivityTaskQueueResponse task, AttemptOutcome outcome, ActivityHeartbeats heartbeats)
    {
        switch (outcome)
        {
            case AttemptOutcome.Completed completed:
                var result = new RespondActivityTaskCompletedRequest
                {
                    Namespace = link.Namespace,
                    Identity = link.Identity,
                    TaskToken = task.TaskToken,
                    Result = new() { Payloads_ = { completed.Result } },
                    WorkerVersion = link.VersionStamp,
                    DeploymentOptions = link.DeploymentOptions,
                };
                link.Limits?.Check(result);
                return link.Service.RespondActivityTaskCompletedAsync(result, WorkerLink.Retried(CancellationToken.None));
            case AttemptOutcome.Failed failed:
                return link.Service.RespondActivityTaskFailedAsync(
                    new()
                    {
                        Namespace = link.Namespace,
                        Identity = link.Identity,
                        TaskToken = task.TaskToken,
                        Failure = failed.Failure,
                        LastHeartbeatDetails = heartbeats.LastDetails,
                        WorkerVersion = link.VersionStamp,
                        DeploymentOptions = link.DeploymentOptions,
                    },
                    WorkerLink.Retried(CancellationToken.None));
            case AttemptOutcome.Canceled canceled:
                return link.Service.RespondActivityTaskCanceledAsync(
                    new()
                    {
                        Namespace = link.Namespace,
                        Identity = link.Identity,
                        TaskToken = task.TaskToken,
                        Details = canceled.Failure.CanceledFailureInfo?.Details,
                        WorkerVersion = link.VersionStamp,
                        DeploymentOptions = link.DeploymentOptions,
                    },
                    WorkerLink.Retried(CancellationToken.None));
            default:
                return Task.CompletedTask;
        }
    }
}

/// <summary>What the activities of one worker have in common.</summary>
/// <param name="Types">Activities.</param>
/// <param name="Interceptors">Interceptors, the outermost first.</param>
/// <param name="LoggerFactory">Loggers.</param>
/// <param name="Client">The worker's client.</param>
/// <param name="Metrics">Meter.</param>
internal sealed record ActivityEnvironmentParts(
    ActivityTypes Types,
    IReadOnlyCollection<Interceptors.IWorkerInterceptor> Interceptors,
    ILoggerFactory LoggerFactory,
    IWorkerClient Client,
    Lazy<MetricMeter> Metrics)
{
    internal ActivityExecutionContext ContextOf(
        ActivityInfo info,
        Google.Protobuf.ByteString token,
        ILogger logger,
        ActivityCancellation cancellation,
        CancellationToken shutdown) =>
        new(
            info,
            token,
            logger,
            info.DataConverter.PayloadConverter,
            Metrics,
            Client as ITemporalClient,
            shutdown,
            cancellation.Token)
        {
            CancelRef = cancellation.Ref,
        };
}
