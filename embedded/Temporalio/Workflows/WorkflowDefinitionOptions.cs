using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>What a dynamic workflow's <see cref="WorkflowDynamicOptionsAttribute" /> method decides for one run.</summary>
public class WorkflowDefinitionOptions : ICloneable
{
    /// <summary>Gets or sets the exceptions that fail the workflow rather than only its current task.</summary>
    public Type[]? FailureExceptionTypes { get; set; }

    /// <summary>Gets or sets how the run moves between versions of a worker deployment.</summary>
    public VersioningBehavior VersioningBehavior { get; set; }

    /// <summary>Makes a shallow copy.</summary>
    /// <returns>The copy.</returns>
    public object Clone() => MemberwiseClone();
}
