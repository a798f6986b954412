using Microsoft.Extensions.Configuration;
using TemporalDelivery.Worker.Hosting;
using Temporalio.Extensions.Hosting;

namespace TemporalDelivery.Worker.Modules;

/// <summary>The bounds of every Temporal worker of this process.</summary>
static class WorkerTuning
{
    static readonly TimeSpan GracefulShutdown = TimeSpan.FromSeconds(10);

    /// <summary>
    /// At most <c>Worker:MaxConcurrentActivities</c> activities at once (default 40, a little more than the database pool has connections), and as many
    /// workflows in memory as <c>Worker:MaxCachedWorkflows</c> (default 1000). Activities may finish for ten seconds after a stop is asked for.
    /// </summary>
    public static ITemporalWorkerServiceOptionsBuilder Tuned(this ITemporalWorkerServiceOptionsBuilder worker, IConfiguration configuration)
    {
        var activities = configuration.ReadCount("Worker:MaxConcurrentActivities", 40);
        var cached = configuration.ReadCount("Worker:MaxCachedWorkflows", 1000);
        return worker.ConfigureOptions(options =>
        {
            options.MaxConcurrentActivities = activities;
            options.MaxCachedWorkflows = cached;
            options.GracefulShutdownTimeout = GracefulShutdown;
        });
    }
}
