using System.Linq.Expressions;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Workflows.Operators;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Effects;

/// <summary>
/// Runs a workflow's activities so that infrastructure never fails them: an activity is retried with backoff; when its deadline has passed
/// an operator task is opened, and the activity is retried until it succeeds. No cancellation interrupts it, so that the workflow always
/// knows whether its effect happened.
/// <para>
/// What touches our own database only is run locally (<see cref="RunLocalAsync{TActivities, TResult}"/>): within the workflow task, so that
/// it costs the Temporal server one event and no state transition. It has two seconds; whatever does not succeed by then becomes an
/// ordinary activity, so that an outage neither blocks workflow tasks nor fills histories. What speaks to others is always an ordinary
/// activity. A local step may have happened without any history knowing it (the worker died before its workflow task was completed): it
/// runs again, and answers what it answered first.
/// </para>
/// <para>
/// What that asks of every activity interface: the activity's type is the method's name without <c>Async</c>
/// (<c>AdmitOrder</c>), and the implementing method carries <c>[Activity]</c> too, because an interface's attribute is not
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

    // Far below a workflow task's ten seconds: it is never kept alive by heartbeats, which would cost more than the ordinary activity.
    private static readonly TimeSpan LocalTimeout = TimeSpan.FromSeconds(2);

    // The pauses between its attempts stay below the threshold: past it a pause would be a timer in the history.
    private static readonly LocalActivityOptions Local = new()
    {
        ScheduleToCloseTimeout = LocalTimeout,
        LocalRetryThreshold = LocalTimeout,
        RetryPolicy = new()
        {
            InitialInterval = TimeSpan.FromMilliseconds(100),
            BackoffCoefficient = 2,
            MaximumAttempts = 4,
        },
        CancellationToken = CancellationToken.None,
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

    /// <summary>Runs a step of our own database, within the workflow task if that takes no longer than two seconds.</summary>
    /// <exception cref="FailureException">The activity failed with a non-retryable error, which is a bug.</exception>
    public async Task<TResult> RunLocalAsync<TActivities, TResult>(Expression<Func<TActivities, Task<TResult>>> call, string step)
    {
        try
        {
            return await Workflow.ExecuteLocalActivityAsync(call, Local);
        }
        catch (FailureException failure) when (!IsBug(failure))
        {
            Workflow.Logger.LogWarning("{Step} does not succeed locally: {Cause}", step, Cause(failure));
            return await RunAsync(call, step);
        }
    }

    /// <inheritdoc cref="RunLocalAsync{TActivities, TResult}"/>
    public async Task RunLocalAsync<TActivities>(Expression<Func<TActivities, Task>> call, string step)
    {
        try
        {
            await Workflow.ExecuteLocalActivityAsync(call, Local);
        }
        catch (FailureException failure) when (!IsBug(failure))
        {
            Workflow.Logger.LogWarning("{Step} does not succeed locally: {Cause}", step, Cause(failure));
            await RunAsync(call, step);
        }
    }

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
        catch (FailureException failure)
        {
            await OpenTaskAsync($"{step}/failed", ifItFails, $"{step}: {Cause(failure)}");
        }
    }

    /// <summary>Opens an operator task.</summary>
    public Task OpenTaskAsync(string name, OperatorTaskKind kind, string detail)
    {
        var task = Task(name, kind, detail);
        return RunLocalUntilDoneAsync((IOperatorTaskActivities operators) => operators.OpenOperatorTaskAsync(task));
    }

    /// <summary>Closes an operator task.</summary>
    public Task CloseTaskAsync(string name, string resolution, Actor actor)
    {
        var closing = Closing(name, resolution, actor);
        return RunLocalUntilDoneAsync((IOperatorTaskActivities operators) => operators.CloseOperatorTaskAsync(closing));
    }

    /// <summary>An operator task of this workflow, for a step that opens it in its own transaction.</summary>
    public OperatorTask Task(string name, OperatorTaskKind kind, string detail) => new(Key(name), orderId, deliveryOrderId, kind, detail);

    /// <summary>The closing of an operator task of this workflow, for a step that closes it in its own transaction.</summary>
    public OperatorTaskClosing Closing(string name, string resolution, Actor actor) => new(Key(name), resolution, actor);

    /// <summary>The innermost cause of a failure, for a person.</summary>
    public static string Cause(Exception failure) => failure.GetBaseException().Message;

    private async Task<TResult> RetryAsync<TResult>(string step, Func<TimeSpan?, Task<TResult>> tryWithin)
    {
        string cause;
        try
        {
            return await tryWithin(deadline);
        }
        catch (ActivityFailureException failure) when (!IsBug(failure))
        {
            cause = Cause(failure);
        }

        await OpenTaskAsync($"{step}/overdue", OperatorTaskKind.StepOverdue, $"{step} does not succeed: {cause}");
        var result = await tryWithin(null);
        await CloseTaskAsync($"{step}/overdue", "it succeeded in the end", Actor.System);
        return result;
    }

    // A task about a step that does not succeed opens no task about itself.
    private static async Task RunLocalUntilDoneAsync(Expression<Func<IOperatorTaskActivities, Task>> call)
    {
        try
        {
            await Workflow.ExecuteLocalActivityAsync(call, Local);
        }
        catch (FailureException failure) when (!IsBug(failure))
        {
            await Workflow.ExecuteActivityAsync(call, Options(within: null));
        }
    }

    // The SDK hands on a local activity's failure as it is, and wraps an ordinary one's.
    private static bool IsBug(FailureException failure) =>
        (failure is ActivityFailureException ? failure.InnerException : failure) is ApplicationFailureException { NonRetryable: true };

    private string Key(string name) => $"{taskKey}/{name}";
}
