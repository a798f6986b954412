using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Temporal.Server.Grpc;

/// <summary>Answers one unary call.</summary>
/// <exception cref="GrpcException">To answer with an error status.</exception>
public delegate Task<IMessage> RpcHandler(IMessage request, RpcContext context);

/// <summary>Which handler answers which method. Filled before the host starts, only read afterwards.</summary>
public sealed class RpcHandlers
{
    private readonly Dictionary<string, RpcRoute> _routes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServiceDescriptor> _services = new(StringComparer.Ordinal);

    /// <summary>The services that have at least one method here, by full name.</summary>
    public IReadOnlyCollection<string> Services => _services.Keys;

    /// <summary>Registers the handler of a method.</summary>
    /// <exception cref="ArgumentException">The method streams, or has a handler already.</exception>
    public RpcHandlers Map(MethodDescriptor method, RpcHandler handler)
    {
        if (method.IsClientStreaming || method.IsServerStreaming)
        {
            throw new ArgumentException($"{method.FullName} is a streaming method; only unary ones are served.", nameof(method));
        }

        var path = $"/{method.Service.FullName}/{method.Name}";
        if (!_routes.TryAdd(path, new RpcRoute(method, handler)))
        {
            throw new ArgumentException($"{method.FullName} has a handler already.", nameof(method));
        }

        _services[method.Service.FullName] = method.Service;
        return this;
    }

    /// <summary>Registers the handler of a method with its own message types.</summary>
    /// <exception cref="ArgumentException">The types are not the method's own, it streams, or it has a handler already.</exception>
    public RpcHandlers Map<TRequest, TResponse>(MethodDescriptor method, Func<TRequest, RpcContext, Task<TResponse>> handler)
        where TRequest : IMessage
        where TResponse : IMessage
    {
        if (method.InputType.ClrType != typeof(TRequest) || method.OutputType.ClrType != typeof(TResponse))
        {
            throw new ArgumentException(
                $"{method.FullName} takes {method.InputType.FullName} and answers {method.OutputType.FullName}, not {typeof(TRequest)} and {typeof(TResponse)}.",
                nameof(method));
        }

        return Map(method, async (request, context) => await handler((TRequest)request, context));
    }

    internal RpcRoute? Find(string path) => _routes.GetValueOrDefault(path);

    /// <summary>The wording matters: the native SDK core tolerates a missing method only when it reads "unknown method" or "unknown service".</summary>
    internal GrpcException Unknown(string path)
    {
        var slash = path.LastIndexOf('/');
        var (service, method) = slash > 0 ? (path[1..slash], path[(slash + 1)..]) : (path.TrimStart('/'), "");
        return new GrpcException(
            GrpcStatusCode.Unimplemented,
            _services.ContainsKey(service) ? $"unknown method {method} for service {service}" : $"unknown service {service}");
    }
}

internal sealed record RpcRoute(MethodDescriptor Method, RpcHandler Handler)
{
    public MessageParser Parser { get; } = Method.InputType.Parser;
}
