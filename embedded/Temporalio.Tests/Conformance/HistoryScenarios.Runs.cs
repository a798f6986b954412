using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Tests.Worker;

namespace Temporalio.Tests.Conformance;

/// <summary>The scenarios of more than one run.</summary>
internal sealed partial class HistoryScenarios
{
    private async Task<IReadOnlyList<WorkflowHandle>> TaskTimesOutAsync(string id)
    {
        var abandoned = $"abandoned-{id}";
        var handle = await StartAsync(id, "historyChild", [], new() { TaskQueue = abandoned, TaskTimeout = TimeSpan.FromSeconds(3) });

        // Takes the first two tasks and never answers.
        foreach (var attempt in new[] { 1, 2 })
        {
            await client.WorkflowService.PollWorkflowTaskQueueAsync(
                new() { Namespace = client.Options.Namespace, TaskQueue = new() { Name = abandoned }, Identity = "gone" });
            while ((await handle.DescribeAsync()).RawDescription.PendingWorkflowTask is not { } task || task.Attempt <= attempt)
            {
                await Task.Yield();
                limit.ThrowIfCancellationRequested();
            }
        }
        await withWorker(abandoned, async () =>
        {
            await IdleAsync(handle);
            await handle.SignalAsync("finish", ["done"]);
            await EndAsync(handle);
        });
        return [handle];
    }

    private async Task<IReadOnlyList<WorkflowHandle>> ChildAsync(string id, Func<WorkflowHandle, Task>? end)
    {
        var options = new Dictionary<string, string>();
        if (end == null)
        {
            options["workflowRunTimeout"] = "8s";
        }
        var handle = await StartAsync(id, "historyParent", [$"{id}-child", options]);
        var child = client.GetWorkflowHandle($"{id}-child");
        await IdleAsync(handle, EventType.ChildWorkflowExecutionStarted);
        if (end != null)
        {
            await IdleAsync(child);
            await end(child);
        }
        await EndAsync(handle);
        return [handle, child];
    }

    private async Task<IReadOnlyList<WorkflowHandle>> ChildCanceledByParentAsync(string id)
    {
        var handle = await StartAsync(id, "historyParentCancels", [$"{id}-child"]);
        var child = client.GetWorkflowHandle($"{id}-child");
        await IdleAsync(handle, EventType.ChildWorkflowExecutionStarted);
        await IdleAsync(child);
        await handle.SignalAsync("go", []);
        await EndAsync(handle);
        return [child];
    }

    private async Task<IReadOnlyList<WorkflowHandle>> ParentClosePoliciesAsync(string id)
    {
        var handle = await StartAsync(id, "historyParentCloses", [id]);
        await IdleAsync(handle, EventType.ChildWorkflowExecutionStarted, times: 3);
        WorkflowHandle[] children =
        [
            client.GetWorkflowHandle($"{id}-TERMINATE"),
            client.GetWorkflowHandle($"{id}-ABANDON"),
            client.GetWorkflowHandle($"{id}-REQUEST_CANCEL"),
        ];
        foreach (var child in children)
        {
            await IdleAsync(child);
        }
        await handle.SignalAsync("go", []);
        await EndAsync(handle);
        await EndsWithAsync(children[0], EventType.WorkflowExecutionTerminated);
        await EndsWithAsync(children[2], EventType.WorkflowExecutionCanceled);
        await children[1].SignalAsync("finish", ["left alone"]);
        await EndAsync(children[1]);
        return [handle, .. children];
    }

    private async Task<IReadOnlyList<WorkflowHandle>> OtherAsync(string id, string type)
    {
        var target = await StartAsync($"{id}-other", "historyChild");
        await IdleAsync(target);
        var handle = await StartAsync(id, type, [$"{id}-other", $"{id}-nobody"]);
        await EndAsync(handle);
        await EndAsync(target);
        return [handle, target];
    }

    /// <summary>The first two runs of a chain.</summary>
    private async Task<IReadOnlyList<WorkflowHandle>> ChainAsync(
        string id, string type, IReadOnlyCollection<object?> args, WorkflowOptions options)
    {
        var first = await StartAsync(id, type, args, options);
        var runs = new List<WorkflowHandle>();
        for (var runId = first.FirstExecutionRunId!; runId.Length > 0 && runs.Count < 2;)
        {
            var run = client.GetWorkflowHandle(id, runId);
            var history = await WorkerHost.HistoryWhenAsync(run, h => h.Events.Last().EventType is
                EventType.WorkflowExecutionCompleted or
                EventType.WorkflowExecutionFailed or
                EventType.WorkflowExecutionContinuedAsNew);
            runs.Add(run);
            runId = NextRun(history.Events.Last());
        }
        return runs;
    }

    private async Task<IReadOnlyList<WorkflowHandle>> CronAsync(string id)
    {
        var runs = await ChainAsync(id, "historyCron", [], new() { CronSchedule = "@every 1s" });
        await client.GetWorkflowHandle(id).TerminateAsync();
        return runs;
    }

    private async Task<IReadOnlyList<WorkflowHandle>> ResetAsync(string id)
    {
        var handle = await StartAsync(id, "historyResettable");
        await IdleAsync(handle, EventType.ActivityTaskCompleted);
        await handle.SignalAsync("item", ["noted"]);
        await IdleAsync(handle, EventType.WorkflowExecutionSignaled);
        var reset = await client.WorkflowService.ResetWorkflowExecutionAsync(new()
        {
            Namespace = client.Options.Namespace,
            WorkflowExecution = new() { WorkflowId = id, RunId = handle.FirstExecutionRunId },
            Reason = "try again",
            RequestId = Guid.NewGuid().ToString(),
            WorkflowTaskFinishEventId = 10,
            ResetReapplyType = ResetReapplyType.Signal,
        });
        var again = client.GetWorkflowHandle(id, reset.RunId);
        await IdleAsync(again, EventType.WorkflowExecutionSignaled);
        await again.SignalAsync("finish", []);
        await EndAsync(again);
        return [client.GetWorkflowHandle(id, handle.FirstExecutionRunId), again];
    }

    private async Task<IReadOnlyList<WorkflowHandle>> UpdateWithStartAsync(string id)
    {
        var start = WithStartWorkflowOperation.Create(
            "historyUpdates", [], new(id, queue) { IdConflictPolicy = WorkflowIdConflictPolicy.Fail });
        await client.ExecuteUpdateWithStartWorkflowAsync("set", ["early"], new(start) { Id = "u1" });
        var handle = await start.GetHandleAsync();
        await IdleAsync(handle);
        await handle.SignalAsync("finish", []);
        await EndAsync(handle);
        return [handle];
    }
}
