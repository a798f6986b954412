using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Machines;

/// <summary>A request that another workflow cancel, until the server has delivered it or could not.</summary>
internal sealed class ExternalCancelMachine : CommandMachine
{
    private readonly RequestCancelExternalWorkflowExecutionCommandAttributes attributes;
    private readonly Action<Failure?> ended;

    internal ExternalCancelMachine(
        IMachineHost host, RequestCancelExternalWorkflowExecutionCommandAttributes attributes, Action<Failure?> ended)
        : base(host)
    {
        this.attributes = attributes;
        this.ended = ended;
        host.Issue(this, new()
        {
            CommandType = CommandType.RequestCancelExternalWorkflowExecution,
            RequestCancelExternalWorkflowExecutionCommandAttributes = attributes,
        });
    }

    internal override string DescribeCommand() =>
        $"RequestCancelExternalWorkflowExecution (workflow id {attributes.WorkflowId})";

    internal override void OnCommandEvent(HistoryEvent e)
    {
        if (e.EventType != EventType.RequestCancelExternalWorkflowExecutionInitiated)
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
    }

    internal override void OnEvent(HistoryEvent e)
    {
        if (e.EventType == EventType.ExternalWorkflowExecutionCancelRequested)
        {
            ended(null);
        }
        else if (e.RequestCancelExternalWorkflowExecutionFailedEventAttributes is { } failed)
        {
            var reason = failed.Cause == CancelExternalWorkflowExecutionFailedCause.Unspecified ? "unknown" : "not found";
            ended(new()
            {
                Message = $"Unable to cancel external workflow because {reason}",
                ApplicationFailureInfo = new() { Type = failed.Cause.ToString() },
            });
        }
        else
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
    }
}
