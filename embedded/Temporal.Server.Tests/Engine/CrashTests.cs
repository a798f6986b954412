using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class CrashTests
{
    private const int MoreCommitsThanItTakes = 60;
    private const int MoreRoundsThanItTakes = 300;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_at_any_commit_loses_nothing_and_doubles_nothing(bool crashAfterCommit)
    {
        for (var crashAt = 1; crashAt < MoreCommitsThanItTakes; crashAt++)
        {
            var memory = new InMemoryStore();
            var crashing = new CrashingStore(memory, crashAt, crashAfterCommit);
            if (!await PlayAsync(crashing, () => crashing.Crashed))
            {
                Assert.True(await PlayAsync(memory, () => false), $"the second server finishes what the first left at commit {crashAt}");
            }

            await using var reader = await EngineHost.StartAsync(memory);
            Check(await reader.HistoryAsync("parent"), $"crash at {crashAt}");
            if (!crashing.Crashed)
            {
                return;
            }
        }

        Assert.Fail("the scenario takes more commits than expected");
    }

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
        await second.CallAsync<RespondActivityTaskCompletedResponse>(new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = taken.TaskToken });
        second.Advance(TimeSpan.FromSeconds(1));
        await second.WaitForAsync("w", e => e.EventType == EventType.TimerFired);
    }

    // Plays the workers and the client until the parent has completed; false when the server crashed before.
    private static async Task<bool> PlayAsync(IExecutionStore store, Func<bool> crashed)
    {
        await using var server = await EngineHost.StartAsync(store);
        for (var round = 0; !crashed(); round++)
        {
            Assert.True(round < MoreRoundsThanItTakes, await StuckAsync(server, round));
            try
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
                    await server.CallAsync<RespondActivityTaskCompletedResponse>(new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = activity.TaskToken });
                }

                var task = await server.PollWorkflowAsync(wait: TimeSpan.FromMilliseconds(20));
                if (task.TaskToken.IsEmpty)
                {
                    // Whatever the crash swallowed times out and comes again.
                    server.Advance(TimeSpan.FromSeconds(11));
                    continue;
                }

                await server.CompleteAsync(task, Decide(task));
            }
            catch (Exception error) when (crashed() || error is RpcException { StatusCode: StatusCode.NotFound or StatusCode.InvalidArgument })
            {
                // The server is dead, or somebody's task was out of date.
                continue;
            }
        }

        return false;
    }

    private static async Task<string> StuckAsync(EngineHost server, int round) => round < MoreRoundsThanItTakes
        ? ""
        : $"stuck: parent {await server.TypesAsync("parent")}; child {await server.TypesAsync("child")}; target {await server.TypesAsync("target")}";

    private static Task<StartWorkflowExecutionResponse> StartOnceAsync(EngineHost server, string workflowId) => server.StartAsync(workflowId, request =>
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

                return Has(EventType.TimerFired) && Has(EventType.ChildWorkflowExecutionCompleted) && Has(EventType.ExternalWorkflowExecutionSignaled) && Has(EventType.ActivityTaskCompleted)
                    ? [Complete()]
                    : [];
        }
    }

    private static void Check(IReadOnlyList<HistoryEvent> events, string said)
    {
        EventType[] once =
        [
            EventType.StartChildWorkflowExecutionInitiated, EventType.ChildWorkflowExecutionStarted, EventType.ChildWorkflowExecutionCompleted,
            EventType.SignalExternalWorkflowExecutionInitiated, EventType.ExternalWorkflowExecutionSignaled, EventType.TimerFired,
            EventType.ActivityTaskScheduled, EventType.ActivityTaskCompleted, EventType.WorkflowExecutionCompleted,
        ];
        foreach (var type in once)
        {
            Assert.True(events.Count(e => e.EventType == type) == 1, $"{type} once; {said}: {string.Join(' ', events.Select(e => e.EventType))}");
        }
    }
}
