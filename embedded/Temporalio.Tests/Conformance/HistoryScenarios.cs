using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Tests.Worker;

namespace Temporalio.Tests.Conformance;

/// <summary>
/// The scenarios of embedded/conformance/scenarios/histories.mjs, told to C# workers: each ends with the handles whose runs
/// are to be compared, in order.
/// </summary>
internal sealed partial class HistoryScenarios(
    ITemporalClient client, string queue, Func<string, Func<Task>, Task> withWorker, CancellationToken limit)
{
    private static readonly RetryPolicy Twice = ActivityWorkflows.Retry with { MaximumAttempts = 2 };

    /// <exception cref="KeyNotFoundException">There is no C# twin of the scenario.</exception>
    internal async Task<IReadOnlyList<WorkflowHandle>> RunAsync(string name, string id) => name switch
    {
        "activity" => await SimpleAsync(id, "historyActivity", ["Ada"]),
        "activity-retry" => await SimpleAsync(id, "historyActivityRetry"),
        "activity-fails" => await SimpleAsync(id, "historyActivityFails"),
        "activity-refuses" => await SimpleAsync(id, "historyActivityRefuses"),
        "activity-timeouts" => await SimpleAsync(id, "historyActivityTimeouts"),
        "activity-heartbeat" => await SimpleAsync(id, "historyActivityHeartbeat"),
        "activity-canceled" => await SimpleAsync(id, "historyActivityCanceled"),
        "activity-canceled-unstarted" => await SimpleAsync(id, "historyActivityCanceledUnstarted"),
        "timers" => await SimpleAsync(id, "historyTimers"),
        "timer-fired-then-canceled" => await IdleThenAsync(id, "historyCancelsFiredTimer", handle => handle.SignalAsync("go", [])),
        "signals-during-a-task" => await SimpleAsync(id, "historyBufferedSignals"),
        "unhandled-command" => await SimpleAsync(id, "historyUnhandledCommand"),
        "terminated-during-a-task" => await SimpleAsync(id, "historyInterferes", ["noted", "terminate"]),
        "canceled-during-a-task" => await SimpleAsync(id, "historyInterferes", ["cancel"]),
        "local-activity" => await SimpleAsync(id, "historyLocalActivity", ["Grace"]),
        "patched" => await SimpleAsync(id, "historyPatched"),
        "task-fails" => await SimpleAsync(id, "historyBugOnce"),
        "run-timeout" => await SimpleAsync(id, "historyChild", [], new() { RunTimeout = TimeSpan.FromSeconds(8) }),
        "execution-timeout" => await SimpleAsync(id, "historyChild", [], new()
        {
            ExecutionTimeout = TimeSpan.FromSeconds(8),
            RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(10) },
        }),
        "upserts" => await SimpleAsync(id, "historyUpserts", ["Ulm"], new()
        {
            Memo = new Dictionary<string, object> { ["note"] = "first", ["gone"] = 1 },
            TypedSearchAttributes = new SearchAttributeCollection.Builder()
                .Set(SearchAttributeKey.CreateKeyword("CustomCity"), "Bonn").ToSearchAttributeCollection(),
        }),
        "task-times-out" => await TaskTimesOutAsync(id),
        "child-completes" => await ChildAsync(id, child => child.SignalAsync("finish", ["done"])),
        "child-fails" => await ChildAsync(id, child => child.SignalAsync("finish", ["fail"])),
        "child-canceled" => await ChildAsync(id, child => child.CancelAsync()),
        "child-terminated" => await ChildAsync(id, child => child.TerminateAsync("enough")),
        "child-times-out" => await ChildAsync(id, null),
        "child-exists" => await SimpleAsync(id, "historyParentTwice", [$"{id}-child"]),
        "child-canceled-by-parent" => await ChildCanceledByParentAsync(id),
        "parent-close-policies" => await ParentClosePoliciesAsync(id),
        "external-signal" => await OtherAsync(id, "historySignalsOther"),
        "external-cancel" => await OtherAsync(id, "historyCancelsOther"),
        "continue-as-new" => await ChainAsync(id, "historyContinues", [1], new()),
        "workflow-retry" => await ChainAsync(id, "historyRetries", [], new() { RetryPolicy = Twice }),
        "workflow-retries-used-up" => await ChainAsync(id, "historyActivityFails", [], new() { RetryPolicy = Twice }),
        "cron" => await CronAsync(id),
        "terminated" => await IdleThenAsync(id, "historyChild", handle => handle.TerminateAsync("enough")),
        "canceled" => await IdleThenAsync(id, "historyCancelable", async handle =>
        {
            await handle.CancelAsync();
            await handle.CancelAsync();
        }),
        "reset" => await ResetAsync(id),
        "updates" => await IdleThenAsync(id, "historyUpdates", UpdateAsync),
        "update-rejected" => await IdleThenAsync(id, "historyUpdates", async handle =>
        {
            await RefusedAsync(handle.ExecuteUpdateAsync("set", ["bad"], new() { Id = "u1" }));
            await handle.SignalAsync("finish", []);
        }),
        "update-with-start" => await UpdateWithStartAsync(id),
        "signal-with-start" => await SimpleAsync(id, "historyChild", [], new()
        {
            StartSignal = "finish",
            StartSignalArgs = ["at once"],
        }),
        _ => throw new KeyNotFoundException($"The scenario {name} has no C# twin in {nameof(HistoryScenarios)}"),
    };

    private Task<WorkflowHandle> StartAsync(
        string id, string type, IReadOnlyCollection<object?>? args = null, WorkflowOptions? options = null)
    {
        options ??= new();
        options.Id = id;
        options.TaskQueue ??= queue;
        return client.StartWorkflowAsync(type, args ?? [], options);
    }

    private async Task<IReadOnlyList<WorkflowHandle>> SimpleAsync(
        string id, string type, IReadOnlyCollection<object?>? args = null, WorkflowOptions? options = null)
    {
        var handle = await StartAsync(id, type, args, options);
        await EndAsync(handle);
        return [handle];
    }

    private async Task<IReadOnlyList<WorkflowHandle>> IdleThenAsync(string id, string type, Func<WorkflowHandle, Task> act)
    {
        var handle = await StartAsync(id, type);
        await IdleAsync(handle);
        await act(handle);
        await EndAsync(handle);
        return [handle];
    }

    private static async Task UpdateAsync(WorkflowHandle handle)
    {
        Assert.Equal("none", await handle.ExecuteUpdateAsync<string>("set", ["new"], new() { Id = "u1" }));
        Assert.Equal("Hello, Ada!", await handle.ExecuteUpdateAsync<string>("greet", ["Ada"], new() { Id = "u2" }));
        await RefusedAsync(handle.ExecuteUpdateAsync("fail", [], new() { Id = "u3" }));
        await handle.SignalAsync("finish", []);
    }

    private static async Task RefusedAsync(Task update) =>
        await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => update);

    /// <summary>Waits for the end, well or not.</summary>
    private static async Task EndAsync(WorkflowHandle handle)
    {
        try
        {
            await handle.GetResultAsync();
        }
        catch (WorkflowFailedException)
        {
            // How it ended is told by the history.
        }
    }

    /// <summary>Waits until the run has an event of the type and no workflow task.</summary>
    private async Task IdleAsync(
        WorkflowHandle handle, EventType seen = EventType.WorkflowTaskCompleted, int times = 1)
    {
        await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, seen, times));
        while ((await handle.DescribeAsync()).RawDescription.PendingWorkflowTask != null)
        {
            await Task.Yield();
            limit.ThrowIfCancellationRequested();
        }
    }

    private static async Task EndsWithAsync(WorkflowHandle handle, EventType last) =>
        await WorkerHost.HistoryWhenAsync(handle, history => history.Events.Last().EventType == last);

    private static string NextRun(HistoryEvent closed) => closed.AttributesCase switch
    {
        HistoryEvent.AttributesOneofCase.WorkflowExecutionCompletedEventAttributes =>
            closed.WorkflowExecutionCompletedEventAttributes.NewExecutionRunId,
        HistoryEvent.AttributesOneofCase.WorkflowExecutionFailedEventAttributes =>
            closed.WorkflowExecutionFailedEventAttributes.NewExecutionRunId,
        HistoryEvent.AttributesOneofCase.WorkflowExecutionContinuedAsNewEventAttributes =>
            closed.WorkflowExecutionContinuedAsNewEventAttributes.NewExecutionRunId,
        _ => string.Empty,
    };
}
