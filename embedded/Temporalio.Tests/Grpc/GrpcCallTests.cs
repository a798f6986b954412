using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using static Temporalio.Exceptions.RpcException;

namespace Temporalio.Tests.Grpc;

public sealed class GrpcCallTests
{
    private static readonly DescribeNamespaceRequest Request = new() { Namespace = "orders" };

    [Fact]
    public async Task A_call_says_its_namespace_its_deadline_and_who_calls()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new DescribeNamespaceResponse { IsGlobalNamespace = true }));
        var connection = await ConnectAsync(server);

        var reply = await connection.WorkflowService.DescribeNamespaceAsync(Request);

        Assert.True(reply.IsGlobalNamespace);
        var call = Assert.Single(server.Calls);
        Assert.Equal(Request.ToByteArray(), call.Message);
        Assert.Equal("orders", call.Headers["temporal-namespace"]);
        Assert.Equal("temporal-dotnet", call.Headers["client-name"]);
        Assert.Equal("30000m", call.Headers["grpc-timeout"]);
        Assert.Equal("application/grpc", call.Headers["content-type"]);
        Assert.Equal("trailers", call.Headers["te"]);
    }

    [Fact]
    public async Task A_long_poll_has_seventy_seconds()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new PollWorkflowTaskQueueResponse()));
        var connection = await ConnectAsync(server);

        await connection.WorkflowService.PollWorkflowTaskQueueAsync(new() { Namespace = "orders" });

        Assert.Equal("70000m", Assert.Single(server.Calls).Headers["grpc-timeout"]);
    }

    [Fact]
    public async Task Headers_of_the_call_stand_in_place_of_the_connections()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new DescribeNamespaceResponse()));
        var connection = await ConnectAsync(server, options =>
        {
            options.RpcMetadata = [new("one", "connection"), new("two", "connection")];
            options.RpcBinaryMetadata = [new("three-bin", [1, 2])];
            options.ApiKey = "secret";
            options.Tls = new() { Disabled = true };
        });

        await connection.WorkflowService.DescribeNamespaceAsync(Request, new() { Metadata = [new("two", "call")] });
        connection.ApiKey = "changed";
        await connection.WorkflowService.DescribeNamespaceAsync(Request, new() { Metadata = [new("authorization", "own")] });
        await connection.WorkflowService.DescribeNamespaceAsync(Request);

        var calls = server.Calls.ToArray();
        Assert.Equal("connection", calls[0].Headers["one"]);
        Assert.Equal("call", calls[0].Headers["two"]);
        Assert.Equal("AQI=", calls[0].Headers["three-bin"]);
        Assert.Equal("Bearer secret", calls[0].Headers["authorization"]);
        Assert.Equal("own", calls[1].Headers["authorization"]);
        Assert.Equal("Bearer changed", calls[2].Headers["authorization"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_carries_its_code_its_message_and_its_details(bool padded)
    {
        var status = new GrpcStatus { Code = 6, Message = "taken", Details = { Any.Pack(new WorkflowExecutionAlreadyStartedFailure { RunId = "run" }) } };
        var details = Convert.ToBase64String(status.ToByteArray());
        await using var server = await StubServer.StartAsync(call => call.FailAsync(6, "taken%20%C3%A4", padded ? details : details.TrimEnd('=')));
        var connection = await ConnectAsync(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => connection.WorkflowService.DescribeNamespaceAsync(Request));

        Assert.Equal(StatusCode.AlreadyExists, error.Code);
        Assert.Equal("taken ä", error.Message);
        Assert.Equal("run", error.GrpcStatus.Value!.Details[0].Unpack<WorkflowExecutionAlreadyStartedFailure>().RunId);
    }

    [Theory]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(401, StatusCode.Unauthenticated)]
    public async Task An_answer_that_is_not_grpc_is_told_by_its_http_status(int http, StatusCode code)
    {
        await using var server = await StubServer.StartAsync(call => call.FailHttpAsync(http));
        var connection = await ConnectAsync(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => connection.WorkflowService.DescribeNamespaceAsync(Request));

        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task Large_requests_are_compressed_unless_that_is_turned_off()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new SignalWorkflowExecutionResponse()));
        var large = new SignalWorkflowExecutionRequest { SignalName = new string('x', 100_000) };

        await (await ConnectAsync(server)).WorkflowService.SignalWorkflowExecutionAsync(large);
        await (await ConnectAsync(server, options => options.GrpcCompression = new GrpcCompression.None()))
            .WorkflowService.SignalWorkflowExecutionAsync(large);

        var calls = server.Calls.ToArray();
        Assert.Equal([true, false], calls.Select(each => each.Compressed));
        Assert.All(calls, each => Assert.Equal(large.ToByteArray(), each.Message));
    }

    [Fact]
    public async Task A_server_that_does_not_know_compression_is_called_without()
    {
        await using var server = await StubServer.StartAsync(call => call.Headers.ContainsKey("grpc-encoding")
            ? call.FailAsync(12, "grpc: Decompressor is not installed for grpc-encoding \"gzip\"")
            : call.ReplyAsync(new SignalWorkflowExecutionResponse()));
        var connection = await ConnectAsync(server);
        var large = new SignalWorkflowExecutionRequest { SignalName = new string('x', 100_000) };

        await connection.WorkflowService.SignalWorkflowExecutionAsync(large);
        await connection.WorkflowService.SignalWorkflowExecutionAsync(large);

        Assert.Equal([true, false, false], server.Calls.Select(each => each.Compressed));
    }

    [Fact]
    public async Task Details_that_are_not_readable_do_not_hide_the_status()
    {
        await using var server = await StubServer.StartAsync(call => call.FailAsync(5, "gone", "%%%"));
        var connection = await ConnectAsync(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => connection.WorkflowService.DescribeNamespaceAsync(Request));

        Assert.Equal(StatusCode.NotFound, error.Code);
        Assert.Null(error.GrpcStatus.Value);
    }

    [Fact]
    public async Task Compressed_replies_are_read()
    {
        var large = new DescribeNamespaceResponse { NamespaceInfo = new() { Description = new string('x', 100_000) } };
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(large, gzip: true));

        Assert.Equal(large, await (await ConnectAsync(server)).WorkflowService.DescribeNamespaceAsync(Request));
    }

    [Fact]
    public async Task A_deadline_ends_a_call_that_is_not_answered()
    {
        await using var server = await StubServer.StartAsync(call => UntilAbortedAsync(call));
        var connection = await ConnectAsync(server);

        // Until one has got to the server in its time.
        while (server.Calls.IsEmpty)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => connection.WorkflowService.DescribeNamespaceAsync(
                Request, new() { Timeout = TimeSpan.FromMilliseconds(50) }));
            Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
        }

        Assert.Equal("50m", server.Calls.First().Headers["grpc-timeout"]);
    }

    [Fact]
    public async Task A_cancelled_call_is_aborted_at_the_server_at_once()
    {
        using var cancel = new CancellationTokenSource();
        var aborted = new TaskCompletionSource();
        await using var server = await StubServer.StartAsync(async call =>
        {
            await cancel.CancelAsync();
            await UntilAbortedAsync(call);
            aborted.SetResult();
        });
        var connection = await ConnectAsync(server);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.WorkflowService.DescribeNamespaceAsync(
            Request, new() { CancellationToken = cancel.Token }));
        await aborted.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_thousand_long_polls_wait_at_the_same_time()
    {
        const int Polls = 1000;
        var all = new TaskCompletionSource();
        var waiting = 0;
        await using var server = await StubServer.StartAsync(async call =>
        {
            if (Interlocked.Increment(ref waiting) == Polls)
            {
                all.SetResult();
            }

            await all.Task;
            await call.ReplyAsync(new PollActivityTaskQueueResponse());
        });
        var connection = await ConnectAsync(server);

        await Task.WhenAll(Enumerable.Range(0, Polls).Select(_ => connection.WorkflowService.PollActivityTaskQueueAsync(new())));

        Assert.Equal(Polls, server.Calls.Count);
    }

    internal static Task<TemporalConnection> ConnectAsync(StubServer server, Action<TemporalConnectionOptions>? configure = null)
    {
        var options = new TemporalConnectionOptions(server.TargetHost);
        configure?.Invoke(options);
        return TemporalConnection.ConnectAsync(options);
    }

    private static async Task UntilAbortedAsync(StubCall call)
    {
        var aborted = new TaskCompletionSource();
        await using var registration = call.Aborted.Register(aborted.SetResult);
        await aborted.Task;
    }
}
