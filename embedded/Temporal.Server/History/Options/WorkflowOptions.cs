using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;
using Temporalio.Api.History.V1;
using Temporalio.Api.Workflow.V1;

namespace Temporal.Server.History.Options;

/// <summary>
/// What can be changed of a run while it is open: its priority, and its versioning override, which is kept and shown but, as nothing
/// is versioned here, routes nothing.
/// </summary>
internal static class WorkflowOptions
{
    /// <summary>The options that a run starts with.</summary>
    public static WorkflowExecutionOptions Of(WorkflowExecutionStartedEventAttributes started) =>
        new() { VersioningOverride = started.VersioningOverride, Priority = started.Priority };

    /// <summary>The options after an event.</summary>
    public static WorkflowExecutionOptions After(WorkflowExecutionOptions before, WorkflowExecutionOptionsUpdatedEventAttributes updated) =>
        new()
        {
            VersioningOverride = updated.UnsetVersioningOverride ? null : updated.VersioningOverride ?? before.VersioningOverride,
            Priority = updated.Priority ?? before.Priority,
        };

    /// <summary>Changes the options that a mask names; an event says so unless nothing changes.</summary>
    /// <param name="t">The transition.</param>
    /// <param name="wanted">The options.</param>
    /// <param name="mask">Their names, checked.</param>
    /// <param name="identity">Who wants it.</param>
    /// <returns>All options after that.</returns>
    /// <exception cref="RpcException">NotFound: the run is closed.</exception>
    public static WorkflowExecutionOptions UpdateOptions(
        this Transition t,
        WorkflowExecutionOptions wanted,
        FieldMask mask,
        string identity
    )
    {
        Signals.RequireOpen(t);
        var options = t.State.Options.Clone();
        FieldMasks.Merge(mask, wanted, options);
        if (!options.Equals(t.State.Options))
        {
            t.AddExternal(
                new HistoryEvent
                {
                    WorkflowExecutionOptionsUpdatedEventAttributes = new WorkflowExecutionOptionsUpdatedEventAttributes
                    {
                        VersioningOverride = options.VersioningOverride,
                        UnsetVersioningOverride = options.VersioningOverride is null,
                        Priority = options.Priority,
                        Identity = identity,
                    },
                }
            );
        }

        return options;
    }

    /// <summary>The override as descriptions show it; null without one.</summary>
    public static WorkflowExecutionVersioningInfo? Shown(WorkflowExecutionOptions options) =>
        options.VersioningOverride is { } versioning ? new WorkflowExecutionVersioningInfo { VersioningOverride = versioning } : null;
}
