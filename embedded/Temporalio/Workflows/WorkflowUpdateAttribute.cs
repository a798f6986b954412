namespace Temporalio.Workflows;

/// <summary>Marks an update handler: a public instance method that returns a <see cref="Task" />.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowUpdateAttribute : Attribute
{
    /// <summary>Initializes a new instance of the <see cref="WorkflowUpdateAttribute" /> class.</summary>
    /// <remarks>The name is the method's, without a trailing "Async".</remarks>
    public WorkflowUpdateAttribute()
    {
    }

    /// <summary>Initializes a new instance of the <see cref="WorkflowUpdateAttribute" /> class with a name.</summary>
    /// <param name="name">Update name.</param>
    public WorkflowUpdateAttribute(string name) => Name = name;

    /// <summary>Gets the update name, or null for the default.</summary>
    public string? Name { get; }

    /// <summary>Gets or sets a short description, shown in user interfaces.</summary>
    public string? Description { get; set; }

    /// <summary>Gets or sets a value indicating whether it takes every update that has no other handler.</summary>
    public bool Dynamic { get; set; }

    /// <summary>Gets or sets what happens when the workflow closes while this handler runs.</summary>
    public HandlerUnfinishedPolicy UnfinishedPolicy { get; set; } = HandlerUnfinishedPolicy.WarnAndAbandon;
}
