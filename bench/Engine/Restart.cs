using System.Diagnostics;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Exceptions;

namespace TemporalDelivery.Bench.Engine;

/// <summary>How long a killed server takes until the next one serves a task that waited.</summary>
/// <param name="Open">Workflows open meanwhile.</param>
/// <param name="Seconds">From the new process's start until a worker has the task.</param>
internal sealed record Restart(int Open, double Seconds)
{
    private const string TaskQueue = "bench-restart";

    /// <summary>Measures it once, on PostgreSQL.</summary>
    public static async Task<Restart> MeasureAsync(EngineBenchOptions options, CancellationToken cancellationToken)
    {
        await using var engine = await Engine.StartAsync(
            options,
            StoreKind.Postgres,
            cachedWorkflows: options.OpenAtRestart,
            cancellationToken
        );
        await IdleWorkflows.OpenAsync(engine.Client, options.OpenAtRestart, cancellationToken);
        var waiting = await engine.Client.StartWorkflowAsync(
            (SignalledWorkflow workflow) => workflow.RunAsync(0),
            new(Guid.CreateVersion7().ToString(), TaskQueue) { Rpc = new() { CancellationToken = cancellationToken } }
        );
        var watch = Stopwatch.StartNew();
        await engine.RestartServerAsync(cancellationToken);
        var poll = new PollWorkflowTaskQueueRequest
        {
            Namespace = "default",
            Identity = "bench",
            TaskQueue = new TaskQueue { Name = TaskQueue },
        };
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            try
            {
                var task = await engine.Client.Connection.WorkflowService.PollWorkflowTaskQueueAsync(
                    poll,
                    new() { CancellationToken = cancellationToken }
                );
                if (task.WorkflowExecution?.WorkflowId == waiting.Id)
                {
                    return new(options.OpenAtRestart, watch.Elapsed.TotalSeconds);
                }
            }
            catch (RpcException error) when (error.Code is RpcException.StatusCode.Unavailable or RpcException.StatusCode.Unknown)
            {
                // Nobody listens yet.
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }
    }
}
