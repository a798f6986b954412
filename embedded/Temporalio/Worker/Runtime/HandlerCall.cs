using System.Reflection;

namespace Temporalio.Worker.Runtime;

/// <summary>Calls workflow methods by reflection, so that exceptions and results look as if called directly.</summary>
internal static class HandlerCall
{
    internal static object? Invoke(MethodInfo? method, Delegate? del, object? instance, object?[] args) =>
        method != null
            ? method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, args, null)
            : del!.Method.Invoke(del.Target, BindingFlags.DoNotWrapExceptions, null, args, null);

    /// <summary>The result of a finished task, or null if it has none.</summary>
    internal static object? ResultOf(Task task)
    {
        for (var type = task.GetType(); type != null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
            {
                var result = type.GetProperty(nameof(Task<object>.Result))!.GetValue(task);
                return type.GenericTypeArguments[0].Name == "VoidTaskResult" ? null : result;
            }
        }
        return null;
    }
}
