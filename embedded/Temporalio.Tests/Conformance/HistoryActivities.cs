using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Temporalio.Tests.Conformance;

/// <summary>
/// The activities of embedded/conformance/workflows/historyActivities.mjs. Some act on their own workflow from outside, so
/// that a scenario is ordered by what has happened and never by time.
/// </summary>
public sealed class HistoryActivities(ITemporalClient client)
{
    private readonly ConcurrentDictionary<string, byte[]> tokens = new();
    private readonly ConcurrentDictionary<string, bool> interfered = new();

    private static ActivityExecutionContext Context => ActivityExecutionContext.Current;

    private WorkflowHandle Own => client.GetWorkflowHandle(Context.Info.WorkflowId!, Context.Info.WorkflowRunId);

    [Activity("greet")]
    public static string Greet(string name) => $"Hello, {name}!";

    [Activity("fails_until_third_attempt")]
    public static int FailsUntilThirdAttempt() => Context.Info.Attempt < 3
        ? throw new ApplicationFailureException($"attempt {Context.Info.Attempt}", "Flaky")
        : Context.Info.Attempt;

    [Activity("always_breaks")]
    public static void AlwaysBreaks() => throw new ApplicationFailureException("broken", "Broken");

    [Activity("refuses")]
    public static void Refuses() =>
        throw new ApplicationFailureException("never", "Refused", nonRetryable: true, details: ["why"]);

    [Activity("hangs")]
    public static Task HangsAsync() => new TaskCompletionSource().Task.WaitAsync(Context.CancellationToken);

    [Activity("resumes_from_heartbeat")]
    public static async Task<Dictionary<string, int>> ResumesFromHeartbeatAsync()
    {
        if (Context.Info.Attempt == 1)
        {
            Context.Heartbeat(new Dictionary<string, int> { ["position"] = 41 });
            throw new ApplicationFailureException("interrupted", "Interrupted");
        }
        return await Context.Info.HeartbeatDetailAtAsync<Dictionary<string, int>>(0);
    }

    [Activity("takes")]
    public static async Task<string> TakesAsync(int milliseconds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(milliseconds));
        await timer.WaitForNextTickAsync(Context.CancellationToken);
        return "done";
    }

    [Activity("announces_and_heartbeats")]
    public async Task AnnouncesAndHeartbeatsAsync()
    {
        await Own.SignalAsync("go", []);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            Context.Heartbeat("alive");
        }
        while (await timer.WaitForNextTickAsync(Context.CancellationToken));
    }

    [Activity("announces_and_is_completed_elsewhere")]
    public async Task<string> AnnouncesAndIsCompletedElsewhereAsync()
    {
        tokens[Context.Info.WorkflowRunId!] = Context.Info.TaskToken;
        await Own.SignalAsync("go", []);
        throw new CompleteAsyncException();
    }

    /// <summary>Does these things to its own workflow once, although the task that it belongs to may be repeated.</summary>
    [Activity("interferes")]
    public async Task InterferesAsync(string[] deeds)
    {
        var runId = Context.Info.WorkflowRunId!;
        if (!interfered.TryAdd(runId, true))
        {
            return;
        }
        foreach (var deed in deeds)
        {
            await (deed switch
            {
                "complete activity" => client.GetAsyncActivityHandle(tokens[runId]).CompleteAsync("from elsewhere"),
                "cancel" => Own.CancelAsync(),
                "terminate" => Own.TerminateAsync("in the middle"),
                _ => Own.SignalAsync("item", [deed]),
            });
        }
    }
}
