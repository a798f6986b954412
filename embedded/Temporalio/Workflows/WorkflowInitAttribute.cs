namespace Temporalio.Workflows;

/// <summary>Marks the public constructor that takes the same parameters as the run method.</summary>
[AttributeUsage(AttributeTargets.Constructor, Inherited = false)]
public sealed class WorkflowInitAttribute : Attribute
{
}
