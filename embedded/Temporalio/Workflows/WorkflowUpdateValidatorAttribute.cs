namespace Temporalio.Workflows;

/// <summary>
/// Marks the validator of an update: a public instance method without result and with the update's parameters, which
/// refuses the update by throwing and changes nothing.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowUpdateValidatorAttribute : Attribute
{
    /// <summary>Initializes a new instance of the <see cref="WorkflowUpdateValidatorAttribute" /> class.</summary>
    /// <param name="updateMethod">Name of the update's method, usually by <c>nameof</c>.</param>
    public WorkflowUpdateValidatorAttribute(string updateMethod) => UpdateMethod = updateMethod;

    /// <summary>Gets the name of the update's method.</summary>
    public string UpdateMethod { get; private init; }
}
