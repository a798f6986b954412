namespace Temporalio.Workflows;

/// <summary>Marks a query handler: a public instance method or property that returns a value and changes nothing.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property, Inherited = false)]
public sealed class WorkflowQueryAttribute : Attribute
{
    /// <summary>Initializes a new instance of the <see cref="WorkflowQueryAttribute" /> class, named after the member.</summary>
    public WorkflowQueryAttribute()
    {
    }

    /// <summary>Initializes a new instance of the <see cref="WorkflowQueryAttribute" /> class with a name.</summary>
    /// <param name="name">Query name.</param>
    public WorkflowQueryAttribute(string name) => Name = name;

    /// <summary>Gets the query name, or null for the default.</summary>
    public string? Name { get; }

    /// <summary>Gets or sets a short description, shown in user interfaces.</summary>
    public string? Description { get; set; }

    /// <summary>Gets or sets a value indicating whether it takes every query that has no other handler.</summary>
    public bool Dynamic { get; set; }
}
