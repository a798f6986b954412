using Temporalio.Api.Common.V1;
using Temporalio.Api.Deployment.V1;

namespace Temporal.Server.Matching;

/// <summary>Who polls a queue.</summary>
/// <param name="Identity">What the worker calls itself.</param>
/// <param name="WorkerInstanceKey">Which worker it is; empty when it does not say.</param>
internal sealed record Poller(string Identity, string WorkerInstanceKey = "")
{
    /// <summary>The most tasks a second that the queue shall hand out, to whomever; null for no opinion. Activity queues only.</summary>
    public double? MaxTasksPerSecond { get; init; }

    /// <summary>The worker's version, for descriptions.</summary>
    public WorkerVersionCapabilities? Version { get; init; }

    /// <summary>The worker's deployment, for descriptions.</summary>
    public WorkerDeploymentOptions? Deployment { get; init; }
}

/// <summary>A worker that polls, as descriptions show it.</summary>
/// <param name="Poller">The worker.</param>
/// <param name="LastAccess">Its last poll.</param>
internal sealed record PollerSeen(Poller Poller, DateTimeOffset LastAccess);
