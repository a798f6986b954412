using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Client;
using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>Runs a <see cref="TemporalWorker"/> for as long as the host runs. A worker that fails ends the host as any background service does.</summary>
public class TemporalWorkerService : BackgroundService
{
    // One of the two: a client of the worker's own, still to be connected, or the host's.
    private readonly TemporalClientConnectOptions? clientOptions;
    private readonly ITemporalClient? existingClient;
    private readonly TemporalWorkerOptions workerOptions;
    private readonly TemporalWorkerClientUpdater? clientUpdater;

    /// <summary>A worker that connects a client of its own.</summary>
    /// <exception cref="ArgumentException">The options have no client options.</exception>
    public TemporalWorkerService(TemporalWorkerServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        clientOptions = options.ClientOptions ?? throw new ArgumentException("Client options is required", nameof(options));
        workerOptions = options;
        clientUpdater = options.WorkerClientUpdater;
    }

    /// <summary>A worker that connects a client of its own.</summary>
    public TemporalWorkerService(TemporalClientConnectOptions clientOptions, TemporalWorkerOptions workerOptions)
    {
        this.clientOptions = clientOptions;
        this.workerOptions = workerOptions;
    }

    /// <summary>A worker on an existing client.</summary>
    public TemporalWorkerService(ITemporalClient client, TemporalWorkerOptions workerOptions)
    {
        existingClient = client;
        this.workerOptions = workerOptions;
    }

    /// <summary>An older form of the constructor that dependency injection uses.</summary>
    [Obsolete("Deprecated older form of DI constructor, task queue + build ID tuple one is used instead.")]
    public TemporalWorkerService(
        string taskQueue,
        string? buildId,
        IOptionsMonitor<TemporalWorkerServiceOptions> optionsMonitor,
        ITemporalClient? existingClient = null,
        ILoggerFactory? loggerFactory = null)
        : this(new TemporalWorkerServiceIdentifier(taskQueue, buildId, VersionIsBuildId: true), optionsMonitor, existingClient, loggerFactory)
    {
    }

    /// <summary>An older form of the constructor that dependency injection uses.</summary>
    [Obsolete("Deprecated older form of DI constructor, TemporalWorkerServiceIdentifier one is used instead.")]
    public TemporalWorkerService(
        (string TaskQueue, string? BuildId) taskQueueAndBuildId,
        IOptionsMonitor<TemporalWorkerServiceOptions> optionsMonitor,
        ITemporalClient? existingClient = null,
        ILoggerFactory? loggerFactory = null)
        : this(
            new TemporalWorkerServiceIdentifier(taskQueueAndBuildId.TaskQueue, taskQueueAndBuildId.BuildId, VersionIsBuildId: true),
            optionsMonitor,
            existingClient,
            loggerFactory)
    {
    }

    /// <summary>The constructor that dependency injection uses: takes the worker's options by the name that its identifier gives.</summary>
    /// <exception cref="InvalidOperationException">The options name another queue or version, or there is neither a client nor options for one.</exception>
    [ActivatorUtilitiesConstructor]
    public TemporalWorkerService(
        TemporalWorkerServiceIdentifier serviceId,
        IOptionsMonitor<TemporalWorkerServiceOptions> optionsMonitor,
        ITemporalClient? existingClient = null,
        ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(serviceId);
        ArgumentNullException.ThrowIfNull(optionsMonitor);
        var name = TemporalWorkerServiceOptions.GetUniqueOptionsName(serviceId.TaskQueue, serviceId.Version);
        var options = (TemporalWorkerServiceOptions)optionsMonitor.Get(name).Clone();
        RequireSame("Task queue", serviceId.TaskQueue, options.TaskQueue);
        RequireSame(
            serviceId.VersionIsBuildId ? "Build ID" : "Deployment version",
            serviceId.Version,
            serviceId.VersionIsBuildId ? options.BuildId : options.DeploymentOptions?.Version?.ToCanonicalString());

        workerOptions = options;
        options.LoggerFactory ??= loggerFactory!;
        clientUpdater = options.WorkerClientUpdater;
        clientOptions = options.ClientOptions;
        if (clientOptions is null)
        {
            this.existingClient = existingClient
                ?? throw new InvalidOperationException("Cannot start worker service with no client and no client connect options");
        }
        else if (options.LoggerFactory is { } factory)
        {
            clientOptions.LoggerFactory = factory;
        }
    }

    /// <summary>Connects, then runs the worker until the host stops; returns when its running work is finished.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var client = existingClient ?? await TemporalClient.ConnectAsync(clientOptions!).ConfigureAwait(false);
        // The host's client may be a lazy one that nobody has used yet.
        await client.Connection.ConnectAsync().ConfigureAwait(false);
        using var worker = new TemporalWorker(client, workerOptions);
        void OnUpdated(object? sender, IWorkerClient updated) => worker.Client = updated;

        clientUpdater?.Subscribe(OnUpdated);
        try
        {
            await worker.ExecuteAsync(stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            clientUpdater?.Unsubscribe(OnUpdated);
        }
    }

    private static void RequireSame(string what, string? registered, string? configured)
    {
        if (registered != configured)
        {
            throw new InvalidOperationException(
                $"{what} '{registered ?? "<unset>"}' on constructor different than '{configured ?? "<unset>"}' on options");
        }
    }
}
