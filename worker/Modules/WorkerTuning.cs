using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Failures;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Workflows;
using Temporalio.Extensions.Hosting;
using Temporalio.Worker;

namespace TemporalDelivery.Worker.Modules;

/// <summary>The options of every Temporal worker of this process.</summary>
internal static class WorkerTuning
{
    // Two processors are kept busy by fewer polls than the SDK's five of each kind for each of three workers.
    private const int Polls = 4;

    private const string Deployment = "temporal-delivery";

    // Eight seconds for what is begun and the rest for saying so: whoever stops a process waits for fifteen at least.
    private static readonly TimeSpan GracefulShutdown = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan HostShutdown = TimeSpan.FromSeconds(12);

    /// <summary>
    /// As much at once as <see cref="WorkerSlots"/> says (of activities as many as <c>Worker:MaxConcurrentActivities</c> where that is
    /// set). <c>Worker:MaxCachedWorkflows</c> of a queue stay in memory; another one is replayed from its history. Without the setting it
    /// is 800 deliveries, which wait for events, and 400 orders, which are in a hurry only at first: measured, each takes 100 KiB, so that
    /// the process stays under 512 MiB however many are open. Workflows answer the query <c>__stack_trace</c>, which the Temporal Web UI
    /// shows: where each waits. Histories and the list of workers tell the queue, the host, the process and the build.
    /// </summary>
    public static ITemporalWorkerServiceOptionsBuilder AddWorker(this HostApplicationBuilder builder, string taskQueue)
    {
        // The build is told, and decides nothing: any build takes any workflow on.
        var deployment = new WorkerDeploymentOptions(new(Deployment, ProcessIdentity.Build), useWorkerVersioning: false);
        var worker = builder.Services.AddHostedTemporalWorker(taskQueue, deployment);
        var configuration = builder.Configuration;
        var activities = configuration.Count("Worker:MaxConcurrentActivities", otherwise: 0);
        var cached = configuration.Count("Worker:MaxCachedWorkflows", taskQueue == TaskQueues.Deliveries ? 800 : 400);
        worker
            .ConfigureOptions()
            .Configure<NpgsqlConnectionStringBuilder>(
                (options, database) =>
                {
                    var slots = WorkerSlots.Of(database.MaxPoolSize);
                    options.MaxConcurrentLocalActivities = slots.LocalActivities;
                    options.MaxConcurrentActivities = activities > 0 ? activities : slots.Activities;
                    options.MaxConcurrentWorkflowTasks = slots.WorkflowTasks;
                    options.MaxConcurrentWorkflowTaskPolls = Polls;
                    options.MaxConcurrentActivityTaskPolls = Polls;
                    options.MaxCachedWorkflows = cached;
                    options.Identity = ProcessIdentity.Of(taskQueue);
                    options.GracefulShutdownTimeout = GracefulShutdown;
                    options.WorkflowStackTrace = WorkflowStackTrace.Normal;
                    options.Interceptors = [new FailureInterceptor()];

                    // It convicts a workflow that leaves its scheduler, as the tests would; and makes every await of the process an event.
                    options.DisableWorkflowTracingEventListener = true;
                }
            );
        return worker;
    }

    /// <summary>
    /// Lets all parts of the host stop at once: so each worker has its whole time to finish what it has begun, local activities included.
    /// </summary>
    public static void AddGracefulStop(this HostApplicationBuilder builder) =>
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ServicesStopConcurrently = true;
            options.ShutdownTimeout = HostShutdown;
        });
}
