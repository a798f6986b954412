using Temporal.Server.Rpc;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace Temporal.Server.Long.Tests.Engine;

/// <summary>Temporal's largest counts, reached one by one.</summary>
public sealed class FullCountTests
{
    private static readonly WorkflowLimits Limits = new();

    [Fact]
    public async Task A_run_takes_ten_thousand_signals_and_refuses_the_next_from_clients_and_workflows()
    {
        await using var server = await EngineHost.StartAsync(cachedRuns: 10);
        await server.StartAsync("w");
        for (var i = 0; i < Limits.Signals; i++)
        {
            await server.SignalAsync("w", requestId: $"{i}");
        }

        var error = await Assert.ThrowsAsync<RpcException>(() => server.SignalAsync("w"));
        Assert.Equal(
            (StatusCode.InvalidArgument, "exceeded workflow execution limit for signal events"),
            (error.StatusCode, error.Message)
        );
        await server.SignalAsync("w", requestId: "0");

        await server.PollWorkflowAsync();
        await server.StartAsync("other");
        await server.StepAsync(SignalExternal("w"));
        var failed = await server.WaitForAsync("other", e => e.EventType == EventType.SignalExternalWorkflowExecutionFailed);
        Assert.Equal(
            SignalExternalWorkflowExecutionFailedCause.SignalCountLimitExceeded,
            failed.SignalExternalWorkflowExecutionFailedEventAttributes.Cause
        );
    }

    [Fact]
    public async Task A_run_takes_two_thousand_updates_and_is_told_before_to_continue_as_new()
    {
        await using var server = await EngineHost.StartAsync(cachedRuns: 10);
        await server.StartAsync("w");
        await server.StepAsync();
        for (var i = 0; i < Limits.Updates; i += Limits.UpdatesInFlight)
        {
            var calls = Enumerable.Range(i, Limits.UpdatesInFlight).Select(n => server.UpdateAsync($"{n}", Stage.Completed)).ToList();
            var task = await server.PollWorkflowAsync();
            await server.CompleteAsync(
                task,
                r =>
                {
                    r.Messages.Add(task.Messages.Select(Updates.Accepts));
                    r.Messages.Add(task.Messages.Select(message => Updates.Responds(message.ProtocolInstanceId)));
                },
                [
                    .. task.Messages.SelectMany(message =>
                        (Command[])[Message($"{message.ProtocolInstanceId}/accept"), Message($"{message.ProtocolInstanceId}/complete")]
                    ),
                ]
            );
            await Task.WhenAll(calls);
            var told = (await LastStartAsync(server)).SuggestContinueAsNewReasons;
            Assert.Equal(i + Limits.UpdatesInFlight >= 1800, told.Contains(SuggestContinueAsNewReason.TooManyUpdates));
        }

        var error = await Assert.ThrowsAsync<RpcException>(() => server.UpdateAsync("too many", Stage.Accepted));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.StartsWith(
            "The limit on the total number of distinct updates in this workflow has been reached (2000).",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.NotNull((await server.UpdateAsync("7", Stage.Completed)).Outcome.Success);
    }

    private static async Task<WorkflowTaskStartedEventAttributes> LastStartAsync(EngineHost server) => (
            await server.CallAsync<GetWorkflowExecutionHistoryReverseResponse>(
                new GetWorkflowExecutionHistoryReverseRequest
                {
                    Namespace = "default",
                    Execution = new WorkflowExecution { WorkflowId = "w" },
                    MaximumPageSize = 50,
                }
            )
        ).History.Events.First(e => e.EventType == EventType.WorkflowTaskStarted).WorkflowTaskStartedEventAttributes;
}
