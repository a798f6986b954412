namespace Temporalio.Workflows;

/// <summary>Marks a signal handler: a public instance method that returns <see cref="Task" />.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowSignalAttribute : Attribute
{
    /// <summary>Initializes a new instance of the <see cref="WorkflowSignalAttribute" /> class.</summary>
    /// <remarks>The name is the method's, without a trailing "Async".</remarks>
    public WorkflowSignalAttribute()
    {
    }

    /// <summary>Initializes a new instance of the <see cref="WorkflowSignalAttribute" /> class with a name.</summary>
    /// <param name="name">Signal name.</param>
    public WorkflowSignalAttribute(string name) => Name = name;

    /// <summary>Gets the signal name, or null for the default.</summary>
    public string? Name { get; }

    /// <summary>Gets or sets a short description, shown in user interfaces.</summary>
    public string? Description { get; set; }

    /// <summary>Gets or sets a value indicating whether it takes every signal that has no other handler.</summary>
    public bool Dynamic { get; set; }

    /// <summary>Gets or sets what happens when the workflow closes while this handler runs.</summary>
    public HandlerUnfinishedPolicy UnfinishedPolicy { get; set; } = HandlerUnfinishedPolicy.WarnAndAbandon;
}
