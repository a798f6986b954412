using System.Collections.Concurrent;
using System.Reflection;
using Temporalio.Runtime;

namespace Temporalio.Workflows;

/// <summary>A query handler: a method or property with <see cref="WorkflowQueryAttribute" />, or a delegate.</summary>
public class WorkflowQueryDefinition
{
    private const string AttributeName = "WorkflowQuery";

    private static readonly string[] ReservedPrefixes =
        [TemporalRuntime.ReservedNamePrefix, "__stack_trace", "__enhanced_stack_trace"];

    private static readonly ConcurrentDictionary<MethodInfo, WorkflowQueryDefinition> KnownMethods = new();
    private static readonly ConcurrentDictionary<PropertyInfo, WorkflowQueryDefinition> KnownProperties = new();

    private WorkflowQueryDefinition(string? name, string? description, MethodInfo? method, Delegate? del)
    {
        if (name != null &&
            ReservedPrefixes.FirstOrDefault(p => name.StartsWith(p, StringComparison.Ordinal)) is { } reserved)
        {
            throw new ArgumentException($"Query handler name {name} cannot start with {reserved}");
        }
        Name = name;
        Description = description;
        Method = method;
        Delegate = del;
    }

    /// <summary>Gets the query name, or null if dynamic.</summary>
    public string? Name { get; private init; }

    /// <summary>Gets the description.</summary>
    public string? Description { get; private init; }

    /// <summary>Gets a value indicating whether it takes every query that has no other handler.</summary>
    public bool Dynamic => Name == null;

    internal MethodInfo? Method { get; private init; }

    internal Delegate? Delegate { get; private init; }

    /// <summary>Makes the definition of a method; the same object every time.</summary>
    /// <param name="method">Public instance method with the attribute.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentException">The method is not a valid query handler.</exception>
    public static WorkflowQueryDefinition FromMethod(MethodInfo method)
    {
        HandlerRules.RequirePublicInstance(method, AttributeName);
        return KnownMethods.GetOrAdd(method, FromAttribute);
    }

    /// <summary>Makes the definition of a property; the same object every time.</summary>
    /// <param name="property">Property with a public getter and the attribute.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentException">The property is not a valid query handler.</exception>
    public static WorkflowQueryDefinition FromProperty(PropertyInfo property) =>
        KnownProperties.GetOrAdd(property, FromAttribute);

    /// <summary>Makes the definition of a delegate.</summary>
    /// <param name="name">Query name; null for a dynamic handler.</param>
    /// <param name="del">Delegate; no attribute is looked at.</param>
    /// <param name="description">Description.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentException">The delegate is not a valid query handler.</exception>
    public static WorkflowQueryDefinition CreateWithoutAttribute(
        string? name, Delegate del, string? description = null)
    {
        RequireValid(del.Method, dynamic: name == null);
        return new(name, description, null, del);
    }

    internal static string NameFromMethodForCall(MethodInfo method) =>
        FromMethod(method).Name ??
        throw new ArgumentException($"{method} cannot be used directly since it is a dynamic query");

    internal static string NameFromPropertyForCall(PropertyInfo property) =>
        FromProperty(property).Name ??
        throw new ArgumentException($"{property} cannot be used directly since it is a dynamic query");

    private static WorkflowQueryDefinition FromAttribute(PropertyInfo property)
    {
        var attribute = property.GetCustomAttribute<WorkflowQueryAttribute>(false) ??
            throw new ArgumentException($"{property} missing {AttributeName} attribute");
        var getter = property.GetGetMethod() ??
            throw new ArgumentException($"{AttributeName} property {property} must have public getter");
        if (getter.IsStatic)
        {
            throw new ArgumentException($"{AttributeName} property {property} cannot be static");
        }
        if (attribute.Dynamic)
        {
            throw new ArgumentException($"{AttributeName} property {property} cannot be dynamic");
        }
        return new(attribute.Name ?? property.Name, attribute.Description, getter, null);
    }

    private static WorkflowQueryDefinition FromAttribute(MethodInfo method)
    {
        var attribute = method.GetCustomAttribute<WorkflowQueryAttribute>(false) ??
            throw new ArgumentException($"{method} missing {AttributeName} attribute");
        RequireValid(method, attribute.Dynamic);
        if (attribute is { Dynamic: true, Name: not null })
        {
            throw new ArgumentException($"{AttributeName} method {method} cannot be dynamic with custom name");
        }
        return new(attribute.Dynamic ? null : attribute.Name ?? method.Name, attribute.Description, method, null);
    }

    private static void RequireValid(MethodInfo method, bool dynamic)
    {
        if (method.ReturnType == typeof(void))
        {
            throw new ArgumentException($"{AttributeName} method {method} must return a value");
        }
        if (typeof(Task).IsAssignableFrom(method.ReturnType))
        {
            throw new ArgumentException($"{AttributeName} method {method} cannot return a Task");
        }
        HandlerRules.RequireRawValuesIfDynamic(method, dynamic, AttributeName);
    }
}
