using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporal.Server.Rpc;
using Temporal.Server.Tests.Grpc;

namespace Temporal.Server.Long.Tests.Fuzz;

/// <summary>Valid requests without sense, over gRPC.</summary>
public sealed class GrpcFuzzTests
{
    private static readonly TimeSpan Answer = TimeSpan.FromMinutes(2);

    private static readonly MethodDescriptor[] Methods =
    [
        .. Temporalio
            .Api.WorkflowService.V1.ServiceReflection.Descriptor.Services.Concat(
                Temporalio.Api.OperatorService.V1.ServiceReflection.Descriptor.Services
            )
            .SelectMany(service => service.Methods),
    ];

    private static readonly MethodDescriptor[] TestMethods =
    [
        .. Methods,
        .. Temporalio.Api.TestService.V1.ServiceReflection.Descriptor.Services.SelectMany(service => service.Methods),
    ];

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Whatever_is_asked_in_whatever_order_is_answered_and_never_with_an_internal_error(bool isFixed, bool onPostgres)
    {
        await using var server = await FuzzedServer.StartAsync(onPostgres, FuzzSettings.Seed(isFixed));
        await AttackAsync(server, Methods);
    }

    [Fact]
    public async Task A_time_skipping_server_stands_it_too()
    {
        await using var server = await FuzzedServer.StartAsync(onPostgres: false, FuzzSettings.RandomSeed, timeSkipping: true);
        await AttackAsync(server, TestMethods);
    }

    private static async Task AttackAsync(FuzzedServer server, MethodDescriptor[] methods)
    {
        using var caller = new GrpcCaller(server.Server.EndPoint);
        await server.AttackAsync(async random =>
        {
            var method = methods[random.Next(methods.Length)];
            var request = new RandomMessages(random, server.Learned).Next(method.InputType);
            var deadline = TimeSpan.FromMilliseconds(random.Next(20, 600));
            GrpcReply reply;
            try
            {
                reply = await caller.SendAsync($"/{method.Service.FullName}/{method.Name}", request, deadline).WaitAsync(deadline + Answer);
            }
            catch (TimeoutException)
            {
                server.Complain($"{method.Name} was not answered", Text(request));
                return;
            }

            server.Count(method.Name, reply.Status);
            if (reply.Status == 0)
            {
                server.Learned.From(reply.Read(method.OutputType.Parser));
            }
            else if (reply.Status is (int)StatusCode.Internal or (int)StatusCode.Unknown or (int)StatusCode.DataLoss)
            {
                server.Complain($"{method.Name}: {reply.Message}", Text(request));
            }
        });
    }

    private static string Text(IMessage request)
    {
        var text = request.ToString()!;
        return text.Length < 3000 ? text : text[..3000];
    }
}
