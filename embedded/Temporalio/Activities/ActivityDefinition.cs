using System.Reflection;
using System.Runtime.ExceptionServices;
using Temporalio.Converters;
using Temporalio.Runtime;

namespace Temporalio.Activities;

/// <summary>An activity as a worker knows it: a name, its parameters and what runs it.</summary>
public class ActivityDefinition
{
    private readonly Func<object?[], object?> invoker;

    private ActivityDefinition(
        string? name,
        Type returnType,
        IReadOnlyCollection<Type> parameterTypes,
        int requiredParameterCount,
        Func<object?[], object?> invoker,
        MethodInfo? methodInfo)
    {
        Name = name;
        ReturnType = returnType;
        ParameterTypes = parameterTypes;
        RequiredParameterCount = requiredParameterCount;
        this.invoker = invoker;
        MethodInfo = methodInfo;
    }

    /// <summary>Name, null if dynamic.</summary>
    public string? Name { get; private init; }

    /// <summary>Return type as declared, a task included.</summary>
    public Type ReturnType { get; private init; }

    /// <summary>Types of the parameters.</summary>
    public IReadOnlyCollection<Type> ParameterTypes { get; private init; }

    /// <summary>How many parameters have no default.</summary>
    public int RequiredParameterCount { get; private init; }

    /// <summary>Whether it takes the place of any activity that has no definition.</summary>
    public bool Dynamic => Name is null;

    /// <summary>The method, if it was made from one.</summary>
    public MethodInfo? MethodInfo { get; private init; }

    /// <summary>From a delegate whose method has the attribute.</summary>
    /// <exception cref="ArgumentException">It is not a valid activity.</exception>
    public static ActivityDefinition Create(Delegate del) => del.Method is { } method
        ? Create(method, del.DynamicInvoke)
        : throw new ArgumentException("The delegate has no method", nameof(del));

    /// <summary>From its parts.</summary>
    /// <param name="name">Name, null if dynamic.</param>
    /// <param name="returnType">Return type, may be a task.</param>
    /// <param name="parameterTypes">Types of the parameters.</param>
    /// <param name="requiredParameterCount">How many must be given.</param>
    /// <param name="invoker">Runs it; its result may be a task.</param>
    /// <exception cref="ArgumentException">It is not a valid activity.</exception>
    public static ActivityDefinition Create(
        string? name,
        Type returnType,
        IReadOnlyCollection<Type> parameterTypes,
        int requiredParameterCount,
        Func<object?[], object?> invoker) =>
        Create(name, returnType, parameterTypes, requiredParameterCount, invoker, methodInfo: null);

    /// <summary>From a method that has the attribute, run in a way of one's own.</summary>
    /// <exception cref="ArgumentException">It is not a valid activity.</exception>
    public static ActivityDefinition Create(MethodInfo method, Func<object?[], object?> invoker) =>
        CreateWithoutAttribute(ActivityName.Of(method), method, invoker);

    /// <summary>From a method that need not have the attribute.</summary>
    /// <exception cref="ArgumentException">It is not a valid activity.</exception>
    public static ActivityDefinition CreateWithoutAttribute(
        string? name, MethodInfo method, Func<object?[], object?> invoker)
    {
        if (method.ContainsGenericParameters)
        {
            throw new ArgumentException($"{method} contains generic parameters", nameof(method));
        }

        var parameters = method.GetParameters();
        return Create(
            name,
            method.ReturnType,
            [.. parameters.Select(each => each.ParameterType)],
            parameters.Count(each => !each.HasDefaultValue),
            given => invoker(WithDefaults(parameters, given)),
            method);
    }

    /// <summary>Every activity of a type.</summary>
    /// <param name="instance">Instance to call; may be null if all are static.</param>
    /// <exception cref="ArgumentException">There is none, or one is not valid.</exception>
    public static IReadOnlyCollection<ActivityDefinition> CreateAll<T>(T? instance) => CreateAll(typeof(T), instance);

    /// <summary>Every activity of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="instance">Instance to call; may be null if all are static.</param>
    /// <exception cref="ArgumentException">There is none, or one is not valid.</exception>
    /// <exception cref="InvalidOperationException">An instance is needed.</exception>
    public static IReadOnlyCollection<ActivityDefinition> CreateAll(Type type, object? instance)
    {
        var methods = type
            .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance)
            .Where(method => method.IsDefined(typeof(ActivityAttribute), inherit: true))
            .ToList();
        if (methods.FirstOrDefault(method => !method.IsStatic) is { } needsInstance && instance is null)
        {
            throw new InvalidOperationException($"Instance not provided, but activity method {needsInstance} is not static");
        }

        return methods.Count > 0
            ? [.. methods.Select(method => Create(method, given => method.Invoke(instance, given)))]
            : throw new ArgumentException($"No activities found on {type}", nameof(type));
    }

    /// <summary>Runs it and awaits it. The result of a method without one is an empty tuple.</summary>
    public async Task<object?> InvokeAsync(object?[] parameters)
    {
        object? result;
        try
        {
            result = invoker(parameters);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } thrown)
        {
            ExceptionDispatchInfo.Throw(thrown);
            throw;
        }

        if (result is not Task task)
        {
            return result;
        }

        await task.ConfigureAwait(false);
        return ReturnsNothing(task) ? ValueTuple.Create() : task.GetType().GetProperty(nameof(Task<object>.Result))!.GetValue(task);
    }

    /// <summary>The name under which a method is called.</summary>
    /// <exception cref="ArgumentException">It has no attribute or is dynamic.</exception>
    internal static string NameFromMethodForCall(MethodInfo method) => ActivityName.Of(method)
        ?? throw new ArgumentException($"{method} cannot be used directly since it is a dynamic activity");

    // An async method without a result is at run time a task of an internal "void" type.
    private static bool ReturnsNothing(Task task)
    {
        for (var type = task.GetType(); type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
            {
                return type.GenericTypeArguments[0].Name == "VoidTaskResult";
            }
        }

        return true;
    }

    private static object?[] WithDefaults(ParameterInfo[] parameters, object?[] given) => given.Length >= parameters.Length
        ? given
        : [.. given, .. parameters.Skip(given.Length).Select(each => each.DefaultValue)];

    private static ActivityDefinition Create(
        string? name,
        Type returnType,
        IReadOnlyCollection<Type> parameterTypes,
        int requiredParameterCount,
        Func<object?[], object?> invoker,
        MethodInfo? methodInfo)
    {
        if (name is not null && name.StartsWith(TemporalRuntime.ReservedNamePrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"Activity name {name} cannot start with {TemporalRuntime.ReservedNamePrefix}");
        }

        if (name is null && (requiredParameterCount != 1 || parameterTypes.Count != 1 || parameterTypes.First() != typeof(IRawValue[])))
        {
            throw new ArgumentException("Dynamic activity must accept a required array of IRawValue");
        }

        if (requiredParameterCount > parameterTypes.Count)
        {
            throw new ArgumentException(
                $"Activity {name} has more required parameters than parameters", nameof(requiredParameterCount));
        }

        return parameterTypes.Any(each => each.IsByRef)
            ? throw new ArgumentException($"Activity {name} has disallowed ref/out parameter")
            : new(name, returnType, parameterTypes, requiredParameterCount, invoker, methodInfo);
    }
}
