using System.Collections.Frozen;
using Google.Protobuf;
using Temporal.Server.Rpc;

namespace Temporal.Server.Grpc;

/// <summary>The served methods, prepared for look-up by path.</summary>
internal sealed class GrpcRoutes(RpcMethods methods)
{
    private readonly FrozenDictionary<string, GrpcRoute> _routes =
        methods.ByPath.ToFrozenDictionary(entry => entry.Key, entry => new GrpcRoute(entry.Value.Descriptor.InputType.Parser, entry.Value.Handler), StringComparer.Ordinal);

    private readonly FrozenSet<string> _services =
        methods.ByPath.Values.Select(method => method.Descriptor.Service.FullName).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The route of a path such as <c>/package.Service/Method</c>.</summary>
    /// <exception cref="RpcException">Unimplemented. The wording matters: the native SDK core tolerates a missing method only when it reads "unknown method" or "unknown service".</exception>
    public GrpcRoute Find(string path)
    {
        if (_routes.TryGetValue(path, out var route))
        {
            return route;
        }

        var slash = path.LastIndexOf('/');
        var (service, method) = slash > 0 ? (path[1..slash], path[(slash + 1)..]) : (path.TrimStart('/'), "");
        throw new RpcException(
            StatusCode.Unimplemented,
            _services.Contains(service) ? $"unknown method {method} for service {service}" : $"unknown service {service}");
    }
}

internal readonly record struct GrpcRoute(MessageParser Parser, RpcHandler Handler);
