using System.Runtime.CompilerServices;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

/// <summary>
/// Histories that workers of the genuine TypeScript SDK (native core included) have recorded, replayed by the same
/// workflows in C#: markers, flags, update messages and the cut between tasks are theirs.
/// </summary>
public sealed class RecordedHistoryTests
{
    [Theory]
    [InlineData("everything", typeof(Everything))]
    [InlineData("canceled", typeof(CanceledAfterCleaning))]
    [InlineData("continued", typeof(Continued))]
    [InlineData("failed-activity", typeof(FailedActivity))]
    public async Task A_history_of_the_genuine_core_replays(string name, Type workflow)
    {
        var result = await Replayer(workflow).ReplayWorkflowAsync(Read(name));
        Assert.Null(result.ReplayFailure);
    }

    [Theory]
    [InlineData("everything", typeof(Everything))]
    [InlineData("canceled", typeof(CanceledAfterCleaning))]
    [InlineData("continued", typeof(Continued))]
    [InlineData("failed-activity", typeof(FailedActivity))]
    public async Task It_replays_as_well_in_the_spelling_of_older_tools(string name, Type workflow)
    {
        var older = OlderSpelling.Of(Text(name));
        Assert.DoesNotContain("EVENT_TYPE_", older, StringComparison.Ordinal);
        var result = await Replayer(workflow).ReplayWorkflowAsync(WorkflowHistory.FromJson(name, older));
        Assert.Null(result.ReplayFailure);
    }

    [Fact]
    public async Task Other_code_does_not_replay_a_history_of_the_genuine_core()
    {
        var e = await Assert.ThrowsAsync<WorkflowNondeterminismException>(
            () => Replayer(typeof(EverythingWithoutPatch)).ReplayWorkflowAsync(Read("everything")));
        Assert.Contains("patch first-patch", e.Message, StringComparison.Ordinal);
        Assert.Contains("ScheduleActivityTask (activity echo with id 1)", e.Message, StringComparison.Ordinal);
    }

    private static WorkflowReplayer Replayer(Type workflow) =>
        new(new WorkflowReplayerOptions().AddWorkflow(workflow));

    private static WorkflowHistory Read(string name) => WorkflowHistory.FromJson(name, Text(name));

    private static string Text(string name, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "Histories", $"{name}.json"));

    private static Task<string> EchoAsync(string value) => Workflow.ExecuteActivityAsync<string>(
        "echo", [value], new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });

    private static Task<string> LocalAsync(string activity, string value) => Workflow.ExecuteLocalActivityAsync<string>(
        activity, [value], new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });

    [Workflow]
    public class Everything
    {
        private readonly List<string> added = [];
        private bool go;

        [WorkflowRun]
        public async Task<string> RunAsync(string name)
        {
            var patched = Workflow.Patched("first-patch");
            var remote = await EchoAsync(name);
            var local = await LocalAsync("echoLocal", name);
            var retried = await LocalAsync("failOnceLocal", name);
            await Workflow.DelayAsync(10);
            var child = await Workflow.ExecuteChildWorkflowAsync<string>(
                "Kid", [name], new() { Id = $"{Workflow.Info.WorkflowId}-kid" });
            Workflow.UpsertMemo(MemoUpdate.ValueSet("note", "x"));
            await Workflow.WaitConditionAsync(() => go && added.Count == 2, TimeSpan.FromHours(1));
            return $"{patched} {remote} {local} {retried} {child} {string.Join('+', added)}";
        }

        [WorkflowSignal("go")]
        public Task GoAsync()
        {
            go = true;
            return Task.CompletedTask;
        }

        [WorkflowUpdate("add")]
        public async Task<int> AddAsync(string item)
        {
            added.Add(item);
            await Workflow.DelayAsync(1);
            return added.Count;
        }
    }

    [Workflow("Everything")]
    public class EverythingWithoutPatch
    {
        [WorkflowRun]
        public Task<string> RunAsync(string name) => EchoAsync(name);
    }

    [Workflow("Canceled")]
    public class CanceledAfterCleaning
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            try
            {
                await Workflow.DelayAsync(TimeSpan.FromDays(30));
            }
            catch (Exception e) when (TemporalException.IsCanceledException(e))
            {
                await Workflow.ExecuteActivityAsync("echo", ["cleaned"], new()
                {
                    StartToCloseTimeout = TimeSpan.FromMinutes(1),
                    CancellationToken = CancellationToken.None,
                });
                throw;
            }
        }
    }

    [Workflow]
    public class Continued
    {
        [WorkflowRun]
        public async Task<int> RunAsync(int count)
        {
            await Workflow.DelayAsync(1);
            return count < 1
                ? throw Workflow.CreateContinueAsNewException((Continued wf) => wf.RunAsync(count + 1))
                : count;
        }
    }

    [Workflow]
    public class FailedActivity
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            try
            {
                await Workflow.ExecuteActivityAsync("refuse", [], new()
                {
                    StartToCloseTimeout = TimeSpan.FromMinutes(1),
                    RetryPolicy = new() { MaximumAttempts = 1 },
                });
                return "no failure";
            }
            catch (ActivityFailureException e)
            {
                return e.InnerException!.Message;
            }
        }
    }
}
