using Temporalio.Api.Health.V1;

namespace Temporal.Server.Grpc;

/// <summary><c>grpc.health.v1.Health/Check</c>: the whole server, and each service that it has, is serving once it answers at all.</summary>
internal static class HealthService
{
    public static RpcHandlers MapHealth(this RpcHandlers handlers) =>
        handlers.Map<HealthCheckRequest, HealthCheckResponse>(
            HealthReflection.Descriptor.Services.Single(s => s.Name == "Health").FindMethodByName("Check"),
            (request, _) => request.Service.Length == 0 || handlers.Services.Contains(request.Service)
                ? Task.FromResult(new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.Serving })
                : throw new GrpcException(GrpcStatusCode.NotFound, $"unknown service {request.Service}"));
}
