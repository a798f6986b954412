using TemporalDelivery.Chaos.Shopping;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Chaos.Meddling;

/// <summary>
/// An operator with Temporal's own tools, and without a plan: terminates orders and resets them to their beginning while they run. The
/// clerk resumes what the reconciliation finds.
/// </summary>
/// <param name="temporal">The tools.</param>
/// <param name="clerk">Who settles tasks.</param>
/// <param name="random">Who is meddled with; from the seed.</param>
/// <param name="clock">What the run goes by.</param>
internal sealed class Meddler(ITemporalClient temporal, Person clerk, Random random, Clock clock)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(5);

    /// <summary>How many orders were meddled with.</summary>
    public int Count { get; private set; }

    /// <summary>Meddles as often, spread over the time.</summary>
    public async Task MeddleAsync(int times, TimeSpan duration, CancellationToken cancellationToken)
    {
        for (var time = 1; time <= times; time++)
        {
            await clock.UntilAsync(duration * time / (times + 1), cancellationToken);
            try
            {
                await MeddleOnceAsync(cancellationToken);
            }
            catch (Exception failure)
                when (failure is RpcException or InvalidOperationException && !cancellationToken.IsCancellationRequested)
            {
                clock.Say($"Temporal's tools do not work now: {failure.Message}");
            }
        }
    }

    /// <summary>Resumes what is found lost, until it is no use any more.</summary>
    public async Task ResumeAsync(CancellationToken over)
    {
        using var look = new PeriodicTimer(BetweenLooks);
        try
        {
            while (await look.WaitForNextTickAsync(over))
            {
                var tasks = await clerk.FindAsync("/operator-tasks?kind=STORY_LOST&limit=100", over);
                foreach (var task in tasks!.Value.GetProperty("items").EnumerateArray())
                {
                    var id = task.GetProperty("taskId").GetGuid();
                    clock.Say($"resume: {task.GetProperty("detail").GetString()}");
                    var body = new { resolution = "RESUME", reason = "that was the wrong button" };
                    await clerk.AskAsync(HttpMethod.Post, $"/operator-tasks/{id}/resolve", body, over);
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Nobody waits for an order any more.
        }
    }

    private async Task MeddleOnceAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(CallTime);
        var running = (await Rest.RunningAsync(temporal, deadline.Token))
            .Where(id => id.StartsWith("order-", StringComparison.Ordinal))
            .Order()
            .ToList();
        if (running.Count == 0)
        {
            return;
        }

        var victim = running[random.Next(running.Count)];
        var rpc = new RpcOptions { CancellationToken = deadline.Token };
        Count++;
        if (random.Next(3) == 0)
        {
            clock.Say($"terminate {victim}");
            await temporal.GetWorkflowHandle(victim).TerminateAsync("the wrong button", new WorkflowTerminateOptions { Rpc = rpc });
            return;
        }

        clock.Say($"reset {victim}");
        var first = (
            await temporal.GetWorkflowHandle(victim).FetchHistoryAsync(new WorkflowHistoryEventFetchOptions { Rpc = rpc })
        ).Events.FirstOrDefault(happened => happened.WorkflowTaskCompletedEventAttributes is not null);
        if (first is not null)
        {
            await temporal.WorkflowService.ResetWorkflowExecutionAsync(
                new()
                {
                    Namespace = temporal.Options.Namespace,
                    WorkflowExecution = new() { WorkflowId = victim },
                    Reason = "after a bad deploy",
                    RequestId = Guid.CreateVersion7().ToString(),
                    WorkflowTaskFinishEventId = first.EventId,
                },
                rpc
            );
        }
    }
}
