using System.Linq.Expressions;
using Temporalio.Common;

namespace Temporalio.Workflows;

public static partial class Workflow
{
    /// <summary>Runs a static, synchronous method with a result as an activity.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task<TResult> ExecuteActivityAsync<TResult>(
        Expression<Func<TResult>> activityCall, ActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteActivityAsync<TResult>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a static, synchronous method as an activity.</summary>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>A task that ends with the activity.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task ExecuteActivityAsync(
        Expression<Action> activityCall, ActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteActivityAsync<ValueTuple>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a synchronous method with a result as an activity.</summary>
    /// <typeparam name="TActivityInstance">Type that declares the activity.</typeparam>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task<TResult> ExecuteActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, TResult>> activityCall, ActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteActivityAsync<TResult>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a synchronous method as an activity.</summary>
    /// <typeparam name="TActivityInstance">Type that declares the activity.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>A task that ends with the activity.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task ExecuteActivityAsync<TActivityInstance>(
        Expression<Action<TActivityInstance>> activityCall, ActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteActivityAsync<ValueTuple>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a static method with a result as an activity.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task<TResult> ExecuteActivityAsync<TResult>(
        Expression<Func<Task<TResult>>> activityCall, ActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteActivityAsync<TResult>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a static method as an activity.</summary>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>A task that ends with the activity.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task ExecuteActivityAsync(
        Expression<Func<Task>> activityCall, ActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteActivityAsync<ValueTuple>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a method with a result as an activity.</summary>
    /// <typeparam name="TActivityInstance">Type that declares the activity.</typeparam>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task<TResult> ExecuteActivityAsync<TActivityInstance, TResult>(
        Expression<Func<TActivityInstance, Task<TResult>>> activityCall, ActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteActivityAsync<TResult>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs a method as an activity.</summary>
    /// <typeparam name="TActivityInstance">Type that declares the activity.</typeparam>
    /// <param name="activityCall">Call of the activity method; only its name and arguments are used.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>A task that ends with the activity.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    /// <exception cref="Exceptions.CanceledFailureException">Canceled before it was scheduled.</exception>
    public static Task ExecuteActivityAsync<TActivityInstance>(
        Expression<Func<TActivityInstance, Task>> activityCall, ActivityOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(activityCall);
        return ExecuteActivityAsync<ValueTuple>(
            Activities.ActivityDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Runs an activity by name.</summary>
    /// <param name="activity">Activity type name.</param>
    /// <param name="args">Arguments.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>A task that ends with the activity.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    public static Task ExecuteActivityAsync(
        string activity, IReadOnlyCollection<object?> args, ActivityOptions options) =>
        ExecuteActivityAsync<ValueTuple>(activity, args, options);

    /// <summary>Runs an activity by name.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="activity">Activity type name.</param>
    /// <param name="args">Arguments.</param>
    /// <param name="options">Options; one of the close time-outs is required.</param>
    /// <returns>The result.</returns>
    /// <exception cref="Exceptions.ActivityFailureException">The activity failed for good.</exception>
    public static Task<TResult> ExecuteActivityAsync<TResult>(
        string activity, IReadOnlyCollection<object?> args, ActivityOptions options) =>
        Context.ExecuteActivityAsync<TResult>(activity, args, options);
}
