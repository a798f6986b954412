using System.Linq.Expressions;
using Temporalio.Common;

namespace Temporalio.Workflows;

public static partial class Workflow
{
    /// <summary>Runs a static, synchronous method with a result as a local activity.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task<TResult> ExecuteLocalActivityAsync<TResult>(
        Expression<Func<TResult>> activityCall, LocalActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteLocalActivityAsync<TResult>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a static, synchronous method as a local activity.</summary>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>A task that ends with the activity.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task ExecuteLocalActivityAsync(
        Expression<Action> activityCall, LocalActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteLocalActivityAsync<ValueTuple>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a synchronous method with a result as a local activity.</summary>
    /// <typeparam name="TActivityInstance">Type that declares the activity.</typeparam>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task<TResult> ExecuteLocalActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, TResult>> activityCall, LocalActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteLocalActivityAsync<TResult>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a synchronous method as a local activity.</summary>
    /// <typeparam name="TActivityInstance">Type that declares the activity.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>A task that ends with the activity.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task ExecuteLocalActivityAsync<TActivityInstance>(
        Expression<Action<TActivityInstance>> activityCall, LocalActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteLocalActivityAsync<ValueTuple>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a static method with a result as a local activity.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task<TResult> ExecuteLocalActivityAsync<TResult>(
        Expression<Func<Task<TResult>>> activityCall, LocalActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteLocalActivityAsync<TResult>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a static method as a local activity.</summary>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>A task that ends with the activity.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task ExecuteLocalActivityAsync(
        Expression<Func<Task>> activityCall, LocalActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteLocalActivityAsync<ValueTuple>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a method with a result as a local activity.</summary>
    /// <typeparam name="TActivityInstance">Type that declares the activity.</typeparam>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task<TResult> ExecuteLocalActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, Task<TResult>>> activityCall, LocalActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteLocalActivityAsync<TResult>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a method as a local activity.</summary>
    /// <typeparam name="TActivityInstance">Type that declares the activity.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>A task that ends with the activity.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task ExecuteLocalActivityAsync<TActivityInstance>(
        Expression<Func<TActivityInstance, Task>> activityCall, LocalActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteLocalActivityAsync<ValueTuple>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a local activity by name.</summary>
    /// <param name="activity">Activity type name.</param>
    /// <param name="args">Arguments.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>A task that ends with the activity.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    public static Task ExecuteLocalActivityAsync(
        string activity, IReadOnlyCollection<object?> args, LocalActivityOptions options) =>
        ExecuteLocalActivityAsync<ValueTuple>(activity, args, options);

    /// <summary>Runs a local activity by name.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="activity">Activity type name.</param>
    /// <param name="args">Arguments.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    public static Task<TResult> ExecuteLocalActivityAsync<TResult>(
        string activity, IReadOnlyCollection<object?> args, LocalActivityOptions options) =>
        Context.ExecuteLocalActivityAsync<TResult>(activity, args, options);
}
