using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker.Machines;

/// <summary>A signal to another workflow, until the server has delivered it or could not.</summary>
internal sealed class ExternalSignalMachine : CommandMachine
{
    private readonly WorkflowIntent.SignalExternal intent;
    private State state = State.Issued;

    internal ExternalSignalMachine(IMachineHost host, WorkflowIntent.SignalExternal intent)
        : base(host)
    {
        this.intent = intent;
        host.Issue(this, new()
        {
            CommandType = CommandType.SignalExternalWorkflowExecution,
            SignalExternalWorkflowExecutionCommandAttributes = intent.Attributes,
        });
    }

    private enum State
    {
        Issued,
        Initiated,
        Withdrawn,
        Ended,
    }

    internal override bool IsWithdrawn => state == State.Withdrawn;

    internal override string DescribeCommand() =>
        $"SignalExternalWorkflowExecution (signal {intent.Attributes.SignalName} to {intent.Attributes.Execution.WorkflowId})";

    /// <summary>Takes the signal back if it is not sent yet; afterwards there is nothing to cancel.</summary>
    internal void Cancel()
    {
        if (state != State.Issued)
        {
            return;
        }
        state = State.Withdrawn;
        Resolve(new()
        {
            Message = "Signal was cancelled before being sent",
            CanceledFailureInfo = new(),
        });
    }

    internal override void OnCommandEvent(HistoryEvent e)
    {
        if (e.EventType != EventType.SignalExternalWorkflowExecutionInitiated)
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
        state = State.Initiated;
    }

    internal override void OnEvent(HistoryEvent e)
    {
        if (e.EventType == EventType.ExternalWorkflowExecutionSignaled)
        {
            Resolve(null);
        }
        else if (e.SignalExternalWorkflowExecutionFailedEventAttributes is { } failed)
        {
            var reason = failed.Cause switch
            {
                SignalExternalWorkflowExecutionFailedCause.Unspecified => "unknown",
                SignalExternalWorkflowExecutionFailedCause.SignalCountLimitExceeded =>
                    "The per-workflow signal limit was exceeded",
                _ => "it was not found",
            };
            Resolve(new()
            {
                Message = $"Unable to signal external workflow because {reason}",
                ApplicationFailureInfo = new() { Type = failed.Cause.ToString() },
            });
        }
        else
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
        state = State.Ended;
    }

    private void Resolve(Failure? failure) =>
        Host.Resolve(new ActivationJob.ResolveExternalSignal(intent.Seq, failure));
}
