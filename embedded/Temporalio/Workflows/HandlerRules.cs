using System.Reflection;
using Temporalio.Converters;
using Temporalio.Runtime;

namespace Temporalio.Workflows;

/// <summary>What the definitions of workflows and of their handlers have in common.</summary>
internal static class HandlerRules
{
    /// <summary>Whether a dynamic method takes raw values, and the name first where it needs one.</summary>
    internal static bool TakesRawValues(MethodInfo method, bool nameFirst)
    {
        var types = method.GetParameters().Select(p => p.ParameterType);
        return types.SequenceEqual(nameFirst ? [typeof(string), typeof(IRawValue[])] : [typeof(IRawValue[])]);
    }

    /// <summary>The method's name, without a trailing "Async" unless that is all there is.</summary>
    internal static string NameWithoutAsync(MethodInfo method) =>
        method.Name.Length > 5 && method.Name.EndsWith("Async", StringComparison.Ordinal)
            ? method.Name[..^5]
            : method.Name;

    internal static void RequirePublicInstance(MethodInfo method, string attribute)
    {
        if (!method.IsPublic)
        {
            throw new ArgumentException($"{attribute} method {method} must be public");
        }
        if (method.IsStatic)
        {
            throw new ArgumentException($"{attribute} method {method} cannot be static");
        }
    }

    internal static void RequireRawValuesIfDynamic(MethodInfo method, bool dynamic, string attribute)
    {
        if (dynamic && !TakesRawValues(method, nameFirst: true))
        {
            throw new ArgumentException($"{attribute} method {method} must accept string and an array of IRawValue");
        }
    }

    internal static void RequireUnreserved(string? name, string what)
    {
        if (name?.StartsWith(TemporalRuntime.ReservedNamePrefix, StringComparison.Ordinal) == true)
        {
            throw new ArgumentException($"{what} name {name} cannot start with {TemporalRuntime.ReservedNamePrefix}");
        }
    }

    /// <summary>Whether an override lacks the attribute that the method it overrides has.</summary>
    internal static bool LostAttribute<TAttribute>(MethodInfo method)
        where TAttribute : Attribute
    {
        var definition = method.GetBaseDefinition();
        return definition != method &&
            !method.IsDefined(typeof(TAttribute), false) &&
            definition.IsDefined(typeof(TAttribute), false);
    }
}
