using System.Collections.Concurrent;
using System.Reflection;

namespace Temporalio.Workflows;

/// <summary>An update handler: a method with <see cref="WorkflowUpdateAttribute" />, or a delegate.</summary>
public class WorkflowUpdateDefinition
{
    private const string AttributeName = "WorkflowUpdate";
    private const string ValidatorAttributeName = "WorkflowUpdateValidator";
    private static readonly ConcurrentDictionary<MethodInfo, WorkflowUpdateDefinition> Known = new();

    private WorkflowUpdateDefinition(
        string? name,
        string? description,
        MethodInfo? method,
        MethodInfo? validatorMethod,
        Delegate? del,
        Delegate? validatorDel,
        HandlerUnfinishedPolicy unfinishedPolicy)
    {
        HandlerRules.RequireUnreserved(name, "Update handler");
        Name = name;
        Description = description;
        Method = method;
        ValidatorMethod = validatorMethod;
        Delegate = del;
        ValidatorDelegate = validatorDel;
        UnfinishedPolicy = unfinishedPolicy;
    }

    /// <summary>Gets the update name, or null if dynamic.</summary>
    public string? Name { get; private init; }

    /// <summary>Gets the description.</summary>
    public string? Description { get; private init; }

    /// <summary>Gets a value indicating whether it takes every update that has no other handler.</summary>
    public bool Dynamic => Name == null;

    internal MethodInfo? Method { get; private init; }

    internal MethodInfo? ValidatorMethod { get; private init; }

    internal Delegate? Delegate { get; private init; }

    internal Delegate? ValidatorDelegate { get; private init; }

    internal HandlerUnfinishedPolicy UnfinishedPolicy { get; private init; }

    /// <summary>Makes the definition of a method; the same object every time.</summary>
    /// <param name="method">Public instance method with the attribute.</param>
    /// <param name="validatorMethod">Its validator; used the first time only.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentException">A method is not valid.</exception>
    public static WorkflowUpdateDefinition FromMethod(
        MethodInfo method, MethodInfo? validatorMethod = null)
    {
        HandlerRules.RequirePublicInstance(method, AttributeName);
        if (validatorMethod != null)
        {
            HandlerRules.RequirePublicInstance(validatorMethod, ValidatorAttributeName);
        }
        return Known.GetOrAdd(method, key => FromAttribute(key, validatorMethod));
    }

    /// <summary>Makes the definition of a delegate.</summary>
    /// <param name="name">Update name; null for a dynamic handler.</param>
    /// <param name="del">Delegate; no attribute is looked at.</param>
    /// <param name="validatorDel">Validator with the same parameters.</param>
    /// <param name="unfinishedPolicy">What happens when the workflow closes while it runs.</param>
    /// <param name="description">Description.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentException">A delegate is not valid.</exception>
    public static WorkflowUpdateDefinition CreateWithoutAttribute(
        string? name,
        Delegate del,
        Delegate? validatorDel = null,
        HandlerUnfinishedPolicy unfinishedPolicy = HandlerUnfinishedPolicy.WarnAndAbandon,
        string? description = null)
    {
        RequireValid(del.Method, dynamic: name == null, validatorDel?.Method);
        return new(name, description, null, null, del, validatorDel, unfinishedPolicy);
    }

    internal static string NameFromMethodForCall(MethodInfo method) =>
        FromMethod(method).Name ??
        throw new ArgumentException($"{method} cannot be used directly since it is a dynamic update");

    private static WorkflowUpdateDefinition FromAttribute(MethodInfo method, MethodInfo? validatorMethod)
    {
        var attribute = method.GetCustomAttribute<WorkflowUpdateAttribute>(false) ??
            throw new ArgumentException($"{method} missing {AttributeName} attribute");
        RequireValid(method, attribute.Dynamic, validatorMethod);
        if (attribute is { Dynamic: true, Name: not null })
        {
            throw new ArgumentException($"{AttributeName} method {method} cannot be dynamic with custom name");
        }
        var name = attribute.Dynamic ? null : attribute.Name ?? HandlerRules.NameWithoutAsync(method);
        return new(name, attribute.Description, method, validatorMethod, null, null, attribute.UnfinishedPolicy);
    }

    private static void RequireValid(MethodInfo method, bool dynamic, MethodInfo? validatorMethod)
    {
        if (!typeof(Task).IsAssignableFrom(method.ReturnType))
        {
            throw new ArgumentException($"{AttributeName} method {method} must return Task");
        }
        HandlerRules.RequireRawValuesIfDynamic(method, dynamic, AttributeName);
        if (validatorMethod == null)
        {
            return;
        }
        if (validatorMethod.ReturnType != typeof(void))
        {
            throw new ArgumentException($"{ValidatorAttributeName} method {validatorMethod} must be void");
        }
        if (!validatorMethod.GetParameters().Select(p => p.ParameterType).SequenceEqual(
            method.GetParameters().Select(p => p.ParameterType)))
        {
            throw new ArgumentException(
                $"{ValidatorAttributeName} method {validatorMethod} must have the same parameters as {method}");
        }
    }
}
