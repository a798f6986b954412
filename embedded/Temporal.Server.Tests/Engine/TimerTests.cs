using Temporalio.Api.Enums.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class TimerTests
{
    [Fact]
    public async Task All_timers_that_are_due_fire_together_in_order()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer("late", 20), Timer("early", 10), Timer("much later", 1000));
        server.Advance(TimeSpan.FromSeconds(20));
        await server.WaitForAsync("w", e => e.EventType == EventType.TimerFired);
        var fired = (await server.HistoryAsync("w"))
            .Where(e => e.EventType == EventType.TimerFired)
            .Select(e => e.TimerFiredEventAttributes.TimerId);
        Assert.Equal(["early", "late"], fired);
    }

    [Fact]
    public async Task A_timer_that_fired_unseen_can_still_be_cancelled()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer("1", 5));
        await server.SignalAsync("w");
        var task = await server.PollWorkflowAsync();
        var before = (await server.DescribeAsync("w")).WorkflowExecutionInfo.StateTransitionCount;
        server.Advance(TimeSpan.FromSeconds(5));
        while ((await server.DescribeAsync("w")).WorkflowExecutionInfo.StateTransitionCount == before)
        {
            await Task.Yield();
        }

        await server.CompleteAsync(task, CancelTimer());
        Assert.EndsWith("WorkflowTaskCompleted TimerCanceled", await server.TypesAsync("w"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_skips_while_nothing_is_runnable()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Timer("1", 7 * 24 * 3600));
        server.Clock.ReleaseLock();
        var task = await server.PollWorkflowAsync();
        Assert.Equal(EventType.TimerFired, task.History.Events[^3].EventType);
        var waited = task.History.Events[^3].EventTime.ToDateTime() - task.History.Events[0].EventTime.ToDateTime();
        Assert.InRange(waited.TotalDays, 7, 7.01);
    }
}
