using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDelivery.Tests.Temporal.Costs;

/// <summary>What a workflow costs a genuine Temporal server, counted from its history.</summary>
/// <param name="Events">Events of the history.</param>
/// <param name="WorkflowTasks">Workflow tasks that a worker has answered.</param>
/// <param name="Transitions">Transactions, <c>stateTransitionCount</c>: what such a server works for.</param>
/// <param name="Actions">What Temporal Cloud bills.</param>
public sealed record WorkflowCost(int Events, int WorkflowTasks, int Transitions, int Actions)
{
    /// <summary>Nothing.</summary>
    public static readonly WorkflowCost None = new(0, 0, 0, 0);

    public static WorkflowCost operator +(WorkflowCost one, WorkflowCost other) =>
        new(
            one.Events + other.Events,
            one.WorkflowTasks + other.WorkflowTasks,
            one.Transitions + other.Transitions,
            one.Actions + other.Actions
        );

    /// <summary>The cost of a run that has this history.</summary>
    public static WorkflowCost Of(IReadOnlyCollection<HistoryEvent> history) =>
        new(
            history.Count,
            history.Count(e => e.EventType == EventType.WorkflowTaskCompleted),
            new TransitionRules([.. history]).Count(),
            BillingRules.Actions(history)
        );

    public override string ToString() => $"events={Events} transitions={Transitions} tasks={WorkflowTasks} actions={Actions}";
}
