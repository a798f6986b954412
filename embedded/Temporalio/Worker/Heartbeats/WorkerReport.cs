using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Worker.V1;
using Temporalio.Runtime;
using Temporalio.Worker.Execution;
using Temporalio.Worker.Telemetry;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Heartbeats;

/// <summary>
/// Writes what a worker tells of itself: contents and meaning are those of sdk-core (worker/mod.rs, worker/client.rs).
/// A part that the worker does not have is left out.
/// </summary>
/// <param name="link">How the worker presents itself.</param>
/// <param name="options">Options of the worker.</param>
/// <param name="slots">The slots of the parts that the worker has.</param>
/// <param name="plugins">Names of the plugins.</param>
/// <param name="tellsEnvironment">Whether to tell the runtime and the operating system.</param>
internal sealed class WorkerReport(
    WorkerLink link,
    TemporalWorkerOptions options,
    IReadOnlyDictionary<SlotType, WorkerSlots> slots,
    IEnumerable<string> plugins,
    bool tellsEnvironment)
{
    private readonly Lock gate = new();
    private readonly Timestamp start = Timestamp.FromDateTime(DateTime.UtcNow);
    private readonly HostUse use = new();
    private readonly EnvironmentInfo? environment = tellsEnvironment ? HostEnvironment.Describe() : null;
    private readonly PluginInfo[] pluginInfos =
        [.. plugins.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => new PluginInfo { Name = name })];
    private readonly Dictionary<SlotType, (long Processed, long Failed)> toldBefore = [];
    private DateTime? lastWritten;

    /// <summary>Writes a heartbeat of now; intervals count from the one written before.</summary>
    internal WorkerHeartbeat Write(WorkerStatus status)
    {
        lock (gate)
        {
            var now = DateTime.UtcNow;
            var tally = link.Meter.Tally;
            var heartbeat = new WorkerHeartbeat
            {
                WorkerInstanceKey = link.InstanceKey.ToString(),
                WorkerIdentity = link.Identity,
                HostInfo = Host(),
                TaskQueue = link.TaskQueue,
                DeploymentVersion = link.DeploymentVersion is { } version
                    ? new() { DeploymentName = version.DeploymentName, BuildId = version.BuildId }
                    : null,
                SdkName = SdkIdentity.Name,
                SdkVersion = SdkIdentity.Version,
                Status = status,
                StartTime = start,
                HeartbeatTime = Timestamp.FromDateTime(now),
                ElapsedSinceLastHeartbeat = lastWritten is { } last ? Duration.FromTimeSpan(now - last) : null,
                WorkflowTaskSlotsInfo = Slots(SlotType.Workflow, tally.WorkflowTasks),
                ActivityTaskSlotsInfo = Slots(SlotType.Activity, tally.Activities),
                LocalActivitySlotsInfo = Slots(SlotType.LocalActivity, tally.LocalActivities),
                WorkflowPollerInfo = Polls(SlotType.Workflow, tally.WorkflowPolls, options.WorkflowTaskPollerBehavior),
                WorkflowStickyPollerInfo = Polls(SlotType.Workflow, tally.StickyPolls, options.WorkflowTaskPollerBehavior),
                ActivityPollerInfo = Polls(SlotType.Activity, tally.ActivityPolls, options.ActivityTaskPollerBehavior),
                TotalStickyCacheHit = tally.CacheHits,
                TotalStickyCacheMiss = tally.CacheMisses,
                CurrentStickyCacheSize = tally.CacheSize,
                Plugins = { pluginInfos },
                Environment = environment,
            };
            lastWritten = now;
            return heartbeat;
        }
    }

    // The protocol's numbers are 32 bits wide; a worker that lives for years stays at the largest.
    private static int Narrow(long number) => (int)Math.Min(number, int.MaxValue);

    private WorkerHostInfo Host() => new()
    {
        HostName = System.Net.Dns.GetHostName(),
        WorkerGroupingKey = link.GroupingKey,
        ProcessId = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture),
        CurrentHostCpuUsage = (float)use.Processors(),
        CurrentHostMemUsage = (float)HostUse.Memory(),
    };

    private WorkerSlotsInfo? Slots(SlotType type, TaskTally tally)
    {
        if (!slots.TryGetValue(type, out var own))
        {
            return null;
        }
        var inUse = own.InUse;
        var (processed, failed) = tally.Read();
        var (processedBefore, failedBefore) = toldBefore.GetValueOrDefault(type);
        toldBefore[type] = (processed, failed);
        return new()
        {
            // Minus one is the protocol's word for "no bound is known".
            CurrentAvailableSlots = own.Bound - inUse ?? -1,
            CurrentUsedSlots = inUse,
            SlotSupplierKind = own.SupplierKind,
            TotalProcessedTasks = Narrow(processed),
            TotalFailedTasks = Narrow(failed),
            LastIntervalProcessedTasks = Narrow(processed - processedBefore),
            LastIntervalFailureTasks = Narrow(failed - failedBefore),
        };
    }

    private WorkerPollerInfo? Polls(SlotType type, PollTally tally, PollerBehavior? behavior) => slots.ContainsKey(type)
        ? new()
        {
            CurrentPollers = tally.Open,
            LastSuccessfulPollTime = tally.LastTaken is { } taken ? Timestamp.FromDateTime(taken) : null,
            IsAutoscaling = behavior is PollerBehavior.Autoscaling,
        }
        : null;
}
