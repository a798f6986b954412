using System.Linq.Expressions;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Effects;

/// <summary>
/// Runs a workflow's activities so that infrastructure never fails them: an activity is retried with backoff; when its deadline has passed
/// an operator task is opened, and the activity is retried until it succeeds or an operator releases it. No cancellation interrupts it, so
/// that the workflow always knows whether its effect happened.
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
/// inherited. One record in, one out. Start-to-close 15 seconds, unlimited retries with backoff up to a minute. The worker's interceptor
/// says which exceptions are retried; a non-retryable one is a bug. Business outcomes are results, never exceptions. An attempt that timed
/// out may still be running beside the next: the key in the input decides, not the order of arrival.
/// </para>
/// </summary>
/// <param name="taskKey">What the keys of this workflow's operator tasks begin with.</param>
/// <param name="orderId">The order concerned.</param>
/// <param name="deliveryOrderId">The delivery order concerned, if any.</param>
/// <param name="deadline">How long an activity may take before an operator task is opened.</param>
/// <param name="alwaysParks">
/// Whether every step with a bug waits for an operator's release like one that is overdue, and none can be declared failed. Otherwise it
/// fails the workflow's story, unless it is a step that says that it parks.
/// </param>
internal sealed class EffectRunner(string taskKey, Guid orderId, Guid? deliveryOrderId, TimeSpan deadline, bool alwaysParks = false)
{
    /// <summary>The error type of a step that an operator has declared failed.</summary>
    public const string Released = "STEP_RELEASED";

    /// <summary>The error type of a refused update ReleaseStep.</summary>
    public const string ReleaseRefused = "RELEASE_REFUSED";

    private readonly List<StuckStep> stuck = [];
    private int tasksOpened;

    // The kinds of the open tasks, by name.
    private readonly Dictionary<string, OperatorTaskKind> open = new(StringComparer.Ordinal);

    // What the slowest call may take, and a little more: this is also how long the work of a killed worker waits for the next try.
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(15);

    private static readonly RetryPolicy Backoff = new()
    {
        InitialInterval = TimeSpan.FromMilliseconds(500),
        BackoffCoefficient = 2,
        MaximumInterval = TimeSpan.FromMinutes(1),
    };

    // Far below a workflow task's ten seconds: it is never kept alive by heartbeats, which would cost more than the ordinary activity.
    private static readonly TimeSpan LocalTimeout = TimeSpan.FromSeconds(2);

    private static readonly RetryPolicy LocalBackoff = new()
    {
        InitialInterval = TimeSpan.FromMilliseconds(100),
        BackoffCoefficient = 2,
        MaximumAttempts = 4,
    };

    // The pauses between its attempts stay below the threshold: past it a pause would be a timer in the history.
    private static LocalActivityOptions Local(string step) =>
        new()
        {
            Summary = step,
            ScheduleToCloseTimeout = LocalTimeout,
            LocalRetryThreshold = LocalTimeout,
            RetryPolicy = LocalBackoff,
            CancellationToken = CancellationToken.None,
        };

    /// <summary>
    /// Options of an activity that is tried until it succeeds, or for as long as <paramref name="within"/>; the summary says what it does.
    /// </summary>
    public static ActivityOptions Options(
        TimeSpan? within,
        string summary,
        string? taskQueue = null,
        CancellationToken cancellationToken = default
    ) =>
        new()
        {
            Summary = summary,
            StartToCloseTimeout = AttemptTimeout,
            ScheduleToCloseTimeout = within,
            RetryPolicy = Backoff,
            TaskQueue = taskQueue,
            CancellationToken = cancellationToken,
        };

    /// <summary>How many steps have called an operator so far.</summary>
    public int TimesStuck { get; private set; }

