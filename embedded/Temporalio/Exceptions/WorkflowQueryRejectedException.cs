using Temporalio.Api.Enums.V1;

namespace Temporalio.Exceptions;

/// <summary>A query was refused because of the status that the workflow is in.</summary>
public class WorkflowQueryRejectedException : TemporalException
{
    /// <summary>With the status that led to the refusal.</summary>
    public WorkflowQueryRejectedException(WorkflowExecutionStatus workflowStatus)
        : base($"Query rejected, workflow status: {workflowStatus}") => WorkflowStatus = workflowStatus;

    /// <summary>The status that led to the refusal.</summary>
    public WorkflowExecutionStatus WorkflowStatus { get; private init; }
}
