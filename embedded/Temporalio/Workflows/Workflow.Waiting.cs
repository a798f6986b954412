namespace Temporalio.Workflows;

public static partial class Workflow
{
    /// <summary>Waits for a durable timer.</summary>
    /// <param name="millisecondsDelay">How long, in milliseconds; see <see cref="DelayOptions.Delay" />.</param>
    /// <param name="cancellationToken">Cancels the timer; null means the workflow's own token.</param>
    /// <returns>A task that ends when the timer fires.</returns>
    public static Task DelayAsync(int millisecondsDelay, CancellationToken? cancellationToken = null) =>
        Context.DelayWithOptionsAsync(new(millisecondsDelay, cancellationToken: cancellationToken));

    /// <summary>Waits for a durable timer.</summary>
    /// <param name="delay">How long; see <see cref="DelayOptions.Delay" />.</param>
    /// <param name="cancellationToken">Cancels the timer; null means the workflow's own token.</param>
    /// <returns>A task that ends when the timer fires.</returns>
    public static Task DelayAsync(TimeSpan delay, CancellationToken? cancellationToken = null) =>
        Context.DelayWithOptionsAsync(new(delay, cancellationToken: cancellationToken));

    /// <summary>Waits for a durable timer.</summary>
    /// <param name="options">Options.</param>
    /// <returns>A task that ends when the timer fires.</returns>
    public static Task DelayWithOptionsAsync(DelayOptions options) => Context.DelayWithOptionsAsync(options);

    /// <summary>Runs a function as a task of this workflow; use instead of <c>Task.Run</c>.</summary>
    /// <param name="function">Function.</param>
    /// <param name="cancellationToken">Keeps it from starting; null means the workflow's own token.</param>
    /// <returns>A task that ends with the function's.</returns>
    public static Task RunTaskAsync(
        Func<Task> function, CancellationToken? cancellationToken = null)
    {
        Context.AssertNotReadOnly("wait or schedule workflow work");
        return Task.Factory.StartNew(
            function,
            cancellationToken ?? CancellationToken,
            TaskCreationOptions.None,
            TaskScheduler.Current).Unwrap();
    }

    /// <summary>Runs a function as a task of this workflow; use instead of <c>Task.Run</c>.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="function">Function.</param>
    /// <param name="cancellationToken">Keeps it from starting; null means the workflow's own token.</param>
    /// <returns>The function's result.</returns>
    public static Task<TResult> RunTaskAsync<TResult>(
        Func<Task<TResult>> function, CancellationToken? cancellationToken = null)
    {
        Context.AssertNotReadOnly("wait or schedule workflow work");
        return Task.Factory.StartNew(
            function,
            cancellationToken ?? CancellationToken,
            TaskCreationOptions.None,
            TaskScheduler.Current).Unwrap();
    }

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="conditionCheck">Condition; called often, must change nothing.</param>
    /// <param name="cancellationToken">Cancels the wait; null means the workflow's own token.</param>
    /// <returns>A task that ends when the condition holds.</returns>
    public static Task WaitConditionAsync(
        Func<bool> conditionCheck, CancellationToken? cancellationToken = null) =>
        Context.WaitConditionWithOptionsAsync(new(conditionCheck, cancellationToken: cancellationToken));

    /// <summary>Waits until a condition holds or the time is over.</summary>
    /// <param name="conditionCheck">Condition; called often, must change nothing.</param>
    /// <param name="timeoutMilliseconds">Longest wait in milliseconds.</param>
    /// <param name="cancellationToken">Cancels the wait; null means the workflow's own token.</param>
    /// <returns>Whether the condition came to hold.</returns>
    public static Task<bool> WaitConditionAsync(
        Func<bool> conditionCheck,
        int timeoutMilliseconds,
        CancellationToken? cancellationToken = null) =>
        WaitConditionAsync(conditionCheck, TimeSpan.FromMilliseconds(timeoutMilliseconds), cancellationToken);

    /// <summary>Waits until a condition holds or the time is over.</summary>
    /// <param name="conditionCheck">Condition; called often, must change nothing.</param>
    /// <param name="timeout">Longest wait.</param>
    /// <param name="cancellationToken">Cancels the wait; null means the workflow's own token.</param>
    /// <returns>Whether the condition came to hold.</returns>
    public static Task<bool> WaitConditionAsync(
        Func<bool> conditionCheck, TimeSpan timeout, CancellationToken? cancellationToken = null) =>
        Context.WaitConditionWithOptionsAsync(new(
            conditionCheck,
            timeout: timeout,
            timeoutSummary: nameof(WaitConditionAsync),
            cancellationToken: cancellationToken));

    /// <summary>Waits until a condition holds or the time is over.</summary>
    /// <param name="options">Options.</param>
    /// <returns>Whether the condition came to hold.</returns>
    public static Task<bool> WaitConditionWithOptionsAsync(WaitConditionOptions options) =>
        Context.WaitConditionWithOptionsAsync(options);

    /// <summary>Waits for the first of several tasks; use instead of <c>Task.WhenAny</c>.</summary>
    /// <param name="tasks">Tasks.</param>
    /// <returns>The first to end.</returns>
    public static Task<Task> WhenAnyAsync(params Task[] tasks) => Task.WhenAny(tasks);

    /// <summary>Waits for the first of several tasks; use instead of <c>Task.WhenAny</c>.</summary>
    /// <param name="tasks">Tasks.</param>
    /// <returns>The first to end.</returns>
    public static Task<Task> WhenAnyAsync(IEnumerable<Task> tasks) => Task.WhenAny(tasks);

    /// <summary>Waits for the first of several tasks; use instead of <c>Task.WhenAny</c>.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="tasks">Tasks.</param>
    /// <returns>The first to end.</returns>
    public static Task<Task<TResult>> WhenAnyAsync<TResult>(params Task<TResult>[] tasks) =>
        WhenAnyAsync((IEnumerable<Task<TResult>>)tasks);

    /// <summary>Waits for the first of several tasks; use instead of <c>Task.WhenAny</c>.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="tasks">Tasks.</param>
    /// <returns>The first to end.</returns>
    public static async Task<Task<TResult>> WhenAnyAsync<TResult>(IEnumerable<Task<TResult>> tasks)
    {
        // The generic overload of the framework continues on the default scheduler, the untyped one on the current.
        var first = await Task.WhenAny((IEnumerable<Task>)tasks).ConfigureAwait(true);
        return (Task<TResult>)first;
    }

    /// <summary>Waits for several tasks.</summary>
    /// <param name="tasks">Tasks.</param>
    /// <returns>A task that ends with the last of them.</returns>
    public static Task WhenAllAsync(IEnumerable<Task> tasks) => Task.WhenAll(tasks);

    /// <summary>Waits for several tasks.</summary>
    /// <param name="tasks">Tasks.</param>
    /// <returns>A task that ends with the last of them.</returns>
    public static Task WhenAllAsync(params Task[] tasks) => Task.WhenAll(tasks);

    /// <summary>Waits for several tasks.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="tasks">Tasks.</param>
    /// <returns>Their results in order.</returns>
    public static Task<TResult[]> WhenAllAsync<TResult>(IEnumerable<Task<TResult>> tasks) => Task.WhenAll(tasks);

    /// <summary>Waits for several tasks.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="tasks">Tasks.</param>
    /// <returns>Their results in order.</returns>
    public static Task<TResult[]> WhenAllAsync<TResult>(params Task<TResult>[] tasks) => Task.WhenAll(tasks);
}
