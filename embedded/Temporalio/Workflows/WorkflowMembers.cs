namespace Temporalio.Workflows;

/// <summary>The handlers found on a workflow type.</summary>
internal sealed class WorkflowMembers
{
    internal Dictionary<string, WorkflowSignalDefinition> Signals { get; } = [];

    internal WorkflowSignalDefinition? DynamicSignal { get; set; }

    internal Dictionary<string, WorkflowQueryDefinition> Queries { get; } = [];

    internal WorkflowQueryDefinition? DynamicQuery { get; set; }

    internal Dictionary<string, WorkflowUpdateDefinition> Updates { get; } = [];

    internal WorkflowUpdateDefinition? DynamicUpdate { get; set; }

    internal Func<object?, WorkflowDefinitionOptions>? DynamicOptionsGetter { get; set; }
}
