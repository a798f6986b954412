using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporal.Server.Admission;
using Temporal.Server.Rpc;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Tests.Admission;

public sealed class DoorTests
{
    [Fact]
    public async Task Calls_that_wait_are_bounded_for_each_namespace_and_method()
    {
        var release = new TaskCompletionSource();
        var methods = Methods(release.Task, new ServerLimits { WaitingCalls = 2 });
        var waiting = new[] { Poll(methods, "a"), Poll(methods, "a") };

        var error = await Assert.ThrowsAsync<RpcException>(() => Poll(methods, "a"));
        var elsewhere = Poll(methods, "b");
        Assert.False(elsewhere.IsCompleted);
        Assert.Equal((StatusCode.ResourceExhausted, "namespace concurrent poller limit exceeded"), (error.StatusCode, error.Message));
        var detail = Assert.IsType<ResourceExhaustedFailure>(Assert.Single(error.Details));
        Assert.Equal((ResourceExhaustedCause.ConcurrentLimit, ResourceExhaustedScope.Namespace), (detail.Cause, detail.Scope));

        release.SetResult();
        await Task.WhenAll([.. waiting, elsewhere]);
        await Poll(methods, "a");
    }

    [Fact]
    public async Task Other_calls_are_bounded_together_and_waiting_ones_do_not_count()
    {
        var release = new TaskCompletionSource();
        var methods = Methods(release.Task, new ServerLimits { CallsInProgress = 1 });
        var busy = new[] { Poll(methods, "a"), Describe(methods, "a") };

        var error = await Assert.ThrowsAsync<RpcException>(() => Describe(methods, "b"));

        Assert.Equal(ResourceExhaustedCause.SystemOverloaded, Assert.IsType<ResourceExhaustedFailure>(Assert.Single(error.Details)).Cause);
        release.SetResult();
        await Task.WhenAll(busy);
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    [InlineData(253_402_300_800, 0)]
    [InlineData(-62_135_596_801, 0)]
    public void A_time_outside_of_the_calendar_is_refused_wherever_it_stands(long seconds, int nanos)
    {
        var time = new Google.Protobuf.WellKnownTypes.Timestamp { Seconds = seconds, Nanos = nanos };
        var request = new ShutdownWorkerRequest { WorkerHeartbeat = new Temporalio.Api.Worker.V1.WorkerHeartbeat { HeartbeatTime = time } };

        var error = Assert.Throws<RpcException>(() => TimestampRule.Check(request));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("HeartbeatTime", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exactly_the_served_requests_with_a_time_in_them_are_looked_through()
    {
        await using var host = await EngineHost.StartAsync();

        Assert.All(host.Methods.ByPath.Values, method =>
        {
            var request = ((IMessage)Activator.CreateInstance(method.RequestType)!).Descriptor;
            Assert.True(
                TimestampRule.Concerns(method.RequestType) == Reaches(request, []),
                $"{request.Name}: {nameof(TimestampRule)} has it wrong."
            );
        });
    }

    private static bool Reaches(MessageDescriptor type, HashSet<MessageDescriptor> seen) =>
        type == Google.Protobuf.WellKnownTypes.Timestamp.Descriptor
        || (
            seen.Add(type)
            && type.Fields.InDeclarationOrder()
                .Select(field => field.IsMap ? field.MessageType.FindFieldByNumber(2) : field)
                .Any(field => field.FieldType == FieldType.Message && Reaches(field.MessageType, seen))
        );

    private static RpcMethods Methods(Task until, ServerLimits limits)
    {
        const string service = "temporal.api.workflowservice.v1.WorkflowService";
        var methods = new RpcMethods();
        methods.Add<PollActivityTaskQueueRequest, PollActivityTaskQueueResponse>(service, "PollActivityTaskQueue", async (_, _) =>
        {
            await until;
            return new PollActivityTaskQueueResponse();
        });
        methods.Add<DescribeNamespaceRequest, DescribeNamespaceResponse>(service, "DescribeNamespace", async (_, _) =>
        {
            await until;
            return new DescribeNamespaceResponse();
        });
        methods.Add<GetSystemInfoRequest, GetSystemInfoResponse>(service, "GetSystemInfo", (_, _) =>
            Task.FromResult(new GetSystemInfoResponse())
        );
        methods.Wrap(new Door(limits, _ => true).Guard);
        return methods;
    }

    private static Task<IMessage> Poll(RpcMethods methods, string space) =>
        Call(methods, "PollActivityTaskQueue", new PollActivityTaskQueueRequest { Namespace = space });

    private static Task<IMessage> Describe(RpcMethods methods, string space) =>
        Call(methods, "DescribeNamespace", new DescribeNamespaceRequest { Namespace = space });

    private static Task<IMessage> Call(RpcMethods methods, string name, IMessage request) =>
        methods
            .ByPath.Values.Single(method => method.Name == name)
            .Handler(
                request,
                new RpcContext(Timeout.InfiniteTimeSpan, new Dictionary<string, string>(), TestContext.Current.CancellationToken)
            );
}
