using Microsoft.Extensions.DependencyInjection;
using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>What <c>AddHostedTemporalWorker</c> returns: the handle by which workflows, activities and options are added to that worker.</summary>
public interface ITemporalWorkerServiceOptionsBuilder
{
    /// <summary>The worker's task queue.</summary>
    string TaskQueue { get; }

    /// <summary>The worker's build id, where one was given.</summary>
    [Obsolete("Use DeploymentOptions instead")]
    string? BuildId { get; }

    /// <summary>The deployment that the worker belongs to, where one was given.</summary>
    WorkerDeploymentOptions? DeploymentOptions { get; }

    /// <summary>The services that the worker is registered in.</summary>
    IServiceCollection Services { get; }
}
