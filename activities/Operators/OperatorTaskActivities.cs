using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows.Operators;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Operators;

/// <inheritdoc cref="IOperatorTaskActivities"/>
public sealed class OperatorTaskActivities(OperatorTaskStore tasks) : IOperatorTaskActivities
{
    static CancellationToken Cancelled => ActivityExecutionContext.Current.CancellationToken;

    /// <inheritdoc/>
    [Activity]
    public Task OpenOperatorTaskAsync(OperatorTask task) => tasks.OpenAsync(task, Cancelled);

    /// <inheritdoc/>
    [Activity]
    public Task CloseOperatorTaskAsync(OperatorTaskClosing closing) => tasks.CloseAsync(closing, Cancelled);
}
