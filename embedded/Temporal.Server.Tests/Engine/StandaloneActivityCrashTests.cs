using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

/// <summary>A server that dies while a standalone activity is on its way.</summary>
public sealed class StandaloneActivityCrashTests
{
    private const int MoreCommitsThanItTakes = 30;
    private const int MoreRoundsThanItTakes = 100;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_at_any_commit_leaves_the_activity_for_the_next_server_to_finish(bool crashAfterCommit)
    {
        for (var crashAt = 1; crashAt < MoreCommitsThanItTakes; crashAt++)
        {
            var memory = new InMemoryStore();
            var crashing = new CrashingStore(memory, crashAt, crashAfterCommit);
            var outcome = await PlayAsync(crashing, () => crashing.Crashed) ?? await PlayAsync(memory, () => false);

            Assert.Equal(Text("done"), outcome?.Result);
            await using var reader = await EngineHost.StartAsync(memory);
            var lines = await reader.CallAsync<ListActivityExecutionsResponse>(new ListActivityExecutionsRequest { Namespace = "default" });
            Assert.Equal(ActivityExecutionStatus.Completed, Assert.Single(lines.Executions).Status);
            Assert.True((await reader.PollActivityAsync(TimeSpan.FromMilliseconds(4))).TaskToken.IsEmpty, $"nothing is left to do; crash at {crashAt}");
            if (!crashing.Crashed)
            {
                return;
            }
        }

        Assert.Fail("the scenario takes more commits than expected");
    }

    // Plays the client and the worker, whose first attempt fails, until the activity is over; null when the server crashed before.
    private static async Task<ActivityExecutionOutcome?> PlayAsync(IExecutionStore store, Func<bool> crashed)
    {
        await using var server = await EngineHost.StartAsync(store);
        for (var round = 0; !crashed(); round++)
        {
            Assert.True(round < MoreRoundsThanItTakes, "stuck");
            try
            {
                await server.CallAsync<StartActivityExecutionResponse>(new StartActivityExecutionRequest
                {
                    Namespace = "default",
                    ActivityId = "a",
                    ActivityType = new ActivityType { Name = "Measure" },
                    TaskQueue = EngineHost.Queue("tq"),
                    StartToCloseTimeout = Seconds(10),
                    RequestId = "once",
                });
                var task = await server.PollActivityAsync(TimeSpan.FromMilliseconds(4));
                if (!task.TaskToken.IsEmpty)
                {
                    await AnswerAsync(server, task);
                }

                var reply = await server.CallAsync<PollActivityExecutionResponse>(
                    new PollActivityExecutionRequest { Namespace = "default", ActivityId = "a" }, TimeSpan.FromMilliseconds(4));
                if (reply.Outcome is { } outcome && !crashed())
                {
                    return outcome;
                }

                // Back-offs end, and an attempt that the crash swallowed times out.
                server.Advance(TimeSpan.FromSeconds(11));
            }
            catch (Exception error) when (crashed() || error is RpcException { StatusCode: StatusCode.NotFound })
            {
                // The server is dead, or the attempt was over.
                continue;
            }
        }

        return null;
    }

    private static async Task AnswerAsync(EngineHost server, PollActivityTaskQueueResponse task)
    {
        if (task.Attempt == 1)
        {
            await server.CallAsync<RespondActivityTaskFailedResponse>(new RespondActivityTaskFailedRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                Failure = new Failure { Message = "once", ApplicationFailureInfo = new ApplicationFailureInfo() },
            });
        }
        else
        {
            await server.CallAsync<RespondActivityTaskCompletedResponse>(
                new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken, Result = Text("done") });
        }
    }
}
