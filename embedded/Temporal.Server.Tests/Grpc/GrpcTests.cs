using System.IO.Compression;
using Google.Protobuf;
using Grpc.Health.V1;
using Temporal.Server.Rpc;
using Temporal.Server.Tests.Timers;
using Temporalio.Api.Common.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Tests.Grpc;

public sealed class GrpcTests
{
    private const string Service = "temporal.api.workflowservice.v1.WorkflowService";
    private const string Path = $"/{Service}/StartWorkflowExecution";

    [Fact]
    public async Task A_call_is_answered_with_the_handlers_message_and_status_zero_in_the_trailers()
    {
        await using var host = await GrpcHost.StartAsync(
            Answering(request => new StartWorkflowExecutionResponse { RunId = request.WorkflowId })
        );

        var reply = await host.CallAsync(Path, GrpcHost.Frame(Request("w-1")));

        Assert.Equal("0", Assert.Single(reply.Trailers.GetValues("grpc-status")));
        Assert.Equal("w-1", reply.Read(StartWorkflowExecutionResponse.Parser).RunId);
    }

    [Fact]
    public async Task A_gzip_request_is_read()
    {
        await using var host = await GrpcHost.StartAsync(
            Answering(request => new StartWorkflowExecutionResponse { RunId = request.WorkflowId })
        );
        var id = new string('x', 300_000);

        var reply = await host.CallAsync(Path, GrpcHost.Frame(Gzip(Request(id)), flag: 1), ("grpc-encoding", "gzip"));

        Assert.Equal(id, reply.Read(StartWorkflowExecutionResponse.Parser).RunId);
    }

