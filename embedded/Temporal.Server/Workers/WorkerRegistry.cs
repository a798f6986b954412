using System.Collections.Concurrent;
using Temporalio.Api.Worker.V1;

namespace Temporal.Server.Workers;

/// <summary>The last heartbeat of each worker that sends any. In memory: a worker that lives tells again soon.</summary>
internal sealed class WorkerRegistry(TimeProvider clock)
{
    private const int Most = 20_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string NamespaceId, string InstanceKey), (WorkerHeartbeat Heartbeat, DateTimeOffset Seen)> workers = new();

    /// <summary>Takes a heartbeat.</summary>
    public void Record(string namespaceId, WorkerHeartbeat heartbeat)
    {
        workers[(namespaceId, heartbeat.WorkerInstanceKey)] = (heartbeat, clock.GetUtcNow());
        if (workers.Count > Most)
        {
            ForgetOldest();
        }
    }

    /// <summary>The workers of a namespace that were heard of lately.</summary>
    public IEnumerable<WorkerHeartbeat> All(string namespaceId) => workers
        .Where(pair => pair.Key.NamespaceId == namespaceId && pair.Value.Seen > clock.GetUtcNow() - Remembered)
        .Select(pair => pair.Value.Heartbeat);

    /// <summary>A worker's last heartbeat; null when it has none lately.</summary>
    public WorkerHeartbeat? Find(string namespaceId, string instanceKey) =>
        workers.TryGetValue((namespaceId, instanceKey), out var found) && found.Seen > clock.GetUtcNow() - Remembered ? found.Heartbeat : null;

    private void ForgetOldest()
    {
        foreach (var pair in workers.OrderBy(pair => pair.Value.Seen).Take(Most / 10).ToList())
        {
            workers.TryRemove(pair);
        }
    }
}
