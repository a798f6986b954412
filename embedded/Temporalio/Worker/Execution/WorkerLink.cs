using Temporalio.Api.Common.V1;
using Temporalio.Api.Deployment.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Client;
using Temporalio.Runtime;
using Temporalio.Runtime.Logs;
using Temporalio.Worker.Telemetry;

namespace Temporalio.Worker.Execution;

/// <summary>How one worker presents itself to the server, and its calls.</summary>
internal sealed class WorkerLink
{
    private readonly Func<ITemporalConnection> connection;

    internal WorkerLink(
        Func<ITemporalConnection> connection,
        string @namespace,
        string identity,
        TemporalWorkerOptions options,
        TemporalRuntime runtime)
    {
        this.connection = connection;
        Namespace = @namespace;
        Log = runtime.Log;
        Meter = new(runtime.Metrics, @namespace, options.TaskQueue!);
        Identity = identity;
        TaskQueue = options.TaskQueue!;
        StickyQueue = $"{identity}-{InstanceKey:N}";
        DeploymentVersion = options.DeploymentOptions?.Version;
        BuildId = DeploymentVersion?.BuildId ?? options.LegacyBuildId ?? DefaultBuildId.Value;
        UsesLegacyVersioning = options.UsesLegacyVersioning;
        if (DeploymentVersion is { } version)
        {
            DeploymentOptions = new()
            {
                DeploymentName = version.DeploymentName,
                BuildId = version.BuildId,
                WorkerVersioningMode = options.DeploymentOptions!.UseWorkerVersioning
                    ? WorkerVersioningMode.Versioned
                    : WorkerVersioningMode.Unversioned,
            };
        }
    }

    internal WorkflowService Service => connection().WorkflowService;

    internal string Namespace { get; }

    /// <summary>Gets a value indicating whether the server keeps in history what SDKs say of themselves.</summary>
    internal bool CanRecordFlags =>
        connection() is not TemporalConnection own || own.SystemInfo?.Capabilities?.SdkMetadata == true;

    /// <summary>Gets what the workers of one connection have in common.</summary>
    internal string GroupingKey => (connection() as TemporalConnection)?.WorkerGroupingKey ?? string.Empty;

    /// <summary>Gets the log of the library itself.</summary>
    internal RuntimeLog Log { get; }

    internal WorkerMeter Meter { get; }

    internal string Identity { get; }

    internal string TaskQueue { get; }

    internal string StickyQueue { get; }

    internal Guid InstanceKey { get; } = Guid.NewGuid();

    /// <summary>Gets the version that workflows see as theirs: a build id of its own even without a deployment.</summary>
    internal Common.WorkerDeploymentVersion OwnVersion => DeploymentVersion ?? new(string.Empty, BuildId);

    internal Common.WorkerDeploymentVersion? DeploymentVersion { get; }

    /// <summary>Gets or sets what the server takes; known once the namespace has been described.</summary>
    internal PayloadLimits? Limits { get; set; }

    internal Api.Deployment.V1.WorkerDeploymentOptions? DeploymentOptions { get; }

    internal WorkerVersionCapabilities VersionCapabilities => new()
    {
        BuildId = BuildId,
        UseVersioning = UsesLegacyVersioning,
    };

    internal WorkerVersionStamp VersionStamp => new() { BuildId = BuildId, UseVersioning = UsesLegacyVersioning };

    private string BuildId { get; }

    private bool UsesLegacyVersioning { get; }

    private static Lazy<string> DefaultBuildId { get; } = new(() =>
        System.Reflection.Assembly.GetEntryAssembly()?.ManifestModule.ModuleVersionId.ToString("N") ?? "unknown");

    internal TaskQueue NormalQueue() => new() { Name = TaskQueue, Kind = TaskQueueKind.Normal };

    internal TaskQueue OwnQueue() => new() { Name = StickyQueue, Kind = TaskQueueKind.Sticky, NormalName = TaskQueue };

    /// <summary>For a call that must get through if it can: retried within the client's limits.</summary>
    internal static RpcOptions Retried(CancellationToken cancellationToken) =>
        new() { Retry = true, CancellationToken = cancellationToken };
}
