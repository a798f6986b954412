using System.Collections.Concurrent;
using System.Reflection;

namespace Temporalio.Workflows;

/// <summary>A signal handler: a method with <see cref="WorkflowSignalAttribute" />, or a delegate.</summary>
public class WorkflowSignalDefinition
{
    private const string AttributeName = "WorkflowSignal";
    private static readonly ConcurrentDictionary<MethodInfo, WorkflowSignalDefinition> Known = new();

    private WorkflowSignalDefinition(
        string? name,
        string? description,
        MethodInfo? method,
        Delegate? del,
        HandlerUnfinishedPolicy unfinishedPolicy)
    {
        HandlerRules.RequireUnreserved(name, "Signal handler");
        Name = name;
        Description = description;
        Method = method;
        Delegate = del;
        UnfinishedPolicy = unfinishedPolicy;
    }

    /// <summary>Gets the signal name, or null if dynamic.</summary>
    public string? Name { get; private init; }

    /// <summary>Gets the description.</summary>
    public string? Description { get; private init; }

    /// <summary>Gets a value indicating whether it takes every signal that has no other handler.</summary>
    public bool Dynamic => Name == null;

    internal MethodInfo? Method { get; private init; }

    internal Delegate? Delegate { get; private init; }

    internal HandlerUnfinishedPolicy UnfinishedPolicy { get; private init; }

    /// <summary>Makes the definition of a method; the same object every time.</summary>
    /// <param name="method">Public instance method with the attribute.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentException">The method is not a valid signal handler.</exception>
    public static WorkflowSignalDefinition FromMethod(MethodInfo method)
    {
        HandlerRules.RequirePublicInstance(method, AttributeName);
        return Known.GetOrAdd(method, FromAttribute);
    }

    /// <summary>Makes the definition of a delegate.</summary>
    /// <param name="name">Signal name; null for a dynamic handler.</param>
    /// <param name="del">Delegate; no attribute is looked at.</param>
    /// <param name="unfinishedPolicy">What happens when the workflow closes while it runs.</param>
    /// <param name="description">Description.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentException">The delegate is not a valid signal handler.</exception>
    public static WorkflowSignalDefinition CreateWithoutAttribute(
        string? name,
        Delegate del,
        HandlerUnfinishedPolicy unfinishedPolicy = HandlerUnfinishedPolicy.WarnAndAbandon,
        string? description = null)
    {
        RequireValid(del.Method, dynamic: name == null);
        return new(name, description, null, del, unfinishedPolicy);
    }

    internal static string NameFromMethodForCall(MethodInfo method) =>
        FromMethod(method).Name ??
        throw new ArgumentException($"{method} cannot be used directly since it is a dynamic signal");

    private static WorkflowSignalDefinition FromAttribute(MethodInfo method)
    {
        var attribute = method.GetCustomAttribute<WorkflowSignalAttribute>(false) ??
            throw new ArgumentException($"{method} missing {AttributeName} attribute");
        RequireValid(method, attribute.Dynamic);
        if (attribute is { Dynamic: true, Name: not null })
        {
            throw new ArgumentException($"{AttributeName} method {method} cannot be dynamic with custom name");
        }
        var name = attribute.Dynamic ? null : attribute.Name ?? HandlerRules.NameWithoutAsync(method);
        return new(name, attribute.Description, method, null, attribute.UnfinishedPolicy);
    }

    private static void RequireValid(MethodInfo method, bool dynamic)
    {
        if (method.ReturnType != typeof(Task))
        {
            throw new ArgumentException($"{AttributeName} method {method} must return Task");
        }
        HandlerRules.RequireRawValuesIfDynamic(method, dynamic, AttributeName);
    }
}
