using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// The order's own record. Task queue <see cref="TaskQueues.Orders"/>; called as <see cref="Effects.EffectRunner"/> says.
/// </summary>
public interface IOrderTransitionActivities
{
    /// <summary>
    /// Writes the order's new state and one append-only audit row in one transaction, once per (order, run, sequence): a repeated call
    /// changes nothing. The state in the table must be <see cref="OrderTransition.From"/> of the same attempt; anything else is a bug and
    /// not retryable.
    /// </summary>
    [Activity]
    public Task RecordOrderTransitionAsync(OrderTransition transition);
}

/// <summary>One change of an order's state, as it is recorded.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Attempt">The order's attempt.</param>
/// <param name="From">The state left.</param>
/// <param name="To">The state entered.</param>
/// <param name="Event">What caused it: one of <see cref="OrderEvents"/>.</param>
/// <param name="Reason">Why, for people; set for FAILED, CANCELLED and manual fulfilment.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="WorkflowRunId">The run that says so.</param>
/// <param name="Sequence">1, 2, 3… within the run; with the run it is the idempotency key.</param>
/// <param name="FailureType">For FAILED: one of <see cref="OrderFailure"/>.</param>
public sealed record OrderTransition(
    Guid OrderId,
    int Attempt,
    OrderStatus From,
    OrderStatus To,
    string Event,
    string? Reason,
    Actor Actor,
    string WorkflowRunId,
    int Sequence,
    string? FailureType = null
);
