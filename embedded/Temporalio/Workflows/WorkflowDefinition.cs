using System.Collections.Concurrent;
using System.Reflection;
using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>A workflow type: its name, entry and handlers.</summary>
public class WorkflowDefinition
{
    private static readonly ConcurrentDictionary<Type, WorkflowDefinition> Known = new();

    private readonly Func<object?[], object>? creator;

    internal WorkflowDefinition(
        string? name,
        Type type,
        MethodInfo runMethod,
        Func<object?[], object>? creator,
        WorkflowMembers members,
        WorkflowAttribute attribute)
    {
        Name = name;
        Type = type;
        RunMethod = runMethod;
        this.creator = creator;
        FailureExceptionTypes = attribute.FailureExceptionTypes;
        VersioningBehavior = attribute.VersioningBehavior;
        Signals = members.Signals;
        DynamicSignal = members.DynamicSignal;
        Queries = members.Queries;
        DynamicQuery = members.DynamicQuery;
        Updates = members.Updates;
        DynamicUpdate = members.DynamicUpdate;
        DynamicOptionsGetter = members.DynamicOptionsGetter;
    }

    /// <summary>Gets the workflow type name, or null if dynamic.</summary>
    public string? Name { get; private init; }

    /// <summary>Gets the type.</summary>
    public Type Type { get; private init; }

    /// <summary>Gets the entry.</summary>
    public MethodInfo RunMethod { get; private init; }

    /// <summary>Gets a value indicating whether a worker can run it: false for interfaces, for example.</summary>
    public bool Instantiable => creator != null;

    /// <summary>Gets the signal handlers by name.</summary>
    public IReadOnlyDictionary<string, WorkflowSignalDefinition> Signals { get; private init; }

    /// <summary>Gets the handler of other signals.</summary>
    public WorkflowSignalDefinition? DynamicSignal { get; private init; }

    /// <summary>Gets the query handlers by name.</summary>
    public IReadOnlyDictionary<string, WorkflowQueryDefinition> Queries { get; private init; }

    /// <summary>Gets the handler of other queries.</summary>
    public WorkflowQueryDefinition? DynamicQuery { get; private init; }

    /// <summary>Gets the update handlers by name.</summary>
    public IReadOnlyDictionary<string, WorkflowUpdateDefinition> Updates { get; private init; }

    /// <summary>Gets the handler of other updates.</summary>
    public WorkflowUpdateDefinition? DynamicUpdate { get; private init; }

    /// <summary>Gets a value indicating whether it takes every workflow type that has no other definition.</summary>
    public bool Dynamic => Name == null;

    /// <summary>Gets the exceptions that fail the workflow rather than only its current task.</summary>
    public Type[]? FailureExceptionTypes { get; private init; }

    /// <summary>Gets how runs move between versions of a worker deployment.</summary>
    public VersioningBehavior? VersioningBehavior { get; private init; }

    /// <summary>Gets the function that asks a dynamic workflow's object for its options.</summary>
    public Func<object?, WorkflowDefinitionOptions>? DynamicOptionsGetter { get; private init; }

    /// <summary>Makes the definition of a type; the same object every time.</summary>
    /// <typeparam name="T">Type with <see cref="WorkflowAttribute" />.</typeparam>
    /// <returns>The definition.</returns>
    public static WorkflowDefinition Create<T>() => Create(typeof(T));

    /// <summary>Makes the definition of a type; the same object every time.</summary>
    /// <param name="type">Type with <see cref="WorkflowAttribute" />.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentException">No attribute.</exception>
    /// <exception cref="AggregateException">Everything else that is wrong with the type.</exception>
    public static WorkflowDefinition Create(Type type) => Known.GetOrAdd(type, t => Create(t, null, null));

    /// <summary>Makes the definition of a type.</summary>
    /// <param name="type">Type with <see cref="WorkflowAttribute" />.</param>
    /// <param name="nameOverride">Name instead of the type's own.</param>
    /// <param name="creatorOverride">Makes the object instead of the constructor; given the run arguments.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ArgumentException">No attribute, or a creator where a constructor takes the arguments.</exception>
    /// <exception cref="AggregateException">Everything else that is wrong with the type.</exception>
    public static WorkflowDefinition Create(
        Type type, string? nameOverride, Func<object?[], object>? creatorOverride) =>
        new WorkflowDefinitionReader(type).Read(nameOverride, creatorOverride);

    /// <summary>Makes the workflow object; called in the workflow's own context.</summary>
    /// <param name="workflowArguments">Arguments of the run method.</param>
    /// <returns>The object.</returns>
    /// <exception cref="InvalidOperationException">Not <see cref="Instantiable" />.</exception>
    public object CreateWorkflowInstance(object?[] workflowArguments) =>
        creator?.Invoke(workflowArguments) ??
        throw new InvalidOperationException($"Cannot instantiate workflow type {Type}");

    internal static string NameFromRunMethodForCall(MethodInfo runMethod)
    {
        if (runMethod.GetCustomAttribute<WorkflowRunAttribute>() == null)
        {
            throw new ArgumentException($"{runMethod} missing WorkflowRun attribute");
        }
        var type = runMethod.ReflectedType ?? throw new ArgumentException($"{runMethod} has no reflected type");
        return Create(type).Name ??
            throw new ArgumentException($"{runMethod} cannot be used directly since it is a dynamic workflow");
    }
}
