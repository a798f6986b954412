using Temporalio.Api.Enums.V1;

namespace Temporal.Server.History.Commands;

/// <summary>A command cannot be carried out: nothing of the completion counts, the workflow task fails with this cause.</summary>
internal sealed class BadCommandException(WorkflowTaskFailedCause cause, string message) : Exception(message)
{
    /// <summary>The cause that history shows.</summary>
    public WorkflowTaskFailedCause Cause { get; } = cause;
}
