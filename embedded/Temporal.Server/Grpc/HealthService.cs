using Temporal.Server.Rpc;
using Temporalio.Api.Health.V1;

namespace Temporal.Server.Grpc;

/// <summary><c>grpc.health.v1.Health/Check</c>: the whole server, and each service that it has, is serving while the server can do its work.</summary>
internal static class HealthService
{
    public static void AddHealth(this RpcMethods methods, Func<CancellationToken, Task<bool>>? isServing) =>
        methods.Add<HealthCheckRequest, HealthCheckResponse>(
            HealthReflection.Descriptor.Services.Single(service => service.Name == "Health"),
            "Check",
            async (request, context) =>
            {
                if (request.Service.Length > 0 && !methods.ByPath.Values.Any(method => method.Descriptor.Service.FullName == request.Service))
                {
                    throw new RpcException(StatusCode.NotFound, $"unknown service {request.Service}");
                }

                var serving = isServing is null || await isServing(context.CancellationToken);
                return new HealthCheckResponse
                {
                    Status = serving ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing,
                };
            });
}
