using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Worker.Events;
using Temporalio.Worker.Machines;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

/// <summary>A history replays as the code ran that recorded it: its flags say how.</summary>
public sealed class SdkFlagTests
{
    private const uint Modern = 2;

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "activity type")]
    public async Task Activity_types_are_compared_if_the_history_has_the_flag(bool flag, string? error) => await ReplayAsync<Calls>(
        new HistoryScript("Calls").Task(flag ? [SdkFlags.IdAndTypeChecks] : [], [Modern])
            .Add(EventType.ActivityTaskScheduled, e => e.ActivityTaskScheduledEventAttributes = new()
            {
                ActivityId = "1",
                ActivityType = new() { Name = "other" },
            }),
        error);

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "workflow type")]
    public async Task Child_types_are_compared_if_the_history_has_the_flag(bool flag, string? error) => await ReplayAsync<Bears>(
        new HistoryScript("Bears").Task(flag ? [SdkFlags.IdAndTypeChecks] : [], [Modern])
            .Add(EventType.StartChildWorkflowExecutionInitiated, e => e.StartChildWorkflowExecutionInitiatedEventAttributes = new()
            {
                WorkflowId = "child",
                WorkflowType = new() { Name = "other" },
            }),
        error);

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(true, true, null)]
    [InlineData(true, false, "next command is UpsertWorkflowSearchAttributes, but the history has TimerStarted")]
    [InlineData(false, true, "next command is StartTimer (timer 1), but the history has UpsertWorkflowSearchAttributes")]
    public async Task A_patch_is_followed_by_its_search_attribute_if_the_history_has_the_flag(bool flag, bool upsert, string? error)
    {
        var script = new HistoryScript("Patches").Task(flag ? [SdkFlags.UpsertSearchAttributeOnPatch] : [], [Modern])
            .Add(EventType.MarkerRecorded, e =>
            {
                var marker = new PatchMarker("first", Deprecated: false).ToCommand().RecordMarkerCommandAttributes;
                e.MarkerRecordedEventAttributes = new() { MarkerName = marker.MarkerName, Details = { marker.Details } };
            });
        if (upsert)
        {
            script.Add(EventType.UpsertWorkflowSearchAttributes, e => e.UpsertWorkflowSearchAttributesEventAttributes = new()
            {
                SearchAttributes = new() { IndexedFields = { [PatchMarker.SearchAttribute] = new() } },
            });
        }
        await ReplayAsync<Patches>(script.Timer("1"), error);
    }

    [Theory]
    [InlineData(false, false, false, null)]
    [InlineData(true, false, true, null)]
    [InlineData(false, true, true, null)]
    [InlineData(false, false, true, "next command is CompleteWorkflowExecution, but the history has TimerStarted (event 5, timer 1)")]
    [InlineData(true, false, false, "next command is StartTimer (timer 1), but the history has WorkflowExecutionCompleted")]
    [InlineData(false, true, false, "next command is StartTimer (timer 1), but the history has WorkflowExecutionCompleted")]
    public async Task Commands_after_the_close_go_before_it_with_either_flag_and_are_dropped_without(
        bool core, bool lang, bool timer, string? error)
    {
        var script = new HistoryScript("Hasty").Task(core ? [SdkFlags.MoveTerminalCommands] : [], lang ? [1, Modern] : [Modern]);
        script = timer ? script.Timer("1") : script;
        await ReplayAsync<Hasty>(
            script.Add(EventType.WorkflowExecutionCompleted, e => e.WorkflowExecutionCompletedEventAttributes = new()), error);
    }

    [Theory]
    [InlineData(true, 1, null)]
    [InlineData(false, 2, null)]
    [InlineData(true, 2, "no command, but the history has TimerStarted (event 6, timer 2)")]
    [InlineData(false, 1, "next command is StartTimer (timer 2), but the history has no event for it")]
    public async Task Conditions_are_released_one_at_a_time_with_the_flag_and_together_without(bool flag, int timers, string? error)
    {
        var script = new HistoryScript("Twins").Task([], flag ? [Modern] : []);
        for (var i = 1; i <= timers; i++)
        {
            script.Timer($"{i}");
        }
        await ReplayAsync<Twins>(script, error);
    }

    [Fact]
    public void A_flag_is_recorded_once()
    {
        var flags = new SdkFlags(canRecord: true);
        flags.UseLang([Modern]);
        Assert.Equal([1, 2, 3], flags.TakeForCompletion().CoreUsedFlags);
        flags.UseLang([Modern]);
        Assert.Equal(new(), flags.TakeForCompletion());
    }

    [Fact]
    public void Without_a_server_that_keeps_flags_none_applies()
    {
        var flags = new SdkFlags(canRecord: false);
        Assert.False(flags.Applies(SdkFlags.MoveTerminalCommands, replaying: false));
        Assert.Equal(new(), flags.TakeForCompletion());
    }

    private static async Task ReplayAsync<TWorkflow>(HistoryScript script, string? error)
    {
        var result = await new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<TWorkflow>())
            .ReplayWorkflowAsync(script.History, throwOnReplayFailure: false);
        if (error is null)
        {
            Assert.Null(result.ReplayFailure);
            return;
        }
        var e = Assert.IsType<WorkflowNondeterminismException>(result.ReplayFailure);
        Assert.Contains(error, e.Message, StringComparison.Ordinal);
    }

    [Workflow]
    public class Calls
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteActivityAsync("mine", [], new() { StartToCloseTimeout = TimeSpan.FromHours(1) });
    }

    [Workflow]
    public class Bears
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.ExecuteChildWorkflowAsync("Mine", [], new() { Id = "child" });
    }

    [Workflow]
    public class Patches
    {
        [WorkflowRun]
        public Task RunAsync()
        {
            Workflow.Patched("first");
            return Workflow.DelayAsync(TimeSpan.FromHours(1));
        }
    }

    [Workflow]
    public class Hasty
    {
        private bool isOver;

        [WorkflowRun]
        public Task RunAsync()
        {
            _ = LateAsync();
            isOver = true;
            return Task.CompletedTask;
        }

        private async Task LateAsync()
        {
            await Workflow.WaitConditionAsync(() => isOver);
            await Workflow.DelayAsync(TimeSpan.FromHours(1));
        }
    }

    [Workflow]
    public class Twins
    {
        private bool isFree = true;

        [WorkflowRun]
        public Task RunAsync() => Workflow.WhenAllAsync(TakeAsync(), TakeAsync());

        private async Task TakeAsync()
        {
            await Workflow.WaitConditionAsync(() => isFree);
            isFree = false;
            await Workflow.DelayAsync(TimeSpan.FromHours(1));
        }
    }
}
