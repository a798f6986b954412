using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Refit;

/// <summary>Stands in for the interface: each call becomes a request.</summary>
[SuppressMessage("Performance", "CA1852", Justification = "The runtime derives the clients from it.")]
internal class RestProxy : DispatchProxy
{
    private static readonly ConcurrentDictionary<Type, Dictionary<MethodInfo, RestMethod>> Interfaces = new();

    private HttpClient client = null!;
    private RefitSettings settings = null!;
    private Dictionary<MethodInfo, RestMethod> methods = null!;

    internal static object Create(Type type, HttpClient client, RefitSettings settings)
    {
        var methods = Interfaces.GetOrAdd(type, Read);
        var proxy = (RestProxy)DispatchProxy.Create(type, typeof(RestProxy));
        proxy.client = client;
        proxy.settings = settings;
        proxy.methods = methods;
        return proxy;
    }

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var definition = targetMethod!.IsGenericMethod ? targetMethod.GetGenericMethodDefinition() : targetMethod;
        if (!methods.TryGetValue(definition, out var method))
        {
            // The interface may be disposable; its HTTP client then ends with it.
            client.Dispose();
            return null;
        }

        return method.Close(targetMethod).Call(client, settings, args ?? []);
    }

    private static Dictionary<MethodInfo, RestMethod> Read(Type type)
    {
        if (!type.IsInterface)
        {
            throw new ArgumentException($"{type} is not an interface", nameof(type));
        }

        var methods = type.GetInterfaces().Prepend(type)
            .SelectMany(each => each.GetMethods())
            .Where(method => method.IsAbstract && method.DeclaringType != typeof(IDisposable))
            .ToDictionary(method => method, method => RestMethod.Read(type, method));
        return methods.Count > 0
            ? methods
            : throw new ArgumentException($"{type} has no method with a Refit HTTP method attribute", nameof(type));
    }
}
