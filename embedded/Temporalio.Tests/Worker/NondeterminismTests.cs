using Google.Protobuf;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

/// <summary>Code that does something else than the history has: the error names the command and the event.</summary>
public sealed class NondeterminismTests(WorkerHost host)
{
    private static readonly SearchAttributeKey<string> Deed = SearchAttributeKey.CreateKeyword("NondeterminismDeed");

    [Theory]
    [InlineData("activity one 1", "activity two 1", "ScheduleActivityTask (activity two with id 1)", "ActivityTaskScheduled (event 5, activity one with id 1)", "activity type")]
    [InlineData("activity one 1", "activity one 2", "ScheduleActivityTask (activity one with id 2)", "ActivityTaskScheduled (event 5, activity one with id 1)", "activity id")]
    [InlineData("timer", "activity one 1", "ScheduleActivityTask (activity one with id 1)", "TimerStarted (event 5, timer 1)", null)]
    [InlineData("activity one 1", "timer", "StartTimer (timer 1)", "ActivityTaskScheduled (event 5, activity one with id 1)", null)]
    [InlineData("child One a", "child Two a", "StartChildWorkflowExecution (workflow Two with id a)", "StartChildWorkflowExecutionInitiated (event 5, workflow One with id a)", "workflow type")]
    [InlineData("child One a", "child One b", "StartChildWorkflowExecution (workflow One with id b)", "StartChildWorkflowExecutionInitiated (event 5, workflow One with id a)", "workflow id")]
    [InlineData("signal", "cancel", "RequestCancelExternalWorkflowExecution (workflow id elsewhere)", "SignalExternalWorkflowExecutionInitiated (event 5, signal hello)", null)]
    [InlineData("cancel", "signal", "SignalExternalWorkflowExecution (signal hello", "RequestCancelExternalWorkflowExecutionInitiated (event 5", null)]
    [InlineData("patch first,timer", "timer", "StartTimer (timer 1)", "MarkerRecorded (event 5, patch first)", null)]
    [InlineData("patch first,timer", "patch second,timer", "StartTimer (timer 1)", "MarkerRecorded (event 5, patch first)", null)]
    [InlineData("memo", "attribute", "UpsertWorkflowSearchAttributes", "WorkflowPropertiesModified (event 5", null)]
    [InlineData("attribute", "memo", "ModifyWorkflowProperties", "UpsertWorkflowSearchAttributes (event 5", null)]
    [InlineData("timer", "complete", "CompleteWorkflowExecution", "TimerStarted (event 5, timer 1)", null)]
    [InlineData("timer", "nothing", "no command", "TimerStarted (event 5, timer 1)", null)]
    [InlineData("timer", "timer,timer", "StartTimer (timer 2)", "no event for it after WorkflowTaskCompleted (event 4", null)]
    public Task The_error_names_the_command_and_the_event(string recorded, string replayed, string command, string theEvent, string? detail) =>
        host.RunAsync<Acts>(async queue =>
        {
            if (recorded == "attribute")
            {
                await host.Client.OperatorService.AddSearchAttributesAsync(new()
                {
                    Namespace = host.Client.Options.Namespace,
                    SearchAttributes = { [Deed.Name] = IndexedValueType.Keyword },
                });
            }
            var handle = await host.Client.StartWorkflowAsync((Acts wf) => wf.RunAsync(recorded), WorkerHost.On(queue));
            var history = await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.WorkflowTaskCompleted));
            await handle.TerminateAsync();
            var e = await ReplayAsync<Acts>(history, replayed);
            Assert.StartsWith("[TMPRL1100]", e.Message, StringComparison.Ordinal);
            Assert.Contains(command, e.Message, StringComparison.Ordinal);
            Assert.Contains(theEvent, e.Message, StringComparison.Ordinal);
            Assert.Contains(detail ?? string.Empty, e.Message, StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("update", "update timer", "StartTimer (timer 1)", "WorkflowExecutionUpdateCompleted (event 9, update u)")]
    [InlineData("update timer", "update", "ProtocolMessage (completion of update u)", "TimerStarted (event 9, timer 1)")]
    public async Task The_error_names_the_update(string recorded, string replayed, string command, string theEvent)
    {
        var e = await ReplayAsync<Acts>(await UpdatedAsync(recorded), replayed);
        Assert.Contains(command, e.Message, StringComparison.Ordinal);
        Assert.Contains(theEvent, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accepted_update_without_a_handler_is_named()
    {
        var e = await ReplayAsync<Deaf>(await UpdatedAsync("update"), "update");
        Assert.Contains("no command, but the history has WorkflowExecutionUpdateAccepted (event 8, update u)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task The_marker_of_a_local_activity_is_named() => host.RunAsync<Acts>(
        async queue =>
        {
            var handle = await host.Client.StartWorkflowAsync((Acts wf) => wf.RunAsync("local"), WorkerHost.On(queue));
            var history = await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.MarkerRecorded));
            await handle.TerminateAsync();
            var e = await ReplayAsync<Acts>(history, "timer");
            Assert.Contains("StartTimer (timer 1)", e.Message, StringComparison.Ordinal);
            Assert.Contains("MarkerRecorded (event 5, local activity Near with id 1)", e.Message, StringComparison.Ordinal);
        },
        options => options.AddActivity(Near));

    [Activity]
    internal static void Near()
    {
    }

    private static Task<WorkflowNondeterminismException> ReplayAsync<TWorkflow>(WorkflowHistory history, string deeds)
    {
        var input = history.Events.First().WorkflowExecutionStartedEventAttributes.Input;
        Assert.Single(input.Payloads_);
        input.Payloads_[0] = new Payload(input.Payloads_[0]) { Data = ByteString.CopyFromUtf8($"\"{deeds}\"") };
        return Assert.ThrowsAsync<WorkflowNondeterminismException>(
            () => new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<TWorkflow>()).ReplayWorkflowAsync(history));
    }

