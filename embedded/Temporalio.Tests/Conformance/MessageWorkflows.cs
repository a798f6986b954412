using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using static Temporalio.Tests.Conformance.ActivityWorkflows;

namespace Temporalio.Tests.Conformance;

/// <summary>The workflows of embedded/conformance/workflows/histories.js that are about messages and runs.</summary>
public static class MessageWorkflows
{
    [Workflow("historyBufferedSignals")]
    public class BufferedSignals
    {
        private readonly List<string> items = [];
        private bool announced;

        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            var outside = Workflow.ExecuteActivityAsync<string>("announces_and_is_completed_elsewhere", [], Steady);
            await Workflow.WaitConditionAsync(() => announced);
            await InterfereAsync("first", "complete activity", "second");
            items.Add(await outside);
            return items;
        }

        [WorkflowSignal("go")]
        public Task GoAsync()
        {
            announced = true;
            return Task.CompletedTask;
        }

        [WorkflowSignal("item")]
        public Task ItemAsync(string item)
        {
            items.Add(item);
            return Task.CompletedTask;
        }
    }

    [Workflow("historyUnhandledCommand")]
    public class UnhandledCommand
    {
        private readonly List<string> items = [];

        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            await InterfereAsync("late");
            return items;
        }

        [WorkflowSignal("item")]
        public Task ItemAsync(string item)
        {
            items.Add(item);
            return Task.CompletedTask;
        }
    }

    [Workflow("historyInterferes")]
    public class Interferes
    {
        [WorkflowRun]
        public async Task RunAsync(string first, string? second = null)
        {
            await (second == null ? InterfereAsync(first) : InterfereAsync(first, second));
            await Workflow.DelayAsync(TimeSpan.FromHours(1));
        }

        [WorkflowSignal("item")]
        public Task ItemAsync(string item) => Task.CompletedTask;
    }

    [Workflow("historyUpdates")]
    public class Updates
    {
        private string value = "none";
        private bool finished;

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => finished);
            return value;
        }

        [WorkflowSignal("finish")]
        public Task FinishAsync()
        {
            finished = true;
            return Task.CompletedTask;
        }

        [WorkflowUpdate("set")]
        public Task<string> SetAsync(string next)
        {
            var before = value;
            value = next;
            return Task.FromResult(before);
        }

        [WorkflowUpdateValidator(nameof(SetAsync))]
        public void ValidateSet(string next)
        {
            if (next == "bad")
            {
                throw new ApplicationFailureException("not that", "Refused");
            }
        }

        [WorkflowUpdate("greet")]
        public Task<string> GreetAsync(string name) => Workflow.ExecuteActivityAsync<string>("greet", [name], Steady);

        [WorkflowUpdate("fail")]
        public Task FailAsync() => throw new ApplicationFailureException("asked to fail", "Asked");
    }

    [Workflow("historyContinues")]
    public class Continues
    {
        [WorkflowRun]
        public Task<string> RunAsync(int left) => left > 0
            ? throw Workflow.CreateContinueAsNewException("historyContinues", [left - 1])
            : Task.FromResult("last");
    }

    [Workflow("historyRetries")]
    public class Retries
    {
        [WorkflowRun]
        public Task<int> RunAsync() => Workflow.Info.Attempt < 2
            ? throw new ApplicationFailureException($"attempt {Workflow.Info.Attempt}", "Flaky")
            : Task.FromResult(Workflow.Info.Attempt);
    }

    [Workflow("historyCron")]
    public class Cron
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Task.FromResult("tick");
    }

    [Workflow("historyCancelable")]
    public class Cancelable
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            try
            {
                await Workflow.DelayAsync(TimeSpan.FromHours(1));
            }
            catch (OperationCanceledException)
            {
                var detached = Steady;
                detached.CancellationToken = CancellationToken.None;
                await Workflow.ExecuteActivityAsync("greet", ["cleanup"], detached);
                throw;
            }
        }
    }

    [Workflow("historyPatched")]
    public class Patched
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            if (Workflow.Patched("change"))
            {
                await Workflow.DelayAsync(10);
            }
            Workflow.DeprecatePatch("old-change");
        }
    }

    [Workflow("historyUpserts")]
    public class Upserts
    {
        [WorkflowRun]
        public async Task RunAsync(string city)
        {
            Workflow.UpsertMemo(MemoUpdate.ValueSet("note", "changed"), MemoUpdate.ValueUnset("gone"));
            Workflow.UpsertTypedSearchAttributes(SearchAttributeKey.CreateKeyword("CustomCity").ValueSet(city));
            await Workflow.DelayAsync(10);
        }
    }

    [Workflow("historyBugOnce")]
    public class BugOnce
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Workflow.CurrentHistoryLength < 4
            ? throw new InvalidOperationException("a bug that the next attempt does not have")
            : Task.FromResult("mended");
    }

    [Workflow("historyResettable")]
    public class Resettable
    {
        private readonly List<string> items = [];
        private bool finished;

        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            items.Add(await Workflow.ExecuteActivityAsync<string>("greet", ["Ada"], Steady));
            await Workflow.WaitConditionAsync(() => finished);
            return items;
        }

        [WorkflowSignal("item")]
        public Task ItemAsync(string item)
        {
            items.Add(item);
            return Task.CompletedTask;
        }

        [WorkflowSignal("finish")]
        public Task FinishAsync()
        {
            finished = true;
            return Task.CompletedTask;
        }
    }
}
