using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Activities;

namespace Temporalio.Extensions.Hosting;

/// <summary>Activities whose instances come from dependency injection, each attempt in a scope of its own.</summary>
public static class ServiceProviderExtensions
{
    private const BindingFlags AnyMethod = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    /// <summary>A definition for every <see cref="ActivityAttribute"/> method of <typeparamref name="T"/>.</summary>
    public static IReadOnlyCollection<ActivityDefinition> CreateTemporalActivityDefinitions<T>(this IServiceProvider provider) =>
        provider.CreateTemporalActivityDefinitions(typeof(T));

    /// <summary>A definition for every <see cref="ActivityAttribute"/> method of <paramref name="type"/>.</summary>
    public static IReadOnlyCollection<ActivityDefinition> CreateTemporalActivityDefinitions(this IServiceProvider provider, Type type) =>
        [.. type.GetMethods(AnyMethod)
            .Where(method => method.IsDefined(typeof(ActivityAttribute)))
            .Select(method => provider.CreateTemporalActivityDefinition(type, method))];

    /// <summary>A definition that takes a <paramref name="instanceType"/> from a scope of its own whenever it runs.</summary>
    /// <param name="provider">Where scopes are made.</param>
    /// <param name="instanceType">The service to ask for.</param>
    /// <param name="method">The activity method.</param>
    public static ActivityDefinition CreateTemporalActivityDefinition(this IServiceProvider provider, Type instanceType, MethodInfo method)
    {
        return ActivityDefinition.Create(method, InvokeAsync);

        async Task<object?> InvokeAsync(object?[] arguments)
        {
            var own = ActivityScope.ServiceScope is null ? provider.CreateAsyncScope() : (AsyncServiceScope?)null;
            try
            {
                ActivityScope.ServiceScope ??= own;
                if (!method.IsStatic)
                {
                    ActivityScope.ScopedInstance ??= ActivityScope.ServiceScope!.ServiceProvider.GetRequiredService(instanceType);
                }

                return await ResultAsync(Invoke(method, ActivityScope.ScopedInstance, arguments), method.ReturnType).ConfigureAwait(false);
            }
            finally
            {
                // The scope lasts as long as the activity: only now is its result there.
                if (own is { } scope)
                {
                    await scope.DisposeAsync().ConfigureAwait(false);
                }

                ActivityScope.ServiceScope = null;
                ActivityScope.ScopedInstance = null;
            }
        }
    }

    private static object? Invoke(MethodInfo method, object? instance, object?[] arguments)
    {
        try
        {
            return method.Invoke(instance, arguments);
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } thrown)
        {
            ExceptionDispatchInfo.Capture(thrown).Throw();
            throw;
        }
    }

    private static async Task<object?> ResultAsync(object? returned, Type declared)
    {
        if (returned is not Task task)
        {
            return returned;
        }

        await task.ConfigureAwait(false);
        // The declared type decides: underneath, an async method without a result is a Task of an internal type too.
        return declared.IsGenericType ? task.GetType().GetProperty(nameof(Task<object>.Result))!.GetValue(task) : ValueTuple.Create();
    }
}