    /// <summary>The kinds of the operator tasks that are open.</summary>
    public IReadOnlyList<string> OpenTasks => [.. open.Values.Select(kind => kind.WireName()).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The releases that are possible now.</summary>
    public IEnumerable<AllowedUpdate> Releases => stuck.SelectMany(step => step.Releases);

    /// <summary>How often either has changed.</summary>
    public int Changes { get; private set; }

    /// <summary>Runs an activity until it succeeds, however long that takes, or until an operator releases it.</summary>
    /// <param name="call">The activity.</param>
    /// <param name="step">What it does, for people.</param>
    /// <param name="taskQueue">Where it runs, when that is not the workflow's own queue.</param>
    /// <param name="outcomes">What an operator who skips it may say that it came to.</param>
    /// <exception cref="FailureException">The activity failed with a non-retryable error, or an operator declared it failed.</exception>
    public Task<TResult> RunAsync<TActivities, TResult>(
        Expression<Func<TActivities, Task<TResult>>> call,
        string step,
        string? taskQueue = null,
        params IReadOnlyList<StepOutcome<TResult>> outcomes
    ) =>
        InsistAsync(
            step,
            (within, cancellation) => Workflow.ExecuteActivityAsync(call, Options(within, step, taskQueue, cancellation)),
            outcomes
        );

    /// <summary>The same for an activity that answers nothing; an operator may say that it is DONE.</summary>
    /// <exception cref="FailureException">As for one that answers.</exception>
    public Task RunAsync<TActivities>(
        Expression<Func<TActivities, Task>> call,
        string step,
        string? taskQueue = null,
        Func<StepRelease, Task>? done = null
    ) =>
        InsistAsync(
            step,
            async (within, cancellation) =>
            {
                await Workflow.ExecuteActivityAsync(call, Options(within, step, taskQueue, cancellation));
                return true;
            },
            done is null ? [] : [new StepOutcome<bool>("DONE", async release =>
                    {
                        await done(release);
                        return true;
                    })]
        );

    /// <summary>Why this decision about a stuck step is not possible, in one sentence; null when it is.</summary>
    private string? ReleaseRefusal(StepRelease release) =>
        release.Actor.Kind != ActorKind.Operator ? $"actor: only an operator may release a step, not {release.Actor}"
        : string.IsNullOrWhiteSpace(release.Reason) ? "reason: a release needs one"
        : Stuck(release.Step) is { } step ? step.Refusal(release)
        : stuck.Count == 0 ? "step: no step waits for an operator"
        : $"step: '{release.Step}' does not wait for an operator; waiting: {string.Join(", ", stuck.Select(known => $"'{known.Name}'"))}";

    /// <summary>Releases a stuck step, and waits until it is.</summary>
    /// <exception cref="ApplicationFailureException">RELEASE_REFUSED: the decision is not possible (any more).</exception>
    public async Task ReleaseAsync(StepRelease release)
    {
        RefuseRelease(ReleaseRefusal(release));
        var step = Stuck(release.Step)!;
        step.Release(release);
        Changes++;
        await Workflow.WaitConditionAsync(() => !step.IsReleased || !stuck.Contains(step), CancellationToken.None);
        RefuseRelease(step.IsReleased ? $"step: '{step.Name}' has just ended by itself" : null);
    }

    /// <summary>Which values a member of a release may have now; null when that depends on the others.</summary>
    public IReadOnlyList<string>? AllowedNow(string member) =>
        member switch
        {
            "step" => [.. stuck.Select(step => step.Name)],
            "action" => [.. stuck.SelectMany(step => step.Actions).Distinct().Select(action => action.WireName())],
            "actor" => Actor.OperatorsOnly,
            _ => null,
        };

    /// <summary>Refuses a decision that is not possible.</summary>
    /// <exception cref="ApplicationFailureException">RELEASE_REFUSED, with the reason.</exception>
    public void ValidateRelease(StepRelease release) => RefuseRelease(ReleaseRefusal(release));

    /// <summary>Runs a step of our own database, within the workflow task if that takes no longer than two seconds.</summary>
    /// <param name="call">The activity.</param>
    /// <param name="step">What it does, for people.</param>
    /// <param name="parks">Whether it waits for an operator's release when it has a bug: the story cannot go on without it.</param>
    /// <exception cref="FailureException">The activity failed with a non-retryable error, or an operator declared it failed.</exception>
    public async Task<TResult> RunLocalAsync<TActivities, TResult>(
        Expression<Func<TActivities, Task<TResult>>> call,
        string step,
        bool parks = false
    )
    {
        try
        {
            return await Workflow.ExecuteLocalActivityAsync(call, Local(step));
        }
        catch (FailureException failure) when (parks || alwaysParks || !IsBug(failure))
        {
            Workflow.Logger.LogWarning("{Step} does not succeed locally: {Cause}", step, Cause(failure));
            return await InsistAsync<TResult>(
                step,
                (within, cancellation) => Workflow.ExecuteActivityAsync(call, Options(within, step, taskQueue: null, cancellation)),
                [],
                parks
            );
        }
    }

    /// <summary>
    /// The same for a step that answers nothing; where <paramref name="done"/> is given, an operator may say that it is DONE.
    /// </summary>
    /// <exception cref="FailureException">As for one that answers.</exception>
    public async Task RunLocalAsync<TActivities>(
        Expression<Func<TActivities, Task>> call,
        string step,
        Func<StepRelease, Task>? done = null
    )
    {
        try
        {
            await Workflow.ExecuteLocalActivityAsync(call, Local(step));
        }
        catch (FailureException failure) when (alwaysParks || !IsBug(failure))
        {
            Workflow.Logger.LogWarning("{Step} does not succeed locally: {Cause}", step, Cause(failure));
            await RunAsync(call, step, done: done);
        }
    }

    /// <summary>The same for an activity of another module, which is known by its name only.</summary>
    /// <exception cref="FailureException">As for an activity of one's own.</exception>
    public Task<TResult> RunByNameAsync<TResult>(
        string activity,
        object input,
        string step,
        string taskQueue,
        params IReadOnlyList<StepOutcome<TResult>> outcomes
    ) =>
        InsistAsync(
            step,
            (within, cancellation) =>
                Workflow.ExecuteActivityAsync<TResult>(activity, [input], Options(within, step, taskQueue, cancellation)),
            outcomes
        );

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
        // The same may happen again, in this run or after a reset in another. A repeated try of the activity bears the same occasion.
        var task = Task(name, kind, detail) with { Occasion = $"{Workflow.Info.RunId}/{++tasksOpened}" };
        open[name] = kind;
        Changes++;
        return RunLocalUntilDoneAsync(
            (IOperatorTaskActivities operators) => operators.OpenOperatorTaskAsync(task),
            $"open {kind.WireName()}"
        );
    }

