using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using GrpcException = Grpc.Core.RpcException;
using RpcException = Temporal.Server.Rpc.RpcException;

namespace Temporal.Server.Grpc;

/// <summary>A call's failure as gRPC shows it.</summary>
internal static class GrpcErrors
{
    // Clients bound the headers that they take (the native core 16 KiB): a longer error must lose its tail, not the connection.
    private const int MaximumMessageLength = 2048;
    private const int MaximumDetailsBytes = 6 * 1024;

    /// <summary>The failure as <c>grpc-status</c>, <c>grpc-message</c> and <c>grpc-status-details-bin</c>.</summary>
    public static GrpcException ToGrpc(this RpcException error)
    {
        var message =
            error.Message.Length <= MaximumMessageLength
                ? error.Message
                : string.Concat(error.Message.AsSpan(0, MaximumMessageLength), "…");
        var trailers = new Metadata();
        if (error.Details.Count > 0 && Status(error, message) is { } status && status.CalculateSize() <= MaximumDetailsBytes)
        {
            trailers.Add("grpc-status-details-bin", status.ToByteArray());
        }

        return new GrpcException(new Status(error.StatusCode, message), trailers);
    }

    /// <summary>The same failure as a message: the content of <c>grpc-status-details-bin</c>, named google.rpc.Status elsewhere.</summary>
    public static GrpcStatus Status(RpcException error, string message)
    {
        var status = new GrpcStatus { Code = (int)error.StatusCode, Message = message };
        status.Details.AddRange(error.Details.Select(Any.Pack));
        return status;
    }
}
