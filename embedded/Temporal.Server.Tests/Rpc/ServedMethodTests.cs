using Google.Protobuf.Reflection;
using Temporal.Server.Tests.Engine;
using OperatorService = Temporalio.Api.OperatorService.V1.ServiceReflection;
using TestService = Temporalio.Api.TestService.V1.ServiceReflection;
using WorkflowService = Temporalio.Api.WorkflowService.V1.ServiceReflection;

namespace Temporal.Server.Tests.Rpc;

public sealed class ServedMethodTests
{
    [Fact]
    public async Task Every_served_method_is_one_of_the_published_services_with_its_types()
    {
        var published = new[] { WorkflowService.Descriptor, OperatorService.Descriptor, TestService.Descriptor }
            .SelectMany(file => file.Services)
            .SelectMany(service => service.Methods)
            .Select(Signature)
            .ToHashSet();
        await using var host = await EngineHost.StartAsync();

        var served = host.Methods.ByPath.Values.Select(method => (method.Path, method.RequestType, method.ReplyType)).ToList();

        Assert.NotEmpty(served);
        Assert.Empty(served.Except(published));
    }

    private static (string Path, Type Request, Type Reply) Signature(MethodDescriptor method) =>
        ($"/{method.Service.FullName}/{method.Name}", method.InputType.ClrType, method.OutputType.ClrType);
}
