using System.Reflection;

namespace Temporalio.Activities;

/// <summary>The name that an activity method goes by.</summary>
internal static class ActivityName
{
    /// <summary>Null if it is dynamic.</summary>
    /// <exception cref="ArgumentException">It has no attribute, or no name can be derived.</exception>
    internal static string? Of(MethodInfo method)
    {
        var attribute = method.GetCustomAttribute<ActivityAttribute>(inherit: false)
            ?? throw new ArgumentException($"{method} missing Activity attribute");
        if (attribute.Dynamic)
        {
            return attribute.Name is null
                ? null
                : throw new ArgumentException($"Activity {method} cannot be dynamic and have custom name");
        }

        return attribute.Name ?? Derive(method);
    }

    private static string Derive(MethodInfo method)
    {
        var name = method.Name;

        // The compiler calls local functions "<outer>g__name|1_0" and lambdas "<outer>b__0".
        var local = name.IndexOf(">g__", StringComparison.Ordinal);
        if (local > 0)
        {
            var end = name.IndexOf('|', local);
            name = end > 0
                ? name[(local + 4)..end]
                : throw new ArgumentException($"Cannot parse name from local function {method}");
        }

        if (name.Contains('<', StringComparison.Ordinal))
        {
            throw new ArgumentException($"{method} appears to be a lambda which must have a name given on the attribute");
        }

        return typeof(Task).IsAssignableFrom(method.ReturnType) && name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal)
            ? name[..^5]
            : name;
    }
}
