using Temporalio.Client;
using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>Options of a hosted worker: those of any worker, and how it comes to its client.</summary>
public class TemporalWorkerServiceOptions : TemporalWorkerOptions
{
    /// <summary>Options without a task queue yet.</summary>
    public TemporalWorkerServiceOptions()
    {
    }

    /// <summary>Options for a task queue.</summary>
    public TemporalWorkerServiceOptions(string taskQueue)
        : base(taskQueue)
    {
    }

    /// <summary>How the worker connects a client of its own; null makes it use the host's <see cref="ITemporalClient"/>.</summary>
    public TemporalClientConnectOptions? ClientOptions { get; set; }

    /// <summary>Lets somebody replace the running worker's client, for example after a certificate was renewed.</summary>
    public TemporalWorkerClientUpdater? WorkerClientUpdater { get; set; }

    /// <inheritdoc/>
    public override object Clone()
    {
        var copy = (TemporalWorkerServiceOptions)base.Clone();
        copy.ClientOptions = (TemporalClientConnectOptions?)ClientOptions?.Clone();
        return copy;
    }

    /// <summary>The name under which a worker's options are registered: its task queue, and its version where it has one.</summary>
    internal static string GetUniqueOptionsName(string taskQueue, string? version) =>
        version is null ? taskQueue : $"{taskQueue}\0{version}";
}
