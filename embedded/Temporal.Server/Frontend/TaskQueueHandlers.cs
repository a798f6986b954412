using Temporal.Server.History;
using Temporal.Server.Matching;
using Temporal.Server.Rpc;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Describes task queues.</summary>
internal sealed class TaskQueueHandlers(HistoryEngine engine)
{
    // What is shown for a poller without a limit, as the real server does.
    private const double NoLimit = 100_000;

    /// <summary>Who polls a task queue, what waits there and how fast it goes.</summary>
    public Task<DescribeTaskQueueResponse> DescribeAsync(DescribeTaskQueueRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var name = Requests.RequireTaskQueue(engine.Limits, request.TaskQueue);
        var kind =
            request.TaskQueueType == TaskQueueType.Activity ? TaskQueueKeyKind.Activity
            : request.TaskQueue?.Kind == TaskQueueKind.Sticky ? TaskQueueKeyKind.StickyWorkflow
            : TaskQueueKeyKind.Workflow;
        // Each queue is looked at once, so that what is said of it in several places agrees.
        var reports = new Dictionary<TaskQueueKeyKind, TaskQueueReport?>();
        TaskQueueReport? Report(TaskQueueKeyKind each) =>
            reports.TryGetValue(each, out var known)
                ? known
                : reports[each] = engine.Queues.Find(new TaskQueueKey(space.Id, each, name))?.Report();

        var reply = new DescribeTaskQueueResponse();
        if (request.ApiMode == DescribeTaskQueueMode.Enhanced)
        {
            reply.VersionsInfo[""] = new TaskQueueVersionInfo { TypesInfo = { TypesOf(request, Report) } };
        }

        if (Report(kind) is not { } report)
        {
            return Task.FromResult(reply);
        }

        reply.Pollers.AddRange(report.Pollers.Select(Describe));
        if (request.ReportStats)
        {
            reply.Stats = Stats(report);
            foreach (var (priority, (count, age)) in report.ByPriority)
            {
                reply.StatsByPriorityKey[priority] = new TaskQueueStats
                {
                    ApproximateBacklogCount = count,
                    ApproximateBacklogAge = age.ToProto(),
                };
            }
        }

        if (request.IncludeTaskQueueStatus)
        {
            reply.TaskQueueStatus = new TaskQueueStatus { BacklogCountHint = report.BacklogCount, RatePerSecond = report.Limit ?? NoLimit };
        }

        if (report.Limit is { } limit)
        {
            reply.EffectiveRateLimit = new DescribeTaskQueueResponse.Types.EffectiveRateLimit
            {
                RequestsPerSecond = (float)limit,
                RateLimitSource = RateLimitSource.Worker,
            };
        }

        return Task.FromResult(reply);
    }

    /// <summary>The partitions of a task queue: one, here.</summary>
    public Task<ListTaskQueuePartitionsResponse> ListPartitionsAsync(ListTaskQueuePartitionsRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        var partition = new TaskQueuePartitionMetadata
        {
            Key = Requests.RequireTaskQueue(engine.Limits, request.TaskQueue),
            OwnerHostName = Environment.MachineName,
        };
        return Task.FromResult(
            new ListTaskQueuePartitionsResponse
            {
                ActivityTaskQueuePartitions = { partition },
                WorkflowTaskQueuePartitions = { partition.Clone() },
            }
        );
    }

    /// <summary>The advice that goes with a task; null for none.</summary>
    public static PollerScalingDecision? DecisionOf(TakenTask taken) =>
        taken.PollersDelta == 0 ? null : new PollerScalingDecision { PollRequestDeltaSuggestion = taken.PollersDelta };

    private static TaskQueueStats Stats(TaskQueueReport report) =>
        new()
        {
            ApproximateBacklogCount = report.BacklogCount,
            ApproximateBacklogAge = report.BacklogAge.ToProto(),
            TasksAddRate = report.AddRate,
            TasksDispatchRate = report.DispatchRate,
            RateLimitingActive = report.IsLimiting,
        };

    private static PollerInfo Describe(PollerSeen seen) =>
        new()
        {
            Identity = seen.Poller.Identity,
            LastAccessTime = seen.LastAccess.ToProto(),
            RatePerSecond = seen.Poller.MaxTasksPerSecond ?? NoLimit,
            WorkerVersionCapabilities = seen.Poller.Version,
            DeploymentOptions = seen.Poller.Deployment,
        };

    private static Dictionary<int, TaskQueueTypeInfo> TypesOf(
        DescribeTaskQueueRequest request,
        Func<TaskQueueKeyKind, TaskQueueReport?> reportOf
    )
    {
        var types = request.TaskQueueTypes.Count > 0 ? request.TaskQueueTypes.Distinct() : [TaskQueueType.Workflow, TaskQueueType.Activity];
        return types.ToDictionary(
            type => (int)type,
            type =>
            {
                var report = reportOf(type == TaskQueueType.Activity ? TaskQueueKeyKind.Activity : TaskQueueKeyKind.Workflow);
                return new TaskQueueTypeInfo
                {
                    Pollers = { request.ReportPollers ? report?.Pollers.Select(Describe) ?? [] : [] },
                    Stats = request.ReportStats ? (report is null ? new TaskQueueStats() : Stats(report)) : null,
                };
            }
        );
    }
}
