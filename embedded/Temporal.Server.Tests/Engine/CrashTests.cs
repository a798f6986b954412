using Temporal.Server.Store;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class CrashTests
{
    // In the parent's history.
    private static readonly EventType[] Once =
    [
        EventType.StartChildWorkflowExecutionInitiated,
        EventType.ChildWorkflowExecutionStarted,
        EventType.ChildWorkflowExecutionCompleted,
        EventType.SignalExternalWorkflowExecutionInitiated,
        EventType.ExternalWorkflowExecutionSignaled,
        EventType.TimerFired,
        EventType.ActivityTaskScheduled,
        EventType.ActivityTaskCompleted,
        EventType.WorkflowExecutionCompleted,
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_crash_at_any_commit_loses_nothing_and_doubles_nothing(bool crashAfterCommit) =>
        new CrashPlay(PlayRoundAsync, async (reader, said) =>
            Occurrences.AssertOnce(await reader.HistoryAsync("parent"), said, Once)
        ).RunAsync(crashAfterCommit);

    [Fact]
    public async Task A_restarted_server_hands_out_what_waited_and_takes_answers_to_what_was_handed_out()
    {
        var memory = new InMemoryStore();
        PollActivityTaskQueueResponse taken;
        await using (var first = await EngineHost.StartAsync(memory))
        {
            await first.StartAsync("w");
            await first.StepAsync(Activity("taken"), Activity("waiting"), Timer("t", 1));
            taken = await first.PollActivityAsync();
        }

        await using var second = await EngineHost.StartAsync(memory);
        Assert.Equal("waiting", (await second.PollActivityAsync()).ActivityId);
        await second.CallAsync<RespondActivityTaskCompletedResponse>(
            new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = taken.TaskToken }
        );
        second.Advance(TimeSpan.FromSeconds(1));
        await second.WaitForAsync("w", e => e.EventType == EventType.TimerFired);
    }

    // The workers and the client, until the parent has completed.
    private static async Task<bool> PlayRoundAsync(EngineHost server)
    {
        await StartOnceAsync(server, "target");
        await StartOnceAsync(server, "parent");
        if ((await server.DescribeAsync("parent")).WorkflowExecutionInfo.Status == WorkflowExecutionStatus.Completed)
        {
            return true;
        }

        var activity = await server.PollActivityAsync(TimeSpan.FromMilliseconds(4));
        if (!activity.TaskToken.IsEmpty)
        {
            await server.CallAsync<RespondActivityTaskCompletedResponse>(
                new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = activity.TaskToken }
            );
        }

        await CrashPlay.DecideAsync(server, Decide);
        return false;
    }

    private static Task<StartWorkflowExecutionResponse> StartOnceAsync(EngineHost server, string workflowId) =>
        server.StartAsync(workflowId, request =>
        {
            request.RequestId = workflowId;
            request.WorkflowIdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate;
        });

    // What each workflow does follows from its history alone, as with a real worker.
    private static Command[] Decide(PollWorkflowTaskQueueResponse task)
    {
        bool Has(EventType type) => task.History.Events.Any(e => e.EventType == type);
        switch (task.WorkflowExecution.WorkflowId)
        {
            case "child":
                return [Complete()];
            case "target":
                return Has(EventType.WorkflowExecutionSignaled) ? [Complete()] : [];
            default:
                if (!Has(EventType.TimerStarted))
                {
                    return [Child("child"), SignalExternal("target"), Activity(), Timer("t", 1)];
                }

                return
                    Has(EventType.TimerFired)
                    && Has(EventType.ChildWorkflowExecutionCompleted)
                    && Has(EventType.ExternalWorkflowExecutionSignaled)
                    && Has(EventType.ActivityTaskCompleted)
                    ? [Complete()]
                    : [];
        }
    }
}
