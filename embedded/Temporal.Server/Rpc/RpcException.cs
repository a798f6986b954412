using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;

namespace Temporal.Server.Rpc;

/// <summary>An error for the caller: becomes <c>grpc-status</c>, <c>grpc-message</c> and <c>grpc-status-details-bin</c>.</summary>
public sealed class RpcException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="statusCode">gRPC's code.</param>
    /// <param name="message">What is wrong, for a person; some SDKs match on it.</param>
    /// <param name="details">Failure details, packed as <c>Any</c> in a <c>google.rpc.Status</c>.</param>
    public RpcException(StatusCode statusCode, string message, params IReadOnlyList<IMessage> details)
        : base(message)
    {
        StatusCode = statusCode;
        Details = details;
    }

    /// <summary>gRPC's code.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>Failure details.</summary>
    public IReadOnlyList<IMessage> Details { get; }

    /// <summary>The request is wrong.</summary>
    public static RpcException InvalidArgument(string message) => new(StatusCode.InvalidArgument, message);

    /// <summary>The thing asked for is not there.</summary>
    public static RpcException NotFound(string message) => new(StatusCode.NotFound, message, new NotFoundFailure());

    /// <summary>A limit is reached; callers try again more slowly.</summary>
    public static RpcException ResourceExhausted(ResourceExhaustedCause cause, ResourceExhaustedScope scope, string message) =>
        new(StatusCode.ResourceExhausted, message, new ResourceExhaustedFailure { Cause = cause, Scope = scope });

    /// <summary>The state does not allow it.</summary>
    public static RpcException FailedPrecondition(string message) => new(StatusCode.FailedPrecondition, message);
}
