using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using static Temporal.Server.Tests.Schedules.ScheduleCalls;

namespace Temporal.Server.Tests.Schedules;

public sealed class ScheduleCrashTests
{
    private const int Actions = 3;

    // Starts that are backfilled, so that they do not depend on when the servers run.
    private static readonly DateTimeOffset Begin = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_crash_at_any_commit_loses_no_action_and_doubles_none(bool crashAfterCommit) =>
        new CrashPlay(PlayRoundAsync, CheckAsync).RunAsync(crashAfterCommit);

    [Fact]
    public async Task A_workflow_that_ended_while_nobody_watched_is_noticed_by_the_next_server()
    {
        var memory = new InMemoryStore();
        await using (var first = await EngineHost.StartAsync(memory))
        {
            await first.CreateScheduleAsync("s", HourlyWith(ScheduleOverlapPolicy.BufferAll));
            first.AdvanceToNextHour();
            await first.UntilActionsAsync(1);
            await first.PatchScheduleAsync("s", new SchedulePatch { TriggerImmediately = new TriggerImmediatelyRequest() });
            await first.UntilAsync(now => now.Info.BufferSize == 1);
        }

        // The close is stored, what the schedule makes of it is not: the schedule's records cannot be written.
        await using (var second = await EngineHost.StartAsync(new UnwritableRecords(memory)))
        {
            await second.StepAsync(Complete());
        }

        await using var third = await EngineHost.StartAsync(memory);
        var description = await third.UntilActionsAsync(2);
        Assert.Equal(WorkflowExecutionStatus.Completed, description.Info.RecentActions[0].StartWorkflowStatus);
        Assert.Equal(0, description.Info.BufferSize);
    }

    [Fact]
    public async Task Times_that_passed_while_no_server_ran_are_caught_up_with()
    {
        var memory = new InMemoryStore();
        DateTimeOffset hour;
        await using (var first = await EngineHost.StartAsync(memory))
        {
            await first.CreateScheduleAsync("s", HourlyWith(ScheduleOverlapPolicy.AllowAll));
            hour = first.AdvanceToNextHour();
            await first.UntilActionsAsync(1);
        }

        await using var second = await EngineHost.StartAsync(memory);
        second.Clock.AdvanceTo(hour.AddHours(3).AddMilliseconds(1));
        await second.UntilActionsAsync(4);
    }

    // The worker and the client, until all actions have ended.
    private static async Task<bool> PlayRoundAsync(EngineHost server)
    {
        await server.CreateScheduleAsync("s", Hourly(schedule => schedule.State.Paused = true), request => request.RequestId = "create");
        await server.PatchScheduleAsync(
            "s",
            new SchedulePatch
            {
                BackfillRequest =
                {
                    new BackfillRequest
                    {
                        StartTime = At(Begin),
                        EndTime = At(Begin.AddHours(Actions - 1)),
                        OverlapPolicy = ScheduleOverlapPolicy.BufferAll,
                    },
                },
            },
            requestId: "backfill"
        );
        await CrashPlay.DecideAsync(server, _ => [Complete()]);
        return (await server.DescribeScheduleAsync()).Info is { ActionCount: Actions, RunningWorkflows.Count: 0 };
    }

    private static async Task CheckAsync(EngineHost reader, string said)
    {
        var list = await reader.CallAsync<ListWorkflowExecutionsResponse>(new ListWorkflowExecutionsRequest { Namespace = "default" });
        Assert.True(list.Executions.Count == Actions, $"{list.Executions.Count} workflows; {said}");
        var info = (await reader.DescribeScheduleAsync()).Info;
        for (var action = 0; action < Actions; action++)
        {
            var started = list.Executions.Single(execution => execution.Execution.WorkflowId == IdAt(Begin.AddHours(action)));
            Assert.True(started.Status == WorkflowExecutionStatus.Completed, said);
            Assert.Equal(started.Execution, info.RecentActions[action].StartWorkflowResult);
            var first = (await reader.HistoryAsync(started.Execution.WorkflowId))[0].WorkflowExecutionStartedEventAttributes;
            Assert.Equal(action == 0 ? null : Text("result"), first.LastCompletionResult);
        }
    }
}
