using Temporal.Server.Store;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using static Temporal.Server.Tests.Schedules.ScheduleCalls;

namespace Temporal.Server.Tests.Schedules;

/// <summary>Schedules that are read, ended or replaced while something else happens to them.</summary>
public sealed class ScheduleRaceTests
{
    [Fact]
    public async Task A_description_shows_a_schedule_and_its_times_as_of_one_moment()
    {
        const int Updates = 500;
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Every(hours: 1));
        var updating = Task.Run(async () =>
        {
            for (var update = 1; update <= Updates; update++)
            {
                await server.UpdateScheduleAsync("s", Every(hours: 1 + (update % 2)));
            }
        });

        while (!updating.IsCompleted)
        {
            var description = await server.DescribeScheduleAsync();
            var times = description.Info.FutureActionTimes;
            Assert.Equal(description.Schedule.Spec.Interval[0].Interval, times[1] - times[0]);
        }

        await updating;
    }

    [Fact]
    public async Task A_schedule_that_takes_the_id_of_one_just_deleted_acts_at_its_times()
    {
        const int Schedules = 100;
        await using var server = await EngineHost.StartAsync();
        await Parallel.ForAsync(0, Schedules, TestContext.Current.CancellationToken, async (number, _) =>
        {
            var schedule = Hourly(schedule => schedule.Action.StartWorkflow.WorkflowId = $"of {number}");
            await server.CreateScheduleAsync($"{number}", schedule);
            await server.CallAsync<DeleteScheduleResponse>(new DeleteScheduleRequest { Namespace = "default", ScheduleId = $"{number}" });
            await server.CreateScheduleAsync($"{number}", schedule);
        });

        server.AdvanceToNextHour();

        for (var number = 0; number < Schedules; number++)
        {
            await server.UntilActionsAsync(1, $"{number}");
        }
    }

    [Theory]
    [InlineData(ScheduleOverlapPolicy.CancelOther, EventType.WorkflowExecutionCancelRequested)]
    [InlineData(ScheduleOverlapPolicy.TerminateOther, EventType.WorkflowExecutionTerminated)]
    public async Task A_workflow_that_continues_as_new_while_its_schedule_ends_it_is_ended_in_its_next_run(
        ScheduleOverlapPolicy policy,
        EventType end
    )
    {
        var store = new HookedStore(new InMemoryStore());
        await using var server = await EngineHost.StartAsync(store);
        await server.CreateScheduleAsync("s", HourlyWith(policy));
        var workflowId = IdAt(server.AdvanceToNextHour());
        await server.UntilActionsAsync(1);
        var last = await server.PollWorkflowAsync();
        store.AfterNextFind(workflowId, () => server.CompleteAsync(last, ContinueAsNew()));
        // So that the next workflow has another id.
        server.Advance(TimeSpan.FromSeconds(2));

        await server.PatchScheduleAsync("s", new SchedulePatch { TriggerImmediately = new TriggerImmediatelyRequest() });

        await server.WaitForAsync(workflowId, e => e.EventType == EventType.WorkflowExecutionContinuedAsNew, last.WorkflowExecution.RunId);
        await server.WaitForAsync(workflowId, e => e.EventType == end);
    }

    private static Schedule Every(int hours) => Hourly(schedule => schedule.Spec.Interval[0].Interval = Seconds(hours * 3600));
}
