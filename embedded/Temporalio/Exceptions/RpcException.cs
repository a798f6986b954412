using Temporalio.Api.Common.V1;

namespace Temporalio.Exceptions;

/// <summary>A call to the server failed with a gRPC status.</summary>
public class RpcException : TemporalException
{
    /// <summary>From the parts of a gRPC status.</summary>
    /// <param name="code">Status code.</param>
    /// <param name="message">The server's message.</param>
    /// <param name="rawStatus">The bytes of the <c>grpc-status-details-bin</c> trailer, if there was one.</param>
    public RpcException(StatusCode code, string message, byte[]? rawStatus)
        : base(message)
    {
        Code = code;
        RawStatus = rawStatus;
        GrpcStatus = new(() => rawStatus is null ? null : Api.Common.V1.GrpcStatus.Parser.ParseFrom(rawStatus));
    }

    /// <summary>From a fault on this side of the wire.</summary>
    internal RpcException(StatusCode code, string message, Exception? inner)
        : base(message, inner)
    {
        Code = code;
        GrpcStatus = new(() => null);
    }

    internal RpcException(GrpcStatus grpcStatus)
        : base(grpcStatus.Message)
    {
        Code = (StatusCode)grpcStatus.Code;
        GrpcStatus = new(() => grpcStatus);
    }

    /// <summary>gRPC's status codes.</summary>
    public enum StatusCode
    {
        /// <summary>No error.</summary>
        OK = 0,

        /// <summary>Cancelled by the caller.</summary>
        Cancelled = 1,

        /// <summary>An error of unknown kind.</summary>
        Unknown = 2,

        /// <summary>The request is wrong whatever the state.</summary>
        InvalidArgument = 3,

        /// <summary>The deadline passed.</summary>
        DeadlineExceeded = 4,

        /// <summary>What was asked for does not exist.</summary>
        NotFound = 5,

        /// <summary>What was to be created exists.</summary>
        AlreadyExists = 6,

        /// <summary>The caller may not do that.</summary>
        PermissionDenied = 7,

        /// <summary>The caller is not known.</summary>
        Unauthenticated = 16,

        /// <summary>A limit or quota is reached.</summary>
        ResourceExhausted = 8,

        /// <summary>The state does not allow it.</summary>
        FailedPrecondition = 9,

        /// <summary>Aborted, usually by a conflict.</summary>
        Aborted = 10,

        /// <summary>Outside of the valid range.</summary>
        OutOfRange = 11,

        /// <summary>The server does not know the call.</summary>
        Unimplemented = 12,

        /// <summary>The server is broken.</summary>
        Internal = 13,

        /// <summary>The server cannot be reached now.</summary>
        Unavailable = 14,

        /// <summary>Data are lost.</summary>
        DataLoss = 15,
    }

    /// <summary>Status code.</summary>
    public StatusCode Code { get; private init; }

    /// <summary>The bytes of the <c>grpc-status-details-bin</c> trailer, if there was one.</summary>
    public byte[]? RawStatus { get; private init; }

    /// <summary>The status with its details, if the server sent them.</summary>
    public Lazy<GrpcStatus?> GrpcStatus { get; private init; }
}
