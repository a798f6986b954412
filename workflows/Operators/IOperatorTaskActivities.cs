using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Operators;

/// <summary>
/// The operators' task list. Both workflows call it, each on its own task queue: register the implementation on both.
/// </summary>
public interface IOperatorTaskActivities
{
    /// <summary>
    /// Opens a task: once for each <see cref="OperatorTask.Occasion"/>, whatever is retried. While one of its key is open, that one gets the
    /// detail.
    /// </summary>
    [Activity]
    public Task OpenOperatorTaskAsync(OperatorTask task);

    /// <summary>Closes an open task; no effect when there is none open.</summary>
    [Activity]
    public Task CloseOperatorTaskAsync(OperatorTaskClosing closing);
}
