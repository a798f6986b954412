using Temporal.Server.Tests.Engine;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using static Temporal.Server.Tests.Engine.Commands;
using static Temporal.Server.Tests.Schedules.ScheduleCalls;

namespace Temporal.Server.Tests.Schedules;

public sealed class OverlapPolicyTests
{
    [Fact]
    public async Task Skip_leaves_out_what_comes_due_while_a_workflow_runs()
    {
        await using var server = await StartAsync(ScheduleOverlapPolicy.Skip);
        await server.UntilAsync(now => now.Info.OverlapSkipped == 2);
        await server.StepAsync(Complete());
        server.AdvanceToNextHour();
        await server.UntilActionsAsync(2);
    }

    [Fact]
    public async Task Buffer_one_keeps_the_first_that_comes_due_and_skips_the_rest()
    {
        await using var server = await StartAsync(ScheduleOverlapPolicy.BufferOne);
        var description = await server.UntilAsync(now => now.Info is { BufferSize: 1, OverlapSkipped: 1 });
        var first = description.Info.RecentActions[0].ScheduleTime.ToDateTimeOffset();

        await server.StepAsync(Complete());

        description = await server.UntilActionsAsync(2);
        Assert.Equal(IdAt(first.AddHours(1)), description.Info.RecentActions[1].StartWorkflowResult.WorkflowId);
        Assert.Equal(0, description.Info.BufferSize);
    }

    [Fact]
    public async Task Buffer_all_starts_everything_one_after_the_other()
    {
        await using var server = await StartAsync(ScheduleOverlapPolicy.BufferAll);
        await server.UntilAsync(now => now.Info.BufferSize == 2);
        for (var count = 1; count <= 3; count++)
        {
            Assert.Single((await server.UntilActionsAsync(count)).Info.RunningWorkflows);
            await server.StepAsync(Complete());
        }

        await server.UntilAsync(now => now.Info is { BufferSize: 0, OverlapSkipped: 0, RunningWorkflows.Count: 0 });
    }

    [Fact]
    public async Task Cancel_other_asks_the_running_workflow_to_cancel_and_starts_when_it_has_ended()
    {
        await using var server = await StartAsync(ScheduleOverlapPolicy.CancelOther);
        var first = (await server.DescribeScheduleAsync()).Info.RecentActions[0].StartWorkflowResult.WorkflowId;
        await server.WaitForAsync(first, e => e.EventType == EventType.WorkflowExecutionCancelRequested);
        Assert.Equal(1, (await server.DescribeScheduleAsync()).Info.ActionCount);

        await server.StepAsync(Complete());

        var description = await server.UntilAsync(now => now.Info.ActionCount > 1);
        Assert.Single(description.Info.RunningWorkflows);
    }

    [Fact]
    public async Task Terminate_other_replaces_the_running_workflow()
    {
        await using var server = await StartAsync(ScheduleOverlapPolicy.TerminateOther, hours: 1);
        var first = (await server.DescribeScheduleAsync()).Info.RecentActions[0].StartWorkflowResult;

        var description = await server.UntilActionsAsync(2);

        Assert.NotEqual(first, Assert.Single(description.Info.RunningWorkflows));
        Assert.Equal(EventType.WorkflowExecutionTerminated, (await server.HistoryAsync(first.WorkflowId))[^1].EventType);
        Assert.Equal(WorkflowExecutionStatus.Terminated, description.Info.RecentActions[0].StartWorkflowStatus);
    }

    [Fact]
    public async Task Allow_all_starts_everything_and_waits_for_nothing()
    {
        await using var server = await StartAsync(ScheduleOverlapPolicy.AllowAll);
        var description = await server.UntilActionsAsync(3);
        Assert.Empty(description.Info.RunningWorkflows);
        Assert.All(description.Info.RecentActions, action => Assert.Equal(WorkflowExecutionStatus.Running, action.StartWorkflowStatus));
    }

    [Fact]
    public async Task A_trigger_may_bring_its_own_policy()
    {
        await using var server = await StartAsync(ScheduleOverlapPolicy.Skip, hours: 0);
        server.Advance(TimeSpan.FromMinutes(1));
        await server.PatchScheduleAsync(
            "s",
            new SchedulePatch { TriggerImmediately = new TriggerImmediatelyRequest { OverlapPolicy = ScheduleOverlapPolicy.AllowAll } }
        );
        Assert.Single((await server.UntilActionsAsync(2)).Info.RunningWorkflows);
        await server.PatchScheduleAsync("s", new SchedulePatch { TriggerImmediately = new TriggerImmediatelyRequest() });
        await server.UntilAsync(now => now.Info.OverlapSkipped == 1);
    }

    [Fact]
    public async Task What_does_not_fit_into_the_buffer_is_dropped_and_counted()
    {
        await using var server = await StartAsync(ScheduleOverlapPolicy.BufferAll, hours: 0);
        server.Advance(TimeSpan.FromHours(1010));
        await server.UntilAsync(now => now.Info is { BufferSize: 1000, BufferDropped: >= 9 });
    }

    // A schedule whose first workflow runs, and for which some hours have passed since.
    private static async Task<EngineHost> StartAsync(ScheduleOverlapPolicy policy, int hours = 2)
    {
        var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", HourlyWith(policy));
        server.AdvanceToNextHour();
        await server.UntilActionsAsync(1);
        for (var hour = 0; hour < hours; hour++)
        {
            server.AdvanceToNextHour();
            await server.UntilAsync(now => now.Info.FutureActionTimes[0].ToDateTimeOffset() > server.Clock.UtcNow);
        }

        return server;
    }
}