    /// <summary>The history of a run that has taken an update.</summary>
    private async Task<WorkflowHistory> UpdatedAsync(string deeds)
    {
        WorkflowHistory? history = null;
        await host.RunAsync<Acts>(async queue =>
        {
            var handle = await host.Client.StartWorkflowAsync((Acts wf) => wf.RunAsync(deeds), WorkerHost.On(queue));
            await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.WorkflowTaskCompleted));
            await handle.StartUpdateAsync(wf => wf.ChangeAsync(), new(id: "u", waitForStage: WorkflowUpdateStage.Accepted));
            history = await handle.FetchHistoryAsync();
            await handle.TerminateAsync();
        });
        return history!;
    }

    [Workflow("Acts")]
    public class Deaf
    {
        [WorkflowRun]
        public Task RunAsync(string deeds) => Workflow.WaitConditionAsync(() => false);
    }

    /// <summary>Does what its argument says, all at once, and then waits, whatever comes of it.</summary>
    [Workflow]
    public class Acts
    {
        private string deeds = string.Empty;

        [WorkflowRun]
        public async Task RunAsync(string deeds)
        {
            this.deeds = deeds;
            foreach (var deed in deeds.Split(','))
            {
                _ = DoAsync(deed.Split(' '));
            }
            if (deeds != "complete")
            {
                await Workflow.WaitConditionAsync(() => false);
            }
        }

        [WorkflowUpdate]
        public Task ChangeAsync() =>
            deeds.EndsWith("timer", StringComparison.Ordinal) ? Workflow.DelayAsync(TimeSpan.FromDays(1)) : Task.CompletedTask;

        private static Task DoAsync(string[] deed)
        {
            switch (deed[0])
            {
                case "activity":
                    return Workflow.ExecuteActivityAsync(
                        deed[1], [], new() { ActivityId = deed[2], StartToCloseTimeout = TimeSpan.FromDays(1) });
                case "local":
                    return Workflow.ExecuteLocalActivityAsync("Near", [], new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
                case "timer":
                    return Workflow.DelayAsync(TimeSpan.FromDays(1));
                case "child":
                    return Workflow.ExecuteChildWorkflowAsync(deed[1], [], new() { Id = deed[2] });
                case "signal":
                    return InVainAsync(Workflow.GetExternalWorkflowHandle("elsewhere").SignalAsync("hello", []));
                case "cancel":
                    return InVainAsync(Workflow.GetExternalWorkflowHandle("elsewhere").CancelAsync());
                case "patch":
                    Workflow.Patched(deed[1]);
                    break;
                case "memo":
                    Workflow.UpsertMemo(MemoUpdate.ValueSet("note", "x"));
                    break;
                case "attribute":
                    Workflow.UpsertTypedSearchAttributes(Deed.ValueSet("x"));
                    break;
            }
            return Task.CompletedTask;
        }

        // Nobody is there: how that is told must not end the workflow, which the test ends.
        private static async Task InVainAsync(Task deed)
        {
            try
            {
                await deed;
            }
            catch (ApplicationFailureException)
            {
                await Workflow.WaitConditionAsync(() => false);
            }
        }
    }
}
