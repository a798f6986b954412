using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Grpc;
using Temporalio.Runtime.Logs;
using Temporalio.Worker.Runtime;
using Temporalio.Worker.Telemetry;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Execution;

/// <summary>Takes workflow tasks from the server, runs them and answers.</summary>
internal sealed class WorkflowWorker : IDisposable
{
    // Of the task's time-out: later the server may have given the task to someone else.
    private const double HeartbeatFraction = 0.8;

    private readonly WorkerLink link;
    private readonly TemporalWorkerOptions options;
    private readonly WorkflowRunDetails runs;
    private readonly EagerActivities eager;
    private readonly HistoryFetcher histories;
    private readonly RunCache cache;
    private readonly WorkflowMetrics metrics;
    private readonly WorkerSlots slots;
    private readonly ILogger logger;
    private readonly PollLoop<PollWorkflowTaskQueueResponse> normalLoop;
    private readonly PollLoop<PollWorkflowTaskQueueResponse> stickyLoop;
    private CancellationToken stopping;

    internal WorkflowWorker(
        WorkerLink link,
        TemporalWorkerOptions options,
        WorkflowRunDetails runs,
        EagerActivities eager,
        WorkerSlots slots)
    {
        this.link = link;
        this.options = options;
        this.runs = runs;
        this.eager = eager;
        this.slots = slots;
        histories = new(link);
        metrics = new(link.Meter);
        cache = new(options.MaxCachedWorkflows, metrics);
        logger = runs.Instance.LoggerFactory.CreateLogger<WorkflowWorker>();
        normalLoop = Loop(isSticky: false);
        stickyLoop = Loop(isSticky: true);
    }

    private bool IsSticky => options.MaxCachedWorkflows > 0 && !stopping.IsCancellationRequested;

    public void Dispose()
    {
        normalLoop.Dispose();
        stickyLoop.Dispose();
        slots.Dispose();
    }

    /// <summary>Takes a slot for the first task of a workflow that a client of this process is about to start.</summary>
    internal EagerWorkflowStarts.IReservation? TryReserveEager() =>
        !stopping.IsCancellationRequested && normalLoop.TryReserve() is { } slot ? new EagerStart(slot) : null;

