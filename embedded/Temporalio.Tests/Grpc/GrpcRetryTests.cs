using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using static Temporalio.Exceptions.RpcException;

namespace Temporalio.Tests.Grpc;

public sealed class GrpcRetryTests
{
    private static readonly RpcRetryOptions Quick = new() { InitialInterval = TimeSpan.FromMilliseconds(1), MaxInterval = TimeSpan.FromMilliseconds(1) };

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.Unknown)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Aborted)]
    [InlineData(StatusCode.OutOfRange)]
    [InlineData(StatusCode.DataLoss)]
    public async Task A_transient_error_is_tried_again(StatusCode code)
    {
        var calls = 0;
        await using var server = await StubServer.StartAsync(call => Interlocked.Increment(ref calls) < 3
            ? call.FailAsync((int)code, "later")
            : call.ReplyAsync(new DescribeNamespaceResponse()));
        var connection = await ConnectAsync(server);

        await connection.WorkflowService.DescribeNamespaceAsync(new(), new() { Retry = true });

        Assert.Equal(3, calls);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, true)]
    [InlineData(StatusCode.NotFound, true)]
    [InlineData(StatusCode.FailedPrecondition, true)]
    [InlineData(StatusCode.DeadlineExceeded, true)]
    [InlineData(StatusCode.Unavailable, false)]
    [InlineData(StatusCode.Unavailable, null)]
    public async Task Any_other_error_and_any_without_retry_is_final(StatusCode code, bool? retry)
    {
        await using var server = await StubServer.StartAsync(call => call.FailAsync((int)code, "no"));
        var connection = await ConnectAsync(server);

        var error = await Assert.ThrowsAsync<RpcException>(() =>
            connection.WorkflowService.DescribeNamespaceAsync(new(), new() { Retry = retry }));

        Assert.Equal(code, error.Code);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Trying_again_has_an_end()
    {
        await using var server = await StubServer.StartAsync(call => call.FailAsync((int)StatusCode.Unavailable, "never"));
        var connection = await ConnectAsync(server);

        await Assert.ThrowsAsync<RpcException>(() => connection.WorkflowService.DescribeNamespaceAsync(new(), new() { Retry = true }));

        Assert.Equal(Quick.MaxRetries, server.Calls.Count);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_not_sent_again()
    {
        await using var server = await StubServer.StartAsync(call =>
            call.FailAsync((int)StatusCode.ResourceExhausted, "grpc: received message larger than max"));
        var connection = await ConnectAsync(server);

        await Assert.ThrowsAsync<RpcException>(() => connection.WorkflowService.DescribeNamespaceAsync(new(), new() { Retry = true }));

        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task A_workers_poll_outlives_cancellation_by_the_server()
    {
        var calls = 0;
        await using var server = await StubServer.StartAsync(call => Interlocked.Increment(ref calls) < 2
            ? call.FailAsync((int)StatusCode.Cancelled, "restarting")
            : call.ReplyAsync(new PollWorkflowTaskQueueResponse()));
        var connection = await ConnectAsync(server);

        await connection.WorkflowService.PollWorkflowTaskQueueAsync(new(), new() { Retry = true });

        Assert.Equal(2, calls);
    }

    private static Task<TemporalConnection> ConnectAsync(StubServer server) =>
        GrpcCallTests.ConnectAsync(server, options => options.RpcRetry = Quick);
}
