using Google.Protobuf;
using Temporal.Server.Rpc;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Long.Tests.Engine;

/// <summary>How long a history may become, as in Temporal's defaults.</summary>
public sealed class HistoryLimitTests
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData(4090, 0, SuggestContinueAsNewReason.TooManyHistoryEvents)]
    [InlineData(5, Megabyte, SuggestContinueAsNewReason.HistorySizeTooLarge)]
    public async Task A_worker_is_told_to_continue_as_new_in_time_and_why(int markers, int bytes, SuggestContinueAsNewReason reason)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var first = await server.StepAsync(Markers(markers, bytes));
        Assert.False(first.History.Events[^1].WorkflowTaskStartedEventAttributes.SuggestContinueAsNew);
        await server.SignalAsync("w");
        await server.PollWorkflowAsync();
        var started = (
            await server.WaitForAsync("w", e => e.EventType == EventType.WorkflowTaskStarted && e.EventId > 3)
        ).WorkflowTaskStartedEventAttributes;
        Assert.True(started.SuggestContinueAsNew);
        Assert.Equal([reason], started.SuggestContinueAsNewReasons);
    }

    [Theory]
    [InlineData(51_200, 0, "Workflow history count exceeds limit.")]
    [InlineData(26, 2 * Megabyte - 1000, "Workflow history size exceeds limit.")]
    public async Task A_change_that_would_make_history_too_long_terminates_the_run_instead(int markers, int bytes, string reason)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, Markers(markers, bytes)));
        Assert.Equal((StatusCode.InvalidArgument, reason), (error.StatusCode, error.Message));
        Assert.Equal(
            "WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed WorkflowExecutionTerminated",
            await server.TypesAsync("w")
        );
        Assert.Equal(reason, (await server.HistoryAsync("w"))[^1].WorkflowExecutionTerminatedEventAttributes.Reason);
    }

    [Fact]
    public async Task A_signal_too_many_for_history_terminates_the_run_and_tells_its_sender()
    {
        await using var server = await EngineHost.StartAsync(cachedRuns: 10);
        await server.StartAsync("w");
        await server.StepAsync(Markers(51_200 - 6, 0));
        await server.SignalAsync("w");
        var error = await Assert.ThrowsAsync<RpcException>(() => server.SignalAsync("w"));
        Assert.Equal("Workflow history count exceeds limit.", error.Message);
        Assert.Equal(WorkflowExecutionStatus.Terminated, (await server.DescribeAsync("w")).WorkflowExecutionInfo.Status);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.SignalAsync("w"))).StatusCode);
    }

    private static Command[] Markers(int count, int bytes) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    var marker = Marker();
                    if (bytes > 0)
                    {
                        marker.RecordMarkerCommandAttributes.Details.Add("d", Text(new string('x', bytes)));
                    }

                    return marker;
                }),
        ];
}
