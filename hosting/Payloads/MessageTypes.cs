using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using Temporalio.Workflows;

namespace TemporalDelivery.Hosting.Payloads;

/// <summary>Tells messages to workflows from other types: what a workflow takes as an update, a signal or a query is one.</summary>
internal static class MessageTypes
{
    private const string Asynchronous = "Async";
    private static readonly ConcurrentDictionary<Assembly, FrozenSet<Type>> ByAssembly = new();

    /// <summary>Whether a workflow of the type's own assembly takes it as a message.</summary>
    public static bool Contains(Type type) => ByAssembly.GetOrAdd(type.Assembly, MessagesOf).Contains(type);

    /// <summary>What an update of a workflow takes; null when there is no update of this name, or it takes nothing.</summary>
    public static Type? OfUpdate(Type workflow, string name) =>
        Array.Find(workflow.GetMethods(), method => NameOf(method) == name)?.GetParameters() is [var message]
            ? message.ParameterType
            : null;

    private static string? NameOf(MethodInfo method) =>
        method.GetCustomAttribute<WorkflowUpdateAttribute>() is { } update
            ? update.Name
                ?? (method.Name.EndsWith(Asynchronous, StringComparison.Ordinal) ? method.Name[..^Asynchronous.Length] : method.Name)
            : null;

    private static FrozenSet<Type> MessagesOf(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Any(name => name.Name == typeof(WorkflowAttribute).Assembly.GetName().Name)
            ? assembly
                .GetTypes()
                .Where(type => type.IsDefined(typeof(WorkflowAttribute)))
                .SelectMany(workflow => workflow.GetMethods())
                .Where(IsHandler)
                .SelectMany(handler => handler.GetParameters())
                .Select(parameter => parameter.ParameterType)
                .ToFrozenSet()
            : [];

    private static bool IsHandler(MethodInfo method) =>
        method.IsDefined(typeof(WorkflowUpdateAttribute))
        || method.IsDefined(typeof(WorkflowSignalAttribute))
        || method.IsDefined(typeof(WorkflowQueryAttribute));
}
