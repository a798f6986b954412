using System.Globalization;
using Temporalio.Client;
using Temporalio.Worker;

namespace TemporalDelivery.Bench.Engine;

/// <summary>The worker process of a measurement: runs <see cref="ActivitiesWorkflow"/> and its siblings until its input ends.</summary>
internal static class WorkerCommand
{
    /// <summary>What the first argument must be to get here.</summary>
    public const string Name = "engine-worker";

    /// <summary>The line that says it takes tasks.</summary>
    public const string Ready = "worker ready";

    /// <summary>Where it works.</summary>
    public const string TaskQueue = "bench";

    private const int Polls = 40;

    /// <param name="arguments">The server's address, and how many workflows to keep in memory.</param>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (arguments is not [var address, var cached])
        {
            Console.Error.WriteLine($"usage: bench {Name} HOST:PORT CACHED-WORKFLOWS");
            return 2;
        }

        CollectOnRequest.Install();
        var client = await TemporalClient.ConnectAsync(new(address) { Identity = Name, GrpcCompression = new GrpcCompression.None() });
        // The default of five polls, of which one takes new workflows, leaves a busy worker waiting for its own round trips.
        var options = new TemporalWorkerOptions(TaskQueue)
        {
            MaxCachedWorkflows = int.Parse(cached, CultureInfo.InvariantCulture),
            MaxConcurrentWorkflowTaskPolls = Polls,
            MaxConcurrentActivityTaskPolls = Polls,
        };
        using var worker = new TemporalWorker(
            client,
            options
                .AddActivity(EchoActivity.Echo)
                .AddWorkflow<ActivitiesWorkflow>()
                .AddWorkflow<SignalledWorkflow>()
                .AddWorkflow<TimersWorkflow>()
        );
        Console.WriteLine(Ready);
        // The console's reader waits in its caller's thread, whatever its methods are called; the worker would not even begin.
        await worker.ExecuteAsync(() => Task.Run(() => Console.In.ReadToEndAsync(cancellationToken), cancellationToken), cancellationToken);
        return 0;
    }
}
