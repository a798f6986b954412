using Microsoft.Extensions.Configuration;
using TemporalDelivery.Hosting.Configuration;
using Temporalio.Extensions.Hosting;
using Temporalio.Worker;

namespace TemporalDelivery.Worker.Modules;

/// <summary>The options of every Temporal worker of this process.</summary>
internal static class WorkerTuning
{
    private static readonly TimeSpan GracefulShutdown = TimeSpan.FromSeconds(10);

    /// <summary>
    /// At most <c>Worker:MaxConcurrentActivities</c> activities at once (default 40, a little more than the database pool has connections),
    /// and as many workflows in memory as <c>Worker:MaxCachedWorkflows</c> (default 1000). Activities may finish for ten seconds after a
    /// stop is asked for. Workflows answer the query <c>__stack_trace</c>, which the Temporal Web UI shows: where each waits.
    /// </summary>
    public static ITemporalWorkerServiceOptionsBuilder Tuned(this ITemporalWorkerServiceOptionsBuilder worker, IConfiguration configuration)
    {
        var activities = configuration.Count("Worker:MaxConcurrentActivities", 40);
        var cached = configuration.Count("Worker:MaxCachedWorkflows", 1000);
        return worker.ConfigureOptions(options =>
        {
            options.MaxConcurrentActivities = activities;
            options.MaxCachedWorkflows = cached;
            options.GracefulShutdownTimeout = GracefulShutdown;
            options.WorkflowStackTrace = WorkflowStackTrace.Normal;
        });
    }
}
