using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Api.Operators;

/// <summary>The workflow that decides a task, as long as it runs.</summary>
/// <param name="WorkflowId">Its id.</param>
/// <param name="RunId">The only run that does; null when any does.</param>
/// <param name="Call">The call that is the decision.</param>
internal sealed record TaskWorkflow(string WorkflowId, string? RunId, string Call)
{
    /// <summary>Null when an operator's word decides.</summary>
    public static TaskWorkflow? Of(StoredTask task)
    {
        var (workflowId, path) =
            task.DeliveryOrderId is { } delivery ? (WorkflowIds.Delivery(delivery), $"/deliveries/{delivery}")
            : task.OrderId is { } order ? (WorkflowIds.Order(order), $"/orders/{order}")
            : ("", "");
        return WireNames.Parse<OperatorTaskKind>(task.Kind).DecidedBy() switch
        {
            // A delivery may go on in another run while it waits. A step is stuck in one run: after a reset it is another's.
            OperatorDecision.Resolve => new(workflowId, RunId: null, $"POST {path}/resolution"),
            OperatorDecision.ReleaseStep => new(workflowId, task.WorkflowRun, $"POST {path}/steps/release"),
            _ => null,
        };
    }
}
