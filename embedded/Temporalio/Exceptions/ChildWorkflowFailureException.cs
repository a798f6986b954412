using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>A child workflow ended without a result; the inner exception says why. Raised in workflows.</summary>
public class ChildWorkflowFailureException : FailureException
{
    /// <summary>From a received failure.</summary>
    /// <exception cref="ArgumentException">The failure is of another kind.</exception>
    internal protected ChildWorkflowFailureException(Failure failure, Exception? inner)
        : base(failure, inner)
    {
        if (failure.ChildWorkflowExecutionFailureInfo is null)
        {
            throw new ArgumentException("Not a child workflow failure: it has no child workflow failure info", nameof(failure));
        }
    }

    /// <summary>What was received.</summary>
    public new Failure Failure => base.Failure!;

    /// <summary>Namespace of the child.</summary>
    public string Namespace => Info.Namespace;

    /// <summary>Workflow id of the child.</summary>
    public string WorkflowId => Info.WorkflowExecution.WorkflowId;

    /// <summary>Run id of the child.</summary>
    public string RunId => Info.WorkflowExecution.RunId;

    /// <summary>Workflow type of the child.</summary>
    public string WorkflowType => Info.WorkflowType.Name;

    /// <summary>Why there is no further run.</summary>
    public RetryState RetryState => Info.RetryState;

    private ChildWorkflowExecutionFailureInfo Info => Failure.ChildWorkflowExecutionFailureInfo;
}
