using Google.Protobuf;

namespace Temporal.Server.Grpc;

/// <summary>Thrown by a handler to answer a call with a status other than OK.</summary>
/// <param name="code">The status that the client sees.</param>
/// <param name="message">A sentence for a person; it travels as <c>grpc-message</c>.</param>
/// <param name="details">Typed details; they travel in <c>grpc-status-details-bin</c>, in this order.</param>
public sealed class GrpcException(GrpcStatusCode code, string message, params IMessage[] details) : Exception(message)
{
    /// <summary>The status that the client sees.</summary>
    public GrpcStatusCode Code { get; } = code;

    /// <summary>Typed details, such as <c>WorkflowExecutionAlreadyStartedFailure</c>; often none.</summary>
    public IReadOnlyList<IMessage> Details { get; } = details;
}
