using System.Collections.Concurrent;
using TemporalDelivery.Chaos.Audit;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Chaos.Meddling;

/// <summary>
/// An operator with Temporal's own tools, and without a plan: terminates, resets and cancels orders and deliveries while they run, sends
/// them signals that nobody understands, and updates to those that have ended.
/// </summary>
/// <param name="temporal">The tools.</param>
/// <param name="random">Who is meddled with, and how; from the seed.</param>
/// <param name="clock">What the run goes by.</param>
internal sealed class Meddler(ITemporalClient temporal, Random random, Clock clock)
{
    private const string Orders = "order-";
    private const string Deliveries = "delivery-";
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(5);
    private static readonly (Act Act, string Prefix)[] Acts =
    [
        (Act.Terminate, Orders),
        (Act.Terminate, Orders),
        (Act.Reset, Orders),
        (Act.Reset, Orders),
        (Act.Cancel, Orders),
        (Act.Cancel, Orders),
        (Act.Cancel, Deliveries),
        (Act.Cancel, Deliveries),
        (Act.Garble, Orders),
        (Act.Garble, Deliveries),
        (Act.Disturb, Orders),
        (Act.Disturb, Deliveries),
    ];

    private readonly ConcurrentQueue<MeddlingAct> done = new();
    private readonly ConcurrentQueue<Difference> answered = new();

    /// <summary>What was done, to whom.</summary>
    public IReadOnlyList<MeddlingAct> Done => [.. done];

    /// <summary>Updates that workflows have answered that had ended; none may.</summary>
    public IReadOnlyList<Difference> Answered => [.. answered];

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
                when (failure is RpcException or InvalidOperationException or OperationCanceledException
                    && !cancellationToken.IsCancellationRequested
                )
            {
                clock.Say($"Temporal's tools do not work now: {failure.Message}");
            }
        }
    }

    private async Task MeddleOnceAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(CallTime);
        var (act, prefix) = Acts[random.Next(Acts.Length)];
        var runs = (await Rest.ListAsync(temporal, isRunning: act != Act.Disturb, deadline.Token))
            .Where(run => run.Id.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(run => run.Id, StringComparer.Ordinal)
            .ToList();
        if (runs.Count == 0)
        {
            return;
        }

        var victim = runs[random.Next(runs.Count)];
        clock.Say($"{act} {victim.Id}");
        done.Enqueue(new(act, victim.Id));
        await DoAsync(act, victim, new RpcOptions { CancellationToken = deadline.Token });
    }

    private async Task DoAsync(Act act, WorkflowExecution victim, RpcOptions rpc)
    {
        var running = temporal.GetWorkflowHandle(victim.Id);
        switch (act)
        {
            case Act.Terminate:
                await running.TerminateAsync("the wrong button", new WorkflowTerminateOptions { Rpc = rpc });
                break;
            case Act.Reset:
                await ResetAsync(running, rpc);
                break;
            case Act.Cancel:
                await running.CancelAsync(new WorkflowCancelOptions { Rpc = rpc });
                break;
            case Act.Garble:
                var signal = new WorkflowSignalOptions { Rpc = rpc };
                await running.SignalAsync("Hello", ["?"], signal);
                await running.SignalAsync(IsOrder(victim) ? "PaymentEvent" : "PartnerEvent", [random.Next()], signal);
                await running.SignalAsync(IsOrder(victim) ? "WithdrawalRefused" : "Withdraw", [new { actor = "nobody" }], signal);
                break;
            default:
                await DisturbAsync(temporal.GetWorkflowHandle(victim.Id, victim.RunId), IsOrder(victim), rpc);
                break;
        }
    }

    private async Task ResetAsync(WorkflowHandle running, RpcOptions rpc)
    {
        var history = await running.FetchHistoryAsync(new WorkflowHistoryEventFetchOptions { Rpc = rpc });
        var completed = history.Events.Where(happened => happened.WorkflowTaskCompletedEventAttributes is not null).ToList();
        var isFirst = random.Next(2) == 0;
        if (completed.Count > 0)
        {
            await temporal.WorkflowService.ResetWorkflowExecutionAsync(
                new()
                {
                    Namespace = temporal.Options.Namespace,
                    WorkflowExecution = new() { WorkflowId = running.Id },
                    Reason = "after a bad deploy",
                    RequestId = Guid.CreateVersion7().ToString(),
                    WorkflowTaskFinishEventId = (isFirst ? completed[0] : completed[^1]).EventId,
                },
                rpc
            );
        }
    }

    private async Task DisturbAsync(WorkflowHandle ended, bool isOrder, RpcOptions rpc)
    {
        var (name, message) = isOrder
            ? ("Cancel", (object)new { actor = "operator:meddler", reason = "the wrong window" })
            : (
                "Resolve",
                new
                {
                    resolution = "CANCEL",
                    actor = "operator:meddler",
                    reason = "the wrong window",
                }
            );
        try
        {
            await ended.ExecuteUpdateAsync(name, [message], new WorkflowUpdateOptions { Rpc = rpc });
            answered.Enqueue(new("meddling", ended.Id, "no answer of a workflow that has ended", $"an answer to {name}"));
        }
        catch (RpcException refusal) when (refusal.Code == RpcException.StatusCode.NotFound)
        {
            // That is how it should be.
        }
    }

    private static bool IsOrder(WorkflowExecution victim) => victim.Id.StartsWith(Orders, StringComparison.Ordinal);
}
