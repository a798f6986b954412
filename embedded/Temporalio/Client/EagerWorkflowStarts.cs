using System.Collections.Concurrent;
using Temporalio.Api.WorkflowService.V1;

namespace Temporalio.Client;

/// <summary>
/// The workers of one connection that can take a workflow's first task along with the answer to its start. A client that
/// requests an eager start reserves room at one of its namespace and task queue first.
/// </summary>
internal sealed class EagerWorkflowStarts
{
    private readonly ConcurrentDictionary<(string Namespace, string TaskQueue), Worker[]> workers = new();

    /// <summary>Reserves room for one task at a worker of this process; null if it has none now.</summary>
    internal delegate IReservation? Worker();

    /// <summary>Room for one task, to be used or given back.</summary>
    internal interface IReservation : IDisposable
    {
        /// <summary>Hands the task over; the room is the worker's from here on.</summary>
        void Take(PollWorkflowTaskQueueResponse task);
    }

    internal void Add(string @namespace, string taskQueue, Worker worker) => workers.AddOrUpdate(
        (@namespace, taskQueue), _ => [worker], (_, others) => [.. others, worker]);

    internal void Remove(string @namespace, string taskQueue, Worker worker) => workers.AddOrUpdate(
        (@namespace, taskQueue), _ => [], (_, all) => [.. all.Where(other => other != worker)]);

    internal IReservation? TryReserve(string @namespace, string taskQueue) =>
        workers.GetValueOrDefault((@namespace, taskQueue), [])
            .Select(worker => worker())
            .FirstOrDefault(reservation => reservation != null);
}
