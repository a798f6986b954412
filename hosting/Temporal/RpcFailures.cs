using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Exceptions;

namespace TemporalDelivery.Hosting.Temporal;

/// <summary>What Temporal means by a failed call.</summary>
public static class RpcFailures
{
    /// <summary>Whether the namespace does not know a search attribute that a workflow is started with.</summary>
    public static bool IsMissingSearchAttribute(this RpcException failure) =>
        failure.Code == RpcException.StatusCode.InvalidArgument
        && failure.Message.Contains("search attribute", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether no workflow of that id is running. A missing namespace is NotFound too, but then it is the server that is not as it should
    /// be.
    /// </summary>
    public static bool IsMissingWorkflow(this RpcException failure) =>
        failure.Code == RpcException.StatusCode.NotFound
        && failure.GrpcStatus.Value?.Details.Any(detail => detail.Is(NamespaceNotFoundFailure.Descriptor)) != true;
}
