using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Client;
using Temporalio.Extensions.Hosting;
using Temporalio.Worker;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Temporal clients and workers in a generic host.</summary>
public static class TemporalHostingServiceCollectionExtensions
{
    /// <summary>Adds a worker with a build id and a client of its own.</summary>
    [Obsolete("Use the AddHostedTemporalWorker overload with WorkerDeploymentOptions instead")]
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(
        this IServiceCollection services, string clientTargetHost, string clientNamespace, string taskQueue, string buildId) =>
        services.AddHostedTemporalWorker(taskQueue, buildId).ConfigureOptions(options => options.ClientOptions = Connect(clientTargetHost, clientNamespace));

    /// <summary>Adds a worker with a build id, on the host's <see cref="ITemporalClient"/> unless its options say otherwise.</summary>
    [Obsolete("Use the AddHostedTemporalWorker overload with WorkerDeploymentOptions instead")]
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(this IServiceCollection services, string taskQueue, string buildId)
    {
        AddService(services, new TemporalWorkerServiceIdentifier(taskQueue, buildId, VersionIsBuildId: true));
        return new TemporalWorkerServiceOptionsBuilder(taskQueue, buildId, services).ConfigureOptions(
            options =>
            {
                options.TaskQueue = taskQueue;
                options.BuildId = buildId;
            },
            disallowDuplicates: true);
    }

    /// <summary>Adds a worker with a client of its own.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="clientTargetHost">Temporal's <c>host:port</c>.</param>
    /// <param name="clientNamespace">The namespace.</param>
    /// <param name="taskQueue">The queue to work on; unique in the host together with the version.</param>
    /// <param name="deploymentOptions">The deployment that the worker belongs to; its version must be set.</param>
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(
        this IServiceCollection services,
        string clientTargetHost,
        string clientNamespace,
        string taskQueue,
        WorkerDeploymentOptions? deploymentOptions = null) =>
        services.AddHostedTemporalWorker(taskQueue, deploymentOptions)
            .ConfigureOptions(options => options.ClientOptions = Connect(clientTargetHost, clientNamespace));

    /// <summary>Adds a worker on the host's <see cref="ITemporalClient"/> (see <c>AddTemporalClient</c>) unless its options say otherwise.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="taskQueue">The queue to work on; unique in the host together with the version.</param>
    /// <param name="deploymentOptions">The deployment that the worker belongs to; its version must be set.</param>
    /// <exception cref="ArgumentException">The deployment has no version.</exception>
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(
        this IServiceCollection services, string taskQueue, WorkerDeploymentOptions? deploymentOptions = null)
    {
        if (deploymentOptions is { Version: null })
        {
            throw new ArgumentException("The deployment's version must be set", nameof(deploymentOptions));
        }

        AddService(services, new TemporalWorkerServiceIdentifier(taskQueue, deploymentOptions?.Version?.ToCanonicalString(), VersionIsBuildId: false));
        return new TemporalWorkerServiceOptionsBuilder(taskQueue, deploymentOptions, services).ConfigureOptions(
            options =>
            {
                options.TaskQueue = taskQueue;
                options.DeploymentOptions = deploymentOptions;
            },
            disallowDuplicates: true);
    }

    /// <summary>Adds a lazily connected <see cref="ITemporalClient"/>, unless there is one; further options may be set on what this returns.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="clientTargetHost">Temporal's <c>host:port</c>.</param>
    /// <param name="clientNamespace">The namespace; null leaves it as it is.</param>
    public static OptionsBuilder<TemporalClientConnectOptions> AddTemporalClient(
        this IServiceCollection services, string? clientTargetHost = null, string? clientNamespace = null)
    {
        services.TryAddSingleton<ITemporalClient>(provider =>
            TemporalClient.CreateLazy(provider.GetRequiredService<IOptions<TemporalClientConnectOptions>>().Value));
        var builder = services.AddOptions<TemporalClientConnectOptions>();
        if (clientTargetHost is not null || clientNamespace is not null)
        {
            builder.Configure(options =>
            {
                options.TargetHost = clientTargetHost;
                options.Namespace = clientNamespace ?? options.Namespace;
            });
        }

        return builder.Configure<IServiceProvider>((options, provider) =>
            options.LoggerFactory = provider.GetService<ILoggerFactory>() ?? options.LoggerFactory);
    }

    /// <summary>Adds a lazily connected <see cref="ITemporalClient"/>, unless there is one.</summary>
    public static IServiceCollection AddTemporalClient(this IServiceCollection services, Action<TemporalClientConnectOptions> configureClient)
    {
        services.AddTemporalClient().Configure(configureClient);
        return services;
    }

    // Not AddHostedService: that adds a type once, and a host may run several workers.
    private static void AddService(IServiceCollection services, TemporalWorkerServiceIdentifier id) =>
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<TemporalWorkerService>(provider, id));

    private static TemporalClientConnectOptions Connect(string targetHost, string @namespace) => new(targetHost) { Namespace = @namespace };
}
