using TemporalDelivery.Tests.Temporal.Costs;
using Temporalio.Client;

namespace TemporalDelivery.Bench.Api;

/// <summary>What orders have cost, from the histories of their workflows and of their deliveries' workflows.</summary>
internal static class OrderCosts
{
    private const int FetchedAtATime = 16;

    /// <summary>The cost of all of them together.</summary>
    public static async Task<WorkflowCost> SumAsync(
        ITemporalClient temporal,
        IReadOnlyCollection<FinishedOrder> orders,
        CancellationToken cancellationToken
    )
    {
        var sum = WorkflowCost.None;
        var adding = new Lock();
        await Parallel.ForEachAsync(
            orders.SelectMany(order => order.Workflows),
            new ParallelOptions { MaxDegreeOfParallelism = FetchedAtATime, CancellationToken = cancellationToken },
            async (workflow, token) =>
            {
                var run = temporal.GetWorkflowHandle(workflow);
                // A state is seen before the workflow that has recorded it is over.
                await run.GetResultAsync(rpcOptions: new() { CancellationToken = token });
                var history = await run.FetchHistoryAsync(new() { Rpc = new() { CancellationToken = token } });
                var cost = WorkflowCost.Of(history.Events);
                lock (adding)
                {
                    sum += cost;
                }
            }
        );
        return sum;
    }
}
