using System.Collections.Concurrent;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Worker.V1;

namespace Temporal.Server.Workers;

/// <summary>The last heartbeat of each worker that sends any. In memory: a worker that lives tells again soon.</summary>
internal sealed class WorkerRegistry(TimeProvider clock)
{
    private const int Most = 20_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<
        (string NamespaceId, string InstanceKey),
        (WorkerHeartbeat Heartbeat, DateTimeOffset Seen)
    > workers = new();

    /// <summary>Takes a heartbeat; none from a worker that has left, whose last ones may still be on their way.</summary>
    public void Record(string namespaceId, WorkerHeartbeat heartbeat)
    {
        workers.AddOrUpdate(
            (namespaceId, heartbeat.WorkerInstanceKey),
            static (_, latest) => latest,
            static (_, known, latest) => known.Heartbeat.Status == WorkerStatus.Shutdown ? known : latest,
            (heartbeat, clock.GetUtcNow())
        );
        if (workers.Count > Most)
        {
            ForgetOldest();
        }
    }

    /// <summary>The workers of a namespace that were heard of lately.</summary>
    public IEnumerable<WorkerHeartbeat> All(string namespaceId) =>
        workers
            .Where(pair => pair.Key.NamespaceId == namespaceId && pair.Value.Seen > clock.GetUtcNow() - Remembered)
            .Select(pair => pair.Value.Heartbeat);

    /// <summary>A worker's last heartbeat; null when it has none lately.</summary>
    public WorkerHeartbeat? Find(string namespaceId, string instanceKey) =>
        workers.TryGetValue((namespaceId, instanceKey), out var found) && found.Seen > clock.GetUtcNow() - Remembered
            ? found.Heartbeat
            : null;

    private void ForgetOldest()
    {
        // ToArray is the dictionary's own: LINQ's, on which sorting rests, fails when a worker comes in between.
        foreach (var pair in workers.ToArray().OrderBy(pair => pair.Value.Seen).Take(Most / 10))
        {
            workers.TryRemove(pair);
        }
    }
}
