using System.Reflection;
using Google.Protobuf;
using Grpc.Core;
using Temporal.Server.Grpc;

namespace Temporal.Server.Rpc;

/// <summary>
/// One served method, however calls of it come in. It knows its types and not its protobuf descriptor, because loading Temporal's
/// descriptors takes longer than all the rest of a start.
/// </summary>
/// <param name="Service">The service's full name.</param>
/// <param name="Name">The method's short name.</param>
/// <param name="Handler">What answers it.</param>
public abstract record RpcMethod(string Service, string Name, RpcHandler Handler)
{
    /// <summary>The HTTP/2 path, <c>/package.Service/Method</c>.</summary>
    public string Path => $"/{Service}/{Name}";

    /// <summary>The request's type.</summary>
    public abstract Type RequestType { get; }

    /// <summary>The reply's type.</summary>
    public abstract Type ReplyType { get; }

    /// <summary>The namespace that a request names; null for requests that name none.</summary>
    public abstract string? NamespaceOf(IMessage request);

    /// <summary>Adds the method to what a gRPC host serves.</summary>
    internal abstract void AddTo(ServerServiceDefinition.Builder services);

    /// <summary>A method with its types.</summary>
    internal sealed record Typed<TRequest, TReply>(string Service, string Name, RpcHandler Handler) : RpcMethod(Service, Name, Handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : class, IMessage<TReply>, new()
    {
        private static readonly Func<TRequest, string>? Namespace = typeof(TRequest)
            .GetProperty("Namespace", BindingFlags.Public | BindingFlags.Instance)
            ?.GetMethod?.CreateDelegate<Func<TRequest, string>>();

        public override Type RequestType => typeof(TRequest);

        public override Type ReplyType => typeof(TReply);

        public override string? NamespaceOf(IMessage request) => Namespace?.Invoke((TRequest)request);

        internal override void AddTo(ServerServiceDefinition.Builder services) =>
            services.AddMethod(GrpcCall.Describe<TRequest, TReply>(this), (TRequest request, ServerCallContext context) =>
                GrpcCall.AnswerAsync<TReply>(this, request, context)
            );
    }
}
