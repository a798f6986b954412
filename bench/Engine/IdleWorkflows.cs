using Temporalio.Client;

namespace TemporalDelivery.Bench.Engine;

/// <summary>What open workflows cost that have nothing to do.</summary>
/// <param name="Store">On which store.</param>
/// <param name="Open">How many are open.</param>
/// <param name="ServerBytes">The server's memory for each.</param>
/// <param name="WorkerBytes">The worker's memory for each, all of them in its cache.</param>
/// <param name="Cpu">CPU time of all processes while nothing happens.</param>
/// <param name="Seconds">In this time.</param>
internal sealed record IdleWorkflows(StoreKind Store, int Open, double ServerBytes, double WorkerBytes, CpuTimes Cpu, double Seconds)
{
    private const int StartsAtATime = 64;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(10);

    /// <summary>Measures at each of the numbers of open workflows, ascending.</summary>
    public static async IAsyncEnumerable<IdleWorkflows> MeasureAsync(
        EngineBenchOptions options,
        StoreKind store,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var engine = await Engine.StartAsync(options, store, cachedWorkflows: options.Idle.Max() + 1000, cancellationToken);
        // The first ones also load and compile code, which is nothing that each workflow costs.
        const int Before = 1000;
        await OpenAsync(engine.Client, Before, cancellationToken);
        var (server, worker) = (
            await engine.Server.ResidentBytesAsync(cancellationToken),
            await engine.Worker.ResidentBytesAsync(cancellationToken)
        );
        var open = 0;
        foreach (var count in options.Idle)
        {
            await OpenAsync(engine.Client, count - open, cancellationToken);
            open = count;
            var serverBytes = await engine.Server.ResidentBytesAsync(cancellationToken) - server;
            var workerBytes = await engine.Worker.ResidentBytesAsync(cancellationToken) - worker;
            var before = await engine.CpuAsync(cancellationToken);
            await Task.Delay(Watched, cancellationToken);
            var cpu = await engine.CpuAsync(cancellationToken) - before;
            yield return new(store, open, (double)serverBytes / open, (double)workerBytes / open, cpu, Watched.TotalSeconds);
        }
    }

    /// <summary>Opens workflows that wait for ever; returns when they have begun to.</summary>
    public static async Task OpenAsync(ITemporalClient client, int count, CancellationToken cancellationToken)
    {
        var handles = new WorkflowHandle[count];
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = StartsAtATime, CancellationToken = cancellationToken },
            async (index, token) =>
                handles[index] = await client.StartWorkflowAsync(
                    (SignalledWorkflow workflow) => workflow.RunAsync(0),
                    new(Guid.CreateVersion7().ToString(), WorkerCommand.TaskQueue) { Rpc = new() { CancellationToken = token } }
                )
        );
        // Tasks are taken in order, so that the others have been when these have.
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        foreach (var handle in handles.TakeLast(2 * StartsAtATime))
        {
            while ((await handle.DescribeAsync(new() { Rpc = new() { CancellationToken = cancellationToken } })).HistoryLength < 4)
            {
                await tick.WaitForNextTickAsync(cancellationToken);
            }
        }
    }
}
