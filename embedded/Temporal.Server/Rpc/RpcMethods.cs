using Google.Protobuf;

namespace Temporal.Server.Rpc;

/// <summary>Handles one call.</summary>
/// <param name="request">The decoded request, of the method's input type.</param>
/// <param name="context">The call.</param>
/// <returns>The reply, of the method's output type.</returns>
/// <exception cref="RpcException">An error for the caller.</exception>
public delegate Task<IMessage> RpcHandler(IMessage request, RpcContext context);

/// <summary>The methods that are served, by path. A path of a known service that is not here is UNIMPLEMENTED.</summary>
public sealed class RpcMethods
{
    private readonly Dictionary<string, RpcMethod> byPath = new(StringComparer.Ordinal);

    /// <summary>All methods.</summary>
    public IReadOnlyDictionary<string, RpcMethod> ByPath => byPath;

    /// <summary>The full names of the services that have methods here.</summary>
    public IReadOnlySet<string> Services => byPath.Values.Select(method => method.Service).ToHashSet(StringComparer.Ordinal);

    /// <summary>Serves a method of a service.</summary>
    /// <exception cref="ArgumentException">It is served already.</exception>
    public void Add<TRequest, TReply>(string service, string name, Func<TRequest, RpcContext, Task<TReply>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : class, IMessage<TReply>, new()
    {
        var method = new RpcMethod.Typed<TRequest, TReply>(service, name, async (request, context) =>
            await handler((TRequest)request, context).ConfigureAwait(false)
        );
        byPath.Add(method.Path, method);
    }

    /// <summary>Puts something around every method that is served so far.</summary>
    /// <param name="around">Makes the new handler of a method.</param>
    public void Wrap(Func<RpcMethod, RpcHandler> around)
    {
        foreach (var (path, method) in byPath.ToList())
        {
            byPath[path] = method with { Handler = around(method) };
        }
    }
}
