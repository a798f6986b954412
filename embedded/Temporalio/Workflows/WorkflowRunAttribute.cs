namespace Temporalio.Workflows;

/// <summary>Marks the one public instance method, declared on the workflow type itself, that is the workflow's entry.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class WorkflowRunAttribute : Attribute
{
}
