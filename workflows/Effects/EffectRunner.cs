using System.Linq.Expressions;
using TemporalDelivery.Workflows.Operators;
using Temporalio.Api.Enums.V1;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Effects;

/// <summary>
/// Runs a workflow's activities so that infrastructure never fails them: an activity is retried with backoff; when its deadline has passed
/// an operator task is opened, and the activity is retried until it succeeds. No cancellation interrupts it, so that the workflow always
/// knows whether its effect happened.
/// <para>
/// What that asks of every activity interface: the activity's type is the method's name without <c>Async</c>
/// (<c>RecordOrderTransition</c>), and the implementing method carries <c>[Activity]</c> too, because an interface's attribute is not
/// inherited. One record in, one out. Start-to-close 30 seconds, unlimited retries with backoff up to a minute: any exception is retried,
/// except an <c>ApplicationFailureException</c> with <c>nonRetryable: true</c>, which is for bugs only. Business outcomes are results,
/// never exceptions. An attempt that timed out may still be running beside the next: the key in the input decides, not the order of
/// arrival.
/// </para>
/// </summary>
/// <param name="taskKey">What the keys of this workflow's operator tasks begin with.</param>
/// <param name="orderId">The order concerned.</param>
/// <param name="deliveryOrderId">The delivery order concerned, if any.</param>
/// <param name="deadline">How long an activity may take before an operator task is opened.</param>
internal sealed class EffectRunner(string taskKey, Guid orderId, Guid? deliveryOrderId, TimeSpan deadline)
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(30);

    private static readonly RetryPolicy Backoff = new()
    {
        InitialInterval = TimeSpan.FromMilliseconds(500),
        BackoffCoefficient = 2,
        MaximumInterval = TimeSpan.FromMinutes(1),
    };

    /// <summary>Options of an activity that is tried until it succeeds, or for as long as <paramref name="within"/>.</summary>
    public static ActivityOptions Options(TimeSpan? within, string? taskQueue = null, CancellationToken cancellationToken = default) =>
        new()
        {
            StartToCloseTimeout = AttemptTimeout,
            ScheduleToCloseTimeout = within,
            RetryPolicy = Backoff,
            TaskQueue = taskQueue,
            CancellationToken = cancellationToken,
        };

    /// <summary>Runs an activity until it succeeds, however long that takes.</summary>
    /// <exception cref="ActivityFailureException">The activity failed with a non-retryable error, which is a bug.</exception>
    public Task<TResult> RunAsync<TActivities, TResult>(
        Expression<Func<TActivities, Task<TResult>>> call,
        string step,
        string? taskQueue = null
    ) => RetryAsync(step, within => Workflow.ExecuteActivityAsync(call, Options(within, taskQueue)));

    /// <inheritdoc cref="RunAsync{TActivities, TResult}"/>
    public Task RunAsync<TActivities>(Expression<Func<TActivities, Task>> call, string step, string? taskQueue = null) =>
        RetryAsync(step, async within =>
        {
            await Workflow.ExecuteActivityAsync(call, Options(within, taskQueue));
            return true;
        });

    /// <summary>The same for an activity of another module, which is known by its name only.</summary>
    /// <exception cref="ActivityFailureException">The activity failed with a non-retryable error, which is a bug.</exception>
    public Task<TResult> RunByNameAsync<TResult>(string activity, object input, string step, string taskQueue) =>
        RetryAsync(step, within => Workflow.ExecuteActivityAsync<TResult>(activity, [input], Options(within, taskQueue)));

    /// <summary>
    /// Runs a step that must not fail the workflow any more: a failure that no retry heals becomes an operator task, and the workflow goes
    /// on.
    /// </summary>
    public async Task RunOrOpenTaskAsync(string step, OperatorTaskKind ifItFails, Func<Task> effect)
    {
        try
        {
            await effect();
        }
        catch (ActivityFailureException failure)
        {
            await OpenTaskAsync($"{step}/failed", ifItFails, $"{step}: {Cause(failure)}");
        }
    }

    /// <summary>Opens an operator task.</summary>
    public Task OpenTaskAsync(string name, OperatorTaskKind kind, string detail)
    {
        var task = new OperatorTask(Key(name), orderId, deliveryOrderId, kind, detail);
        return Workflow.ExecuteActivityAsync((IOperatorTaskActivities operators) => operators.OpenOperatorTaskAsync(task), Options(null));
    }

    /// <summary>Closes an operator task.</summary>
    public Task CloseTaskAsync(string name, string resolution, Actor actor)
    {
        var closing = new OperatorTaskClosing(Key(name), resolution, actor);
        return Workflow.ExecuteActivityAsync(
            (IOperatorTaskActivities operators) => operators.CloseOperatorTaskAsync(closing),
            Options(null)
        );
    }

    /// <summary>The innermost cause of a failure, for a person.</summary>
    public static string Cause(Exception failure) => failure.GetBaseException().Message;

    private async Task<TResult> RetryAsync<TResult>(string step, Func<TimeSpan?, Task<TResult>> tryWithin)
    {
        string cause;
        try
        {
            return await tryWithin(deadline);
        }
        catch (ActivityFailureException failure) when (failure.RetryState != RetryState.NonRetryableFailure)
        {
            cause = Cause(failure);
        }

        await OpenTaskAsync($"{step}/overdue", OperatorTaskKind.StepOverdue, $"{step} does not succeed: {cause}");
        var result = await tryWithin(null);
        await CloseTaskAsync($"{step}/overdue", "it succeeded in the end", Actor.System);
        return result;
    }

    private string Key(string name) => $"{taskKey}/{name}";
}
