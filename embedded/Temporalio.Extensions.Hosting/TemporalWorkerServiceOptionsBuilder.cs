using Microsoft.Extensions.DependencyInjection;
using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <inheritdoc cref="ITemporalWorkerServiceOptionsBuilder"/>
public class TemporalWorkerServiceOptionsBuilder : ITemporalWorkerServiceOptionsBuilder
{
    /// <summary>For a worker without a version.</summary>
    public TemporalWorkerServiceOptionsBuilder(string taskQueue, IServiceCollection services)
        : this(taskQueue, (string?)null, services)
    {
    }

    /// <summary>For a worker with a build id.</summary>
    public TemporalWorkerServiceOptionsBuilder(string taskQueue, string? buildId, IServiceCollection services)
    {
        TaskQueue = taskQueue;
        BuildId = buildId;
        Services = services;
    }

    /// <summary>For a worker of a deployment.</summary>
    public TemporalWorkerServiceOptionsBuilder(string taskQueue, WorkerDeploymentOptions? deploymentOptions, IServiceCollection services)
    {
        TaskQueue = taskQueue;
        DeploymentOptions = deploymentOptions;
        Services = services;
    }

    /// <inheritdoc/>
    public string TaskQueue { get; private init; }

    /// <inheritdoc/>
    [Obsolete("Use DeploymentOptions instead")]
    public string? BuildId { get; private init; }

    /// <inheritdoc/>
    public WorkerDeploymentOptions? DeploymentOptions { get; private init; }

    /// <inheritdoc/>
    public IServiceCollection Services { get; private init; }
}
