using Google.Protobuf.Reflection;
using Temporalio.Api.ErrorDetails.V1;
using OperatorService = Temporalio.Api.OperatorService.V1.ServiceReflection;
using WorkflowService = Temporalio.Api.WorkflowService.V1.ServiceReflection;

namespace Temporal.Server.Http.Json;

/// <summary>The message types that can stand in an <c>Any</c>, and the ones whose JSON is not that of their fields.</summary>
internal static class ProtoTypes
{
    /// <summary>All of Temporal's, with their dependencies.</summary>
    public static readonly TypeRegistry All = TypeRegistry.FromFiles(
        WorkflowService.Descriptor,
        OperatorService.Descriptor,
        NotFoundFailure.Descriptor.File
    );

    /// <summary>
    /// Whether the type is protobuf's own, with a JSON form of its own: <c>Timestamp</c> is a string, <c>Any</c> has <c>@type</c>.
    /// </summary>
    public static bool HasOwnJson(MessageDescriptor type) => type.File.Package == "google.protobuf";
}
