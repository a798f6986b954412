using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Runtime;
using Temporalio.Runtime.Logs;
using Temporalio.Tests.Grpc;

namespace Temporalio.Tests.Runtime;

public sealed class RuntimeLogTests
{
    [Theory]
    [InlineData("ERROR,temporalio_client=WARN", "temporalio_client::retry", LogLevel.Warning, true)]
    [InlineData("ERROR,temporalio_client=WARN", "temporalio_client", LogLevel.Information, false)]
    [InlineData("ERROR,temporalio_client=WARN", "other", LogLevel.Warning, false)]
    [InlineData("ERROR,temporalio_client=WARN", "other", LogLevel.Error, true)]
    [InlineData("temporalio=off,temporalio_client=trace", "temporalio_client", LogLevel.Trace, true)]
    [InlineData("temporalio=off,temporalio_client=trace", "temporalio_sdk", LogLevel.Error, false)]
    [InlineData("temporalio_sdk, ???=what", "temporalio_sdk", LogLevel.Trace, true)]
    [InlineData(null, "other", LogLevel.Error, true)]
    public void Filters_let_through_by_the_longest_target(string? filter, string target, LogLevel level, bool lets) =>
        Assert.Equal(lets, new LogFilter(filter).Lets(target, level));

    [Fact]
    public async Task Calls_that_are_tried_again_are_told_to_the_logger_that_is_forwarded_to()
    {
        var logger = new KeepingLogger();
        var runtime = new TemporalRuntime(new(new() { Logging = new() { Forwarding = new(logger) } }));
        var calls = 0;
        await using var server = await StubServer.StartAsync(call => ++calls < 4
            ? call.FailAsync((int)RpcException.StatusCode.Unavailable, "restarting")
            : call.ReplyAsync(new Api.WorkflowService.V1.ListNamespacesResponse()));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost)
        {
            Runtime = runtime,
            RpcRetry = new() { InitialInterval = TimeSpan.FromMilliseconds(1), MaxRetries = 6 },
        });

        await client.WorkflowService.ListNamespacesAsync(new(), new() { Retry = true });

        var log = Assert.Single(logger.Logs);
        Assert.Equal((LogLevel.Warning, "temporalio_client"), (log.Level, log.Target));
        Assert.Equal("3", log.JsonFields!["attempts"]);
        Assert.Equal("\"/temporal.api.workflowservice.v1.WorkflowService/ListNamespaces\"", log.JsonFields["call"]);
        Assert.Contains("restarting", log.ToString(), StringComparison.Ordinal);
        Assert.Equal(["Level", "Target", "Message", "Timestamp", "JsonFields"], log.Select(each => each.Key));
    }

    [Fact]
    public void Fields_are_left_out_where_they_are_not_wanted()
    {
        var logger = new KeepingLogger();
        var log = new RuntimeLog(new() { Forwarding = new(logger) { IncludeFields = false } });

        log.Write(LogLevel.Error, RuntimeLog.Worker, "Broken", ("how", "badly"));
        log.Write(LogLevel.Debug, RuntimeLog.Worker, "Detail");

        Assert.Equal("[sdk_core::temporalio_sdk_core::worker] Broken", Assert.Single(logger.Logs).ToString());
        Assert.Throws<ArgumentException>(() => new TemporalRuntime(new(new() { Logging = new() { Forwarding = new() } })));
    }

    private sealed class KeepingLogger : ILogger
    {
        internal List<ForwardedLog> Logs { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(state!.ToString(), formatter(state, exception));
            Logs.Add((ForwardedLog)(object)state);
        }
    }
}
