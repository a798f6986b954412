using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>Marks a type as a workflow.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct, Inherited = false)]
public sealed class WorkflowAttribute : Attribute
{
    /// <summary>Initializes a new instance of the <see cref="WorkflowAttribute" /> class, named after the type.</summary>
    /// <remarks>The leading "I" of an interface name is dropped.</remarks>
    public WorkflowAttribute()
    {
    }

    /// <summary>Initializes a new instance of the <see cref="WorkflowAttribute" /> class with a name.</summary>
    /// <param name="name">Workflow type name.</param>
    public WorkflowAttribute(string name) => Name = name;

    /// <summary>Gets the workflow type name, or null for the default.</summary>
    public string? Name { get; }

    /// <summary>Gets or sets a value indicating whether it takes every workflow type that has no other definition.</summary>
    public bool Dynamic { get; set; }

    /// <summary>Gets or sets the exceptions that fail the workflow rather than only its current task.</summary>
    public Type[]? FailureExceptionTypes { get; set; }

    /// <summary>Gets or sets how runs move between versions of a worker deployment.</summary>
    public VersioningBehavior VersioningBehavior { get; set; }
}