    /// <summary>Closes an operator task.</summary>
    public Task CloseTaskAsync(string name, string resolution, Actor actor)
    {
        var closing = Closing(name, resolution, actor);
        open.Remove(name, out var kind);
        Changes++;
        return RunLocalUntilDoneAsync(
            (IOperatorTaskActivities operators) => operators.CloseOperatorTaskAsync(closing),
            $"close {kind.WireName()}"
        );
    }

    /// <summary>An operator task of this workflow, for a step that opens it in its own transaction.</summary>
    public OperatorTask Task(string name, OperatorTaskKind kind, string detail) => new(Key(name), orderId, deliveryOrderId, kind, detail);

    /// <summary>The closing of an operator task of this workflow, for a step that closes it in its own transaction.</summary>
    public OperatorTaskClosing Closing(string name, string resolution, Actor actor) => new(Key(name), resolution, actor);

    /// <summary>The innermost cause of a failure, for a person.</summary>
    public static string Cause(Exception failure) => failure.GetBaseException().Message;

    private StuckStep? Stuck(string name) => stuck.Find(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase));

    private async Task<TResult> InsistAsync<TResult>(
        string step,
        Func<TimeSpan?, CancellationToken, Task<TResult>> tryWithin,
        IReadOnlyList<StepOutcome<TResult>> outcomes,
        bool parks = false
    )
    {
        while (true)
        {
            FailureException failure;
            try
            {
                return await tryWithin(deadline, CancellationToken.None);
            }
            catch (ActivityFailureException failed) when (parks || alwaysParks || !IsBug(failed))
            {
                failure = failed;
            }

            var possible = outcomes.ToDictionary(outcome => outcome.Name, outcome => outcome.NeedsReference);
            var waiting = new StuckStep(step, possible, mayFail: !alwaysParks);
            stuck.Add(waiting);
            Changes++;
            try
            {
                var (isOver, result) = await UnstickAsync(waiting, failure, tryWithin, outcomes, parks || alwaysParks);
                if (isOver)
                {
                    return result!;
                }
            }
            finally
            {
                stuck.Remove(waiting);
                Changes++;
            }
        }
    }

    /// <summary>
    /// Calls an operator and goes on trying, unless that is no use, until the step succeeds, fails for good, or is released.
    /// </summary>
    /// <returns>Its result; or that it is to be tried from the beginning.</returns>
    private async Task<(bool IsOver, TResult? Result)> UnstickAsync<TResult>(
        StuckStep step,
        FailureException failure,
        Func<TimeSpan?, CancellationToken, Task<TResult>> tryWithin,
        IReadOnlyList<StepOutcome<TResult>> outcomes,
        bool parks
    )
    {
        var task = $"{step.Name}/stuck";
        var isBug = IsBug(failure);
        var detail = $"{step.Name} does not succeed: {Cause(failure)}";
        Workflow.Logger.LogWarning("{Detail}; an operator is called", detail);
        await OpenTaskAsync(task, isBug ? OperatorTaskKind.StepFailed : OperatorTaskKind.StepOverdue, detail);
        TimesStuck++;
        using var cancellation = new CancellationTokenSource();
        var trying = isBug ? null : tryWithin(null, cancellation.Token);
        await Workflow.WaitConditionAsync(() => step.IsReleased || trying is { IsCompleted: true }, CancellationToken.None);
        cancellation.Cancel();
        if (trying is not null)
        {
            try
            {
                var result = await trying;
                await CloseTaskAsync(task, "it succeeded in the end", Actor.System);
                return (true, result);
            }
            catch (ActivityFailureException failed) when (!step.IsReleased)
            {
                await CloseTaskAsync(task, $"it failed for good: {Cause(failed)}", Actor.System);
                if (!parks)
                {
                    throw;
                }

                return (false, default);
            }
            catch (ActivityFailureException)
            {
                // The release has interrupted it.
            }
        }

        var release = step.Take();
        await CloseTaskAsync(task, Resolution(release), release.Actor);
        return release.Action switch
        {
            StepReleaseAction.Retry => (false, default),
            StepReleaseAction.Skip => (true, await outcomes.First(outcome => outcome.Name == release.Outcome).ResultAsync(release)),
            _ => throw new ApplicationFailureException($"{step.Name}: {release.Reason}", Released, nonRetryable: true),
        };
    }

    private static string Resolution(StepRelease release) =>
        $"{release.Action.WireName()}{(release.Outcome is { } outcome ? $" as {outcome}" : null)}: {release.Reason}";

    private static void RefuseRelease(string? refusal)
    {
        if (refusal is not null)
        {
            throw new ApplicationFailureException(refusal, ReleaseRefused, nonRetryable: true);
        }
    }

    // A task about a step that does not succeed opens no task about itself.
    private static async Task RunLocalUntilDoneAsync(Expression<Func<IOperatorTaskActivities, Task>> call, string step)
    {
        try
        {
            await Workflow.ExecuteLocalActivityAsync(call, Local(step));
        }
        catch (FailureException failure) when (!IsBug(failure))
        {
            await Workflow.ExecuteActivityAsync(call, Options(within: null, step));
        }
    }

    // The SDK hands on a local activity's failure as it is, and wraps an ordinary one's.
    private static bool IsBug(FailureException failure) =>
        (failure is ActivityFailureException ? failure.InnerException : failure) is ApplicationFailureException { NonRetryable: true };

    private string Key(string name) => $"{taskKey}/{name}";
}
