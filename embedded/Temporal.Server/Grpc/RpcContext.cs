using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace Temporal.Server.Grpc;

/// <summary>What a handler may know about the call that it answers, beside the request message.</summary>
/// <param name="Method">The method called.</param>
/// <param name="Headers">The call's metadata: gRPC metadata is HTTP headers.</param>
/// <param name="Deadline">When the caller stops waiting (from <c>grpc-timeout</c>), or null where it gave no time.</param>
/// <param name="CancellationToken">Cancelled when the deadline passes or the caller gives up.</param>
public sealed record RpcContext(MethodDescriptor Method, IHeaderDictionary Headers, DateTimeOffset? Deadline, CancellationToken CancellationToken)
{
    /// <summary>The first value of a metadata entry (names are lower case, e.g. <c>client-name</c>), or null.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;
}
