using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Temporal.Server.Grpc;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Temporal.Server.Rpc;

/// <summary>Handles one call.</summary>
/// <param name="request">The decoded request, of the method's input type.</param>
/// <param name="context">The call.</param>
/// <returns>The reply, of the method's output type.</returns>
/// <exception cref="RpcException">An error for the caller.</exception>
public delegate Task<IMessage> RpcHandler(IMessage request, RpcContext context);

/// <summary>One served method, however calls of it come in.</summary>
/// <param name="Descriptor">The protobuf method.</param>
/// <param name="Handler">What answers it.</param>
public abstract record RpcMethod(MethodDescriptor Descriptor, RpcHandler Handler)
{
    /// <summary>The HTTP/2 path, <c>/package.Service/Method</c>.</summary>
    public string Path => $"/{Descriptor.Service.FullName}/{Descriptor.Name}";

    /// <summary>Adds the method to what a gRPC host serves.</summary>
    internal abstract void AddTo(ServerServiceDefinition.Builder services);

    /// <summary>A method with its types.</summary>
    internal sealed record Typed<TRequest, TReply>(MethodDescriptor Descriptor, RpcHandler Handler) : RpcMethod(Descriptor, Handler)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        internal override void AddTo(ServerServiceDefinition.Builder services) => services.AddMethod(
            GrpcCall.Describe<TRequest, TReply>(this), (TRequest request, ServerCallContext context) => GrpcCall.AnswerAsync<TReply>(this, request, context));
    }
}

/// <summary>The methods that are served, by path. A path of a known service that is not here is UNIMPLEMENTED.</summary>
public sealed class RpcMethods
{
    private readonly Dictionary<string, RpcMethod> byPath = new(StringComparer.Ordinal);

    /// <summary>All methods.</summary>
    public IReadOnlyDictionary<string, RpcMethod> ByPath => byPath;

    /// <summary>The full names of the services that have methods here.</summary>
    public IReadOnlySet<string> Services => byPath.Values.Select(method => method.Descriptor.Service.FullName).ToHashSet(StringComparer.Ordinal);

    /// <summary>Serves a method of a service by its short name.</summary>
    /// <exception cref="ArgumentException">The service has no such method, its types differ, or it is served already.</exception>
    public void Add<TRequest, TReply>(ServiceDescriptor service, string name, Func<TRequest, RpcContext, Task<TReply>> handler)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        var descriptor = service.FindMethodByName(name)
            ?? throw new ArgumentException($"{service.FullName} has no method {name}.", nameof(name));
        if (descriptor.InputType.ClrType != typeof(TRequest) || descriptor.OutputType.ClrType != typeof(TReply))
        {
            throw new ArgumentException($"{descriptor.FullName} does not take {typeof(TRequest).Name} and return {typeof(TReply).Name}.", nameof(handler));
        }

        var method = new RpcMethod.Typed<TRequest, TReply>(descriptor, async (request, context) => await handler((TRequest)request, context).ConfigureAwait(false));
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