    [Fact]
    public async Task A_message_just_under_the_limit_passes_both_ways()
    {
        await using var host = await GrpcHost.StartAsync(
            Answering(request => new StartWorkflowExecutionResponse { RunId = request.WorkflowId })
        );
        var id = new string('x', (4 * 1024 * 1024) - 100);

        var reply = await host.CallAsync(Path, GrpcHost.Frame(Request(id)));

        Assert.Equal(id, reply.Read(StartWorkflowExecutionResponse.Parser).RunId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_over_the_limit_is_refused_before_and_after_decompression(bool gzip)
    {
        await using var host = await GrpcHost.StartAsync(Answering(_ => new StartWorkflowExecutionResponse()));
        var message = Request(new string('x', 4 * 1024 * 1024));

        var reply = gzip
            ? await host.CallAsync(Path, GrpcHost.Frame(Gzip(message), flag: 1), ("grpc-encoding", "gzip"))
            : await host.CallAsync(Path, GrpcHost.Frame(message));

        Assert.Equal((int)StatusCode.ResourceExhausted, reply.Status);
    }

    [Theory]
    [InlineData(
        "/temporal.api.workflowservice.v1.WorkflowService/Frobnicate",
        "unknown method Frobnicate for service temporal.api.workflowservice.v1.WorkflowService"
    )]
    [InlineData("/no.Such/Thing", "unknown service no.Such")]
    public async Task An_unknown_method_or_service_is_unimplemented_by_name(string path, string message)
    {
        await using var host = await GrpcHost.StartAsync(Answering(_ => new StartWorkflowExecutionResponse()));

        var reply = await host.CallAsync(path, GrpcHost.Frame([]));

        Assert.Equal((12, message), (reply.Status, reply.Message));
    }

    [Fact]
    public async Task An_error_travels_with_its_encoded_message_and_its_typed_details()
    {
        await using var host = await GrpcHost.StartAsync(
            Answering(_ =>
                throw new RpcException(
                    StatusCode.AlreadyExists,
                    "100 % läuft\n",
                    new WorkflowExecutionAlreadyStartedFailure { RunId = "r-1" }
                )
            )
        );

        var reply = await host.CallAsync(Path, GrpcHost.Frame(Request("w")));

        Assert.Equal((6, "100 % läuft\n"), (reply.Status, reply.Message));
        var encoded = reply.Value("grpc-status-details-bin")!;
        var status = GrpcStatus.Parser.ParseFrom(Convert.FromBase64String(encoded.PadRight((encoded.Length + 3) / 4 * 4, '=')));
        Assert.Equal((6, "100 % läuft\n"), (status.Code, status.Message));
        Assert.Equal("r-1", Assert.Single(status.Details).Unpack<WorkflowExecutionAlreadyStartedFailure>().RunId);
    }

    [Fact]
    public async Task A_handlers_unexpected_exception_is_an_internal_error()
    {
        await using var host = await GrpcHost.StartAsync(Answering(_ => throw new InvalidOperationException("boom")));

        Assert.Equal(13, (await host.CallAsync(Path, GrpcHost.Frame(Request("w")))).Status);
    }

    [Fact]
    public async Task A_deadline_cancels_the_handler_and_is_answered_as_exceeded()
    {
        await using var host = await GrpcHost.StartAsync(Waiting(new TaskCompletionSource(), new TaskCompletionSource()));

        Assert.Equal(4, (await host.CallAsync(Path, GrpcHost.Frame(Request("w")), ("grpc-timeout", "20m"))).Status);
    }

    [Fact]
    public async Task A_caller_that_gives_up_cancels_the_handler()
    {
        var (started, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var host = await GrpcHost.StartAsync(Waiting(started, cancelled));

        await host.AbandonAsync(Path, new StartWorkflowExecutionRequest(), started.Task);

        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 }, "")]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1, 2 }, "")]
    [InlineData(new byte[] { 7, 0, 0, 0, 0 }, "")]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0xFF, 0xFF }, "")]
    [InlineData(new byte[] { 1, 0, 0, 0, 2, 1, 2 }, "gzip")]
    public async Task A_damaged_frame_is_answered_as_an_error_that_is_not_the_callers_to_handle(byte[] body, string encoding)
    {
        await using var host = await GrpcHost.StartAsync(Answering(_ => new StartWorkflowExecutionResponse()));

        Assert.Contains(
            (await host.CallAsync(Path, body, ("grpc-encoding", encoding))).Status,
            new[] { (int)StatusCode.Unknown, (int)StatusCode.Internal }
        );
    }

    [Fact]
    public async Task Whatever_bytes_arrive_the_call_is_answered_and_the_server_goes_on()
    {
        await using var host = await GrpcHost.StartAsync(
            Answering(request => new StartWorkflowExecutionResponse { RunId = request.WorkflowId })
        );
        var random = new Random(20261121);
        for (var i = 0; i < 300; i++)
        {
            var body = new byte[random.Next(0, 64)];
            random.NextBytes(body);
            var gzip = random.Next(3) == 0 ? "gzip" : "identity";
            // Half of them begin like a frame, so that they get further than the header.
            var frame = random.Next(2) == 0 ? body : GrpcHost.Frame(body, (byte)random.Next(2));

            Assert.InRange((await host.CallAsync(Path, frame, ("grpc-encoding", gzip))).Status, 0, 16);
        }

        var reply = await host.CallAsync(Path, GrpcHost.Frame(Request("still here")));
        Assert.Equal("still here", reply.Read(StartWorkflowExecutionResponse.Parser).RunId);
    }

    [Fact]
    public async Task Connections_that_have_reached_their_age_are_replaced_and_no_call_fails()
    {
        var clock = new ManualClock();
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (calls, served) = (0, 0);
        await using var host = await GrpcHost.StartAsync(
            methods =>
                methods.Add<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse>(
                    Service,
                    "StartWorkflowExecution",
                    async (request, _) =>
                    {
                        if (request.WorkflowId == "slow")
                        {
                            entered.SetResult();
                            await release.Task;
                        }
                        else
                        {
                            Interlocked.Increment(ref served);
                        }

                        return new StartWorkflowExecutionResponse { RunId = request.WorkflowId };
                    }
                ),
            clock: clock
        );
        var slow = host.CallAsync(Path, GrpcHost.Frame(Request("slow")));
        await entered.Task;

        while (host.Connections < 5)
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            calls++;
            Assert.Equal(
                "quick",
                (await host.CallAgainAsync(Path, GrpcHost.Frame(Request("quick")))).Read(StartWorkflowExecutionResponse.Parser).RunId
            );
        }

        Assert.Equal(calls, Volatile.Read(ref served));

        release.SetResult();
        Assert.Equal("slow", (await slow).Read(StartWorkflowExecutionResponse.Parser).RunId);
    }

    [Fact]
    public async Task An_unknown_compression_is_unimplemented_by_name()
    {
        await using var host = await GrpcHost.StartAsync(Answering(_ => new StartWorkflowExecutionResponse()));

        var reply = await host.CallAsync(Path, GrpcHost.Frame([1], flag: 1), ("grpc-encoding", "snappy"));

        Assert.Equal(12, reply.Status);
        Assert.Contains("snappy", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_served_for_the_server_and_for_each_of_its_services()
    {
        await using var host = await GrpcHost.StartAsync(Answering(_ => new StartWorkflowExecutionResponse()));
        const string check = "/grpc.health.v1.Health/Check";

        foreach (var service in new[] { "", "temporal.api.workflowservice.v1.WorkflowService" })
        {
            var reply = await host.CallAsync(check, GrpcHost.Frame(new HealthCheckRequest { Service = service }.ToByteArray()));
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, reply.Read(HealthCheckResponse.Parser).Status);
        }

        Assert.Equal(5, (await host.CallAsync(check, GrpcHost.Frame(new HealthCheckRequest { Service = "x" }.ToByteArray()))).Status);
    }

    private static Action<RpcMethods> Answering(Func<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse> answer) =>
        methods =>
            methods.Add<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse>(Service, "StartWorkflowExecution", (request, _) =>
                Task.FromResult(answer(request))
            );

    private static Action<RpcMethods> Waiting(TaskCompletionSource started, TaskCompletionSource cancelled) =>
        methods =>
            methods.Add<StartWorkflowExecutionRequest, StartWorkflowExecutionResponse>(
                Service,
                "StartWorkflowExecution",
                async (_, context) =>
                {
                    started.SetResult();
                    await using var registration = context.CancellationToken.Register(cancelled.SetResult);
                    await Task.Delay(Timeout.Infinite, context.CancellationToken);
                    return new StartWorkflowExecutionResponse();
                }
            );

    private static byte[] Request(string workflowId) => new StartWorkflowExecutionRequest { WorkflowId = workflowId }.ToByteArray();

    private static byte[] Gzip(byte[] data)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(data);
        }

        return compressed.ToArray();
    }
}
