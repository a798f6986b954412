using Temporal.Server.Rpc;
using Temporalio.Api.Health.V1;

namespace Temporal.Server.Grpc;

/// <summary><c>grpc.health.v1.Health/Check</c>: the whole server, and each service that it has, is serving once it answers at all.</summary>
internal static class HealthService
{
    public static void AddHealth(this RpcMethods methods) =>
        methods.Add<HealthCheckRequest, HealthCheckResponse>(
            HealthReflection.Descriptor.Services.Single(service => service.Name == "Health"),
            "Check",
            (request, _) => request.Service.Length == 0 || methods.ByPath.Values.Any(method => method.Descriptor.Service.FullName == request.Service)
                ? Task.FromResult(new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.Serving })
                : throw new RpcException(StatusCode.NotFound, $"unknown service {request.Service}"));
}