    /// <summary>Works until stopped and everything taken is answered.</summary>
    internal async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        stopping = stop;
        var (normal, sticky) = PollerScales();
        await Task.WhenAll(
            normalLoop.RunAsync(normal, stop, abort),
            stickyLoop.RunAsync(sticky, stop, abort)).ConfigureAwait(false);
        cache.Clear();
    }

    /// <summary>A fixed number of polls is shared between the two queues; an autoscaling one grows on each by itself.</summary>
    private (PollerScale Normal, PollerScale Sticky) PollerScales()
    {
        var behavior = options.WorkflowTaskPollerBehavior;
        if (behavior is PollerBehavior.Autoscaling)
        {
            return (
                PollerScale.Of(behavior, 0),
                options.MaxCachedWorkflows > 0 ? PollerScale.Of(behavior, 0) : PollerScale.Fixed(0));
        }
        var polls = (behavior as PollerBehavior.SimpleMaximum)?.Maximum ?? options.MaxConcurrentWorkflowTaskPolls;
        if (options.MaxCachedWorkflows == 0)
        {
            return (PollerScale.Fixed(polls), PollerScale.Fixed(0));
        }
        var normal = Math.Max(1, (int)Math.Ceiling(polls * options.NonStickyToStickyPollRatio));
        return (PollerScale.Fixed(normal), PollerScale.Fixed(Math.Max(1, polls - normal)));
    }

    private PollLoop<PollWorkflowTaskQueueResponse> Loop(bool isSticky) => new(
        slots, isSticky, token => PollAsync(isSticky, token), (task, slot) => HandleAsync(task, isSticky, slot));

    private async Task<PollLoop<PollWorkflowTaskQueueResponse>.Answer> PollAsync(bool isSticky, CancellationToken cancellationToken)
    {
        var polls = isSticky ? link.Meter.Tally.StickyPolls : link.Meter.Tally.WorkflowPolls;
        using var polling = link.Meter.Polling(polls);
        var task = await link.Service.PollWorkflowTaskQueueAsync(
            new()
            {
                Namespace = link.Namespace,
                TaskQueue = isSticky ? link.OwnQueue() : link.NormalQueue(),
                Identity = link.Identity,
                WorkerInstanceKey = link.InstanceKey.ToString(),
                WorkerVersionCapabilities = link.VersionCapabilities,
                DeploymentOptions = link.DeploymentOptions,
            },
            WorkerLink.Retried(cancellationToken)).ConfigureAwait(false);
        var taken = task.TaskToken.IsEmpty ? null : task;
        metrics.Polled(taken, polls);
        return new(taken, task.PollerScalingDecision);
    }

    private async Task HandleAsync(PollWorkflowTaskQueueResponse task, bool isSticky, WorkerSlots.Slot slot)
    {
        using (slot)
        {
            slot.MarkUsed(new SlotInfo.WorkflowSlotInfo(task.WorkflowType?.Name ?? string.Empty, isSticky));
            using var lease = await cache.LeaseAsync(task.WorkflowExecution.RunId, CancellationToken.None)
                .ConfigureAwait(false);
            var next = task;
            while (next != null)
            {
                next = await HandleAsync(next, lease, isContinued: next != task).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Handles one task. Returns the next one of the run if the server has given it along.</summary>
    private async Task<PollWorkflowTaskQueueResponse?> HandleAsync(
        PollWorkflowTaskQueueResponse task, RunCache.Lease lease, bool isContinued)
    {
        try
        {
            if (lease.IsDeadlocked)
            {
                throw new WorkflowTurnException(new InvalidOperationException(
                    $"[TMPRL1101] Workflow with run ID {task.WorkflowExecution.RunId} deadlocked after {runs.DeadlockTimeout}"));
            }
            var events = await EventsForAsync(task, lease, isContinued).ConfigureAwait(false);
            var answer = await metrics.MeasureAsync(
                task.WorkflowType.Name, () => lease.Run!.HandleAsync(WorkOf(task, events), CancellationToken.None)).ConfigureAwait(false);
            return task.Query != null
                ? await AnswerQueryAsync(task, answer).ConfigureAwait(false)
                : await CompleteAsync(task, answer, lease).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            // Without an answer the server gives the task out again after its time-out.
            logger.LogWarning(
                e, "Failed talking to the server about workflow task of run {RunId}", task.WorkflowExecution.RunId);
            lease.Evict();
        }
        catch (Exception e)
        {
            var cause = e is WorkflowTurnException turn ? turn.Cause : e;
            logger.LogWarning(
                cause, "Failed workflow task of {WorkflowType} with run ID {RunId}", task.WorkflowType?.Name, task.WorkflowExecution.RunId);
            link.Log.Write(
                LogLevel.Warning,
                RuntimeLog.Workflows,
                "Failing workflow task",
                ("run_id", task.WorkflowExecution.RunId),
                ("failure", cause.Message));
            metrics.TaskFailed(task.WorkflowType?.Name ?? string.Empty, cause is WorkflowNondeterminismException);
            await FailAsync(task, cause, lease).ConfigureAwait(false);
            lease.Evict();
        }
        return null;
    }

    /// <summary>The events that the run has not seen, the run being rebuilt where that takes all of them.</summary>
    private async Task<IReadOnlyList<HistoryEvent>> EventsForAsync(
        PollWorkflowTaskQueueResponse task, RunCache.Lease lease, bool isContinued)
    {
        var events = await histories.RestAsync(task, CancellationToken.None).ConfigureAwait(false);
        var isQueryOnly = task.Query != null && events.Count == 0;
        var isWhole = events.Count > 0 && events[0].EventId == 1;
        if (lease.Run is { } cached)
        {
            var fits = isQueryOnly || (events.Count > 0 && events[0].EventId <= cached.LastEventId + 1);
            if (fits && (!isWhole || isContinued))
            {
                metrics.CacheHit();
                return events;
            }
            lease.Evict();
        }
        if (!isWhole)
        {
            metrics.CacheMiss();
            events = await histories.AllAsync(task, events, CancellationToken.None).ConfigureAwait(false);
        }
        if (task.Query != null)
        {
            HistoryFetcher.DropUndecided(events);
        }
        lease.Keep(new(
            runs, task.WorkflowExecution.WorkflowId, task.WorkflowType.Name, task.WorkflowExecution.RunId)
        {
            StartedAt = events[0].EventTime?.ToDateTime() ?? DateTime.UtcNow,
        });
        return events;
    }

    private static WorkflowRunWork WorkOf(PollWorkflowTaskQueueResponse task, IReadOnlyList<HistoryEvent> events)
    {
        var queries = task.Queries.Select(query => QueryOf(query.Key, query.Value)).ToList();
        if (task.Query != null)
        {
            queries.Add(QueryOf(string.Empty, task.Query));
        }
        var timeout = events.Select(e => e.WorkflowTaskScheduledEventAttributes?.StartToCloseTimeout).LastOrDefault(t => t != null)
            ?.ToTimeSpan() ?? TimeSpan.FromSeconds(10);
        return new(
            task.WorkflowExecution.WorkflowId,
            task.WorkflowType.Name,
            events,

            // A query task alone brings nothing new: all of its events are known.
            task.Query != null ? long.MaxValue : task.PreviousStartedEventId,
            task.Messages,
            queries,
            DateTime.UtcNow + (timeout * HeartbeatFraction));
    }

    private static ActivationJob.Query QueryOf(string id, Api.Query.V1.WorkflowQuery query) => new(
        id, query.QueryType, query.QueryArgs?.Payloads_ ?? [], query.Header?.Fields ?? []);

    private async Task<PollWorkflowTaskQueueResponse?> AnswerQueryAsync(
        PollWorkflowTaskQueueResponse task, WorkflowRunAnswer answer)
    {
        var query = answer.Answers.Single();
        var request = new RespondQueryTaskCompletedRequest
        {
            Namespace = link.Namespace,
            TaskToken = task.TaskToken,
            CompletedType = query.Failure == null ? QueryResultType.Answered : QueryResultType.Failed,
            ErrorMessage = query.Failure?.Message ?? string.Empty,
            Failure = query.Failure,
        };
        if (query.Answer != null)
        {
            request.QueryResult = new() { Payloads_ = { query.Answer } };
        }
        link.Limits?.Check(request);
        await link.Service.RespondQueryTaskCompletedAsync(request, WorkerLink.Retried(CancellationToken.None))
            .ConfigureAwait(false);
        return null;
    }

    private async Task<PollWorkflowTaskQueueResponse?> CompleteAsync(
        PollWorkflowTaskQueueResponse task, WorkflowRunAnswer answer, RunCache.Lease lease)
    {
        var request = new RespondWorkflowTaskCompletedRequest
        {
            TaskToken = task.TaskToken,
            Namespace = link.Namespace,
            Identity = link.Identity,
            Commands = { answer.Commands },
            Messages = { answer.Messages },
            SdkMetadata = answer.Metadata,
            ReturnNewWorkflowTask = answer.NeedsMoreTime || !stopping.IsCancellationRequested,
            ForceCreateNewWorkflowTask = answer.NeedsMoreTime,
            VersioningBehavior = BehaviorOf(answer),
            Capabilities = new() { DiscardSpeculativeWorkflowTaskWithEvents = true },
            WorkerVersionStamp = link.VersionStamp,
            DeploymentOptions = link.DeploymentOptions,
            WorkerInstanceKey = link.InstanceKey.ToString(),
        };
        if (IsSticky)
        {
            request.StickyAttributes = new()
            {
                WorkerTaskQueue = link.OwnQueue(),
                ScheduleToStartTimeout = Wire.Duration(options.StickyQueueScheduleToStartTimeout),
            };
        }
        foreach (var query in answer.Answers)
        {
            request.QueryResults.Add(query.QueryId, new()
            {
                ResultType = query.Failure == null ? QueryResultType.Answered : QueryResultType.Failed,
                Answer = query.Answer == null ? null : new() { Payloads_ = { query.Answer } },
                ErrorMessage = query.Failure?.Message ?? string.Empty,
                Failure = query.Failure,
            });
        }

        link.Limits?.Check(request);
        var slotsForEager = eager.Reserve(answer.Commands);
        RespondWorkflowTaskCompletedResponse response;
        try
        {
            response = await link.Service.RespondWorkflowTaskCompletedAsync(
                request, WorkerLink.Retried(CancellationToken.None)).ConfigureAwait(false);
            EagerActivities.Start(response.ActivityTasks, slotsForEager);
        }
        catch (RpcException e)
        {
            lease.Evict();
            if (GrpcRetry.IsTooLarge(e))
            {
                throw new PayloadsTooLargeException($"The completion of the workflow task is too large: {e.Message}", e);
            }
            if (e.Code is not (RpcException.StatusCode.NotFound or RpcException.StatusCode.InvalidArgument))
            {
                throw;
            }

            // Gone, or to be decided again because something else has happened: the server's next task says which.
            logger.LogDebug(e, "Completion of workflow task of run {RunId} refused", task.WorkflowExecution.RunId);
            return null;
        }
        finally
        {
            slotsForEager.ForEach(slot => slot.Dispose());
        }
        metrics.Answered(task.WorkflowType.Name, answer.Commands, lease.Run!.StartedAt);
        if (response.ResetHistoryEventId > 0)
        {
            lease.Run!.ResetTo(response.ResetHistoryEventId);
        }
        var next = response.WorkflowTask is { TaskToken.IsEmpty: false } inline ? inline : null;
        if (next == null && (answer.IsClosed || options.MaxCachedWorkflows == 0))
        {
            lease.Evict();
        }
        return next;
    }

    private VersioningBehavior BehaviorOf(WorkflowRunAnswer answer) =>
        answer.VersioningBehavior == VersioningBehavior.Unspecified && options.DeploymentOptions is { UseWorkerVersioning: true } own
            ? (VersioningBehavior)(int)own.DefaultVersioningBehavior
            : answer.VersioningBehavior;

    private async Task FailAsync(PollWorkflowTaskQueueResponse task, Exception cause, RunCache.Lease lease)
    {
        try
        {
            var failure = await FailureOfAsync(cause, lease).ConfigureAwait(false);
            if (task.Query != null)
            {
                await link.Service.RespondQueryTaskCompletedAsync(
                    new()
                    {
                        Namespace = link.Namespace,
                        TaskToken = task.TaskToken,
                        CompletedType = QueryResultType.Failed,
                        ErrorMessage = cause.Message,
                        Failure = failure,
                        Cause = CauseOf(cause),
                    },
                    WorkerLink.Retried(CancellationToken.None)).ConfigureAwait(false);
            }
            else if (cause is WorkflowNondeterminismException && NondeterminismFailsWorkflow(task.WorkflowType.Name))
            {
                await link.Service.RespondWorkflowTaskCompletedAsync(
                    new()
                    {
                        Namespace = link.Namespace,
                        TaskToken = task.TaskToken,
                        Identity = link.Identity,
                        WorkerVersionStamp = link.VersionStamp,
                        DeploymentOptions = link.DeploymentOptions,
                        Commands =
                        {
                            new Api.Command.V1.Command
                            {
                                CommandType = CommandType.FailWorkflowExecution,
                                FailWorkflowExecutionCommandAttributes = new() { Failure = failure },
                            },
                        },
                    },
                    WorkerLink.Retried(CancellationToken.None)).ConfigureAwait(false);
            }
            else if (task.Attempt <= 1)
            {
                // Later attempts are left to time out, which makes the server wait longer and longer between them.
                await link.Service.RespondWorkflowTaskFailedAsync(
                    new()
                    {
                        Namespace = link.Namespace,
                        TaskToken = task.TaskToken,
                        Identity = link.Identity,
                        Cause = CauseOf(cause),
                        Failure = failure,
                        WorkerVersion = link.VersionStamp,
                        DeploymentOptions = link.DeploymentOptions,
                    },
                    WorkerLink.Retried(CancellationToken.None)).ConfigureAwait(false);
            }
        }
        catch (RpcException e)
        {
            logger.LogWarning(
                e, "Failed reporting failed workflow task of run {RunId}", task.WorkflowExecution.RunId);
        }
    }

    private async Task<Api.Failure.V1.Failure> FailureOfAsync(Exception cause, RunCache.Lease lease)
    {
        var converter = runs.Instance.DataConverter;
        try
        {
            var failure = converter.FailureConverter.ToFailure(cause, converter.PayloadConverter);
            return lease.Run is { } run ? await run.Coding.EncodeAsync(failure).ConfigureAwait(false) : failure;
        }
        catch (Exception e)
        {
            logger.LogError(e, "Failed converting the failure of a workflow task");
            return new() { Message = $"Failed converting exception: {e}" };
        }
    }

    private bool NondeterminismFailsWorkflow(string workflowType)
    {
        var ofWorkflow = options.Workflows.FirstOrDefault(w => w.Name == workflowType)?.FailureExceptionTypes ?? [];
        return ofWorkflow.Concat(options.WorkflowFailureExceptionTypes ?? [])
            .Any(type => type.IsAssignableFrom(typeof(WorkflowNondeterminismException)));
    }

    private static WorkflowTaskFailedCause CauseOf(Exception cause) => cause switch
    {
        WorkflowNondeterminismException => WorkflowTaskFailedCause.NonDeterministicError,
        PayloadsTooLargeException { IsWholeMessage: true } => WorkflowTaskFailedCause.GrpcMessageTooLarge,
        PayloadsTooLargeException => WorkflowTaskFailedCause.PayloadsTooLarge,
        _ => WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure,
    };

    private sealed class EagerStart(PollLoop<PollWorkflowTaskQueueResponse>.Reservation slot)
        : EagerWorkflowStarts.IReservation
    {
        public void Take(PollWorkflowTaskQueueResponse task) => slot.Start(task);

        public void Dispose() => slot.Dispose();
    }
}
