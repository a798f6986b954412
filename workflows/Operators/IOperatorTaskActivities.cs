using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Operators;

/// <summary>
/// The operators' task list. Both workflows call it, each on its own task queue: register the implementation on both.
/// </summary>
public interface IOperatorTaskActivities
{
    /// <summary>Opens a task unless its key exists (open or closed): once only, whatever is retried.</summary>
    [Activity]
    public Task OpenOperatorTaskAsync(OperatorTask task);

    /// <summary>Closes an open task; no effect when there is none open.</summary>
    [Activity]
    public Task CloseOperatorTaskAsync(OperatorTaskClosing closing);
}
