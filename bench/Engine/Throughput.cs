using System.Diagnostics;
using Temporalio.Client;

namespace TemporalDelivery.Bench.Engine;

/// <summary>Workflows per second and their latency, one method for each kind of load.</summary>
internal sealed class Throughput(Engine engine, StoreKind store, EngineBenchOptions options)
{
    private const int Timers = 1000;
    private const int WarmUpWorkflows = 5000;
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(40);

    /// <summary>
    /// Lets the runtime compile what is used often, before anything is measured: it does that by number of calls, not by time.
    /// </summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(LongestWarmUp);
        var left = WarmUpWorkflows;
        await Task.WhenAll(
            Enumerable
                .Range(0, options.Concurrency)
                .Select(async _ =>
                {
                    while (!enough.IsCancellationRequested && Interlocked.Decrement(ref left) >= 0)
                    {
                        await engine.Client.ExecuteWorkflowAsync(
                            (ActivitiesWorkflow workflow) => workflow.RunAsync(2),
                            New(cancellationToken)
                        );
                    }
                })
        );
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Workflows of so many activities, a number of workflows at a time.</summary>
    public async Task<Measurement> ActivitiesAsync(string name, int activities, int concurrency, CancellationToken cancellationToken)
    {
        // Start, first task (poll, answer), result; then each activity's answer and the task that it leads to. Activities start eagerly.
        var calls = 4 + (3 * activities);
        Task RunAsync(CancellationToken token) =>
            engine.Client.ExecuteWorkflowAsync((ActivitiesWorkflow workflow) => workflow.RunAsync(activities), New(token));
        await ClosedLoop.RunAsync(concurrency, options.Time / 4, RunAsync, cancellationToken);
        var before = await engine.CpuAsync(cancellationToken);
        var (latencies, elapsed) = await ClosedLoop.RunAsync(concurrency, options.Time, RunAsync, cancellationToken);
        var cpu = await engine.CpuAsync(cancellationToken) - before;
        var sample = await engine.Client.StartWorkflowAsync(
            (ActivitiesWorkflow workflow) => workflow.RunAsync(activities),
            New(cancellationToken)
        );
        await sample.GetResultAsync<string>(rpcOptions: new() { CancellationToken = cancellationToken });
        return new(
            name,
            store,
            latencies.Count,
            elapsed.TotalSeconds,
            Percentiles.Of(latencies),
            await EventsAsync(sample, cancellationToken),
            calls,
            cpu
        );
    }

    /// <summary>Workflows that each get many signals at once.</summary>
    public async Task<Measurement> SignalsAsync(int workflows, int signals, CancellationToken cancellationToken)
    {
        const int AtATime = 8;
        WorkflowHandle? last = null;
        async Task RunAsync(CancellationToken token)
        {
            var handle = await engine.Client.StartWorkflowAsync((SignalledWorkflow workflow) => workflow.RunAsync(signals), New(token));
            var send = new WorkflowSignalOptions { Rpc = new() { CancellationToken = token } };
            await Parallel.ForAsync(
                0,
                signals,
                new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency / AtATime, CancellationToken = token },
                async (_, _) => await handle.SignalAsync(workflow => workflow.PokeAsync("the quick brown fox"), send)
            );
            await handle.GetResultAsync(rpcOptions: new() { CancellationToken = token });
            last = handle;
        }

        await RunAsync(cancellationToken);
        var latencies = new TimeSpan[workflows];
        var before = await engine.CpuAsync(cancellationToken);
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(
            0,
            workflows,
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken },
            async (index, token) =>
            {
                var started = watch.Elapsed;
                await RunAsync(token);
                latencies[index] = watch.Elapsed - started;
            }
        );
        var elapsed = watch.Elapsed;
        var cpu = await engine.CpuAsync(cancellationToken) - before;
        return new(
            $"a storm of {signals} signals each",
            store,
            workflows,
            elapsed.TotalSeconds,
            Percentiles.Of(latencies),
            await EventsAsync(last!, cancellationToken),
            signals + 4,
            cpu
        );
    }

    /// <summary>A thousand workflows with one timer each, all due at one time; the clock runs from then on.</summary>
    public Task<Measurement> TimersAsync(CancellationToken cancellationToken) =>
        DueAsync("1,000 timers due at once", Timers, timersEach: 1, calls: 3, cancellationToken);

    /// <summary>One workflow with a thousand timers, all due at one time.</summary>
    public Task<Measurement> TimersOfOneAsync(CancellationToken cancellationToken) =>
        DueAsync("1,000 timers of one workflow", 1, Timers, calls: 3, cancellationToken);

    private async Task<Measurement> DueAsync(string name, int workflows, int timersEach, int calls, CancellationToken cancellationToken)
    {
        var due = DateTime.UtcNow + TimeSpan.FromSeconds(options.Quick ? 4 : 8);
        var handles = new WorkflowHandle[workflows];
        await Parallel.ForAsync(
            0,
            workflows,
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken },
            async (index, token) =>
                handles[index] = await engine.Client.StartWorkflowAsync(
                    (TimersWorkflow workflow) => workflow.RunAsync(due, timersEach),
                    New(token)
                )
        );
        var ends = handles
            .Select(async handle =>
            {
                await handle.GetResultAsync(rpcOptions: new() { CancellationToken = cancellationToken });
                return DateTime.UtcNow - due;
            })
            .ToList();
        if (due - DateTime.UtcNow is { Ticks: > 0 } left)
        {
            await Task.Delay(left, cancellationToken);
        }

        var before = await engine.CpuAsync(cancellationToken);
        var latencies = await Task.WhenAll(ends);
        var cpu = await engine.CpuAsync(cancellationToken) - before;
        return new(
            name,
            store,
            workflows,
            latencies.Max().TotalSeconds,
            Percentiles.Of(latencies),
            await EventsAsync(handles[0], cancellationToken),
            calls,
            cpu
        );
    }

    private static async Task<long> EventsAsync(WorkflowHandle handle, CancellationToken cancellationToken) =>
        (await handle.DescribeAsync(new() { Rpc = new() { CancellationToken = cancellationToken } })).HistoryLength;

    private static WorkflowOptions New(CancellationToken cancellationToken) =>
        new(Guid.CreateVersion7().ToString(), WorkerCommand.TaskQueue) { Rpc = new() { CancellationToken = cancellationToken } };
}
