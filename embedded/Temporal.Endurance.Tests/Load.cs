using System.Collections.Concurrent;
using Temporal.Endurance.Worker;
using Temporalio.Client;
using Temporalio.Common;

namespace Temporal.Endurance.Tests;

/// <summary>Customers, each with one journey at a time until told to finish.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly ITemporalClient client;
    private readonly CancellationTokenSource finish = new();
    private readonly CancellationTokenSource giveUp;
    private readonly ConcurrentDictionary<string, string> unfinished = new();
    private readonly SemaphoreSlim more = new(0);
    private Task lanes = Task.CompletedTask;
    private int started;
    private int completed;

    private Load(ITemporalClient client, CancellationToken cancellationToken)
    {
        this.client = client;
        giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Journeys that ended as they should.</summary>
    public int Completed => completed;

    /// <summary>Which journeys are on their way, and what their customers do.</summary>
    public string Unfinished => string.Join('\n', unfinished.Select(journey => $"{journey.Key}: {journey.Value}"));

    /// <summary>Starts the customers.</summary>
    public static async Task<Load> StartAsync(string address, int lanes, CancellationToken cancellationToken)
    {
        var load = new Load(await TemporalClient.ConnectAsync(new(address) { Identity = "customers" }), cancellationToken);
        load.lanes = Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => load.RunLaneAsync(lane, load.giveUp.Token)));
        return load;
    }

    /// <summary>Waits until so many more journeys have ended.</summary>
    public async Task WaitForMoreAsync(int count, CancellationToken cancellationToken)
    {
        while (more.Wait(0, CancellationToken.None))
        {
            // What ended before does not count.
        }

        for (var i = 0; i < count; i++)
        {
            var next = more.WaitAsync(cancellationToken);
            if (await Task.WhenAny(next, lanes) == lanes)
            {
                await lanes;
            }

            await next;
        }
    }

    /// <summary>Lets the customers see their journeys through, and begin no more.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await finish.CancelAsync();
        await lanes.WaitAsync(cancellationToken);
    }

    /// <summary>The history of every run.</summary>
    public async Task<IReadOnlyList<WorkflowHistory>> ReadHistoriesAsync(CancellationToken cancellationToken)
    {
        var histories = new List<WorkflowHistory>();
        await foreach (
            var run in client.ListWorkflowsAsync($"TaskQueue = '{JourneyWorkflow.TaskQueue}'").WithCancellation(cancellationToken)
        )
        {
            histories.Add(await client.GetWorkflowHandle(run.Id, run.RunId).FetchHistoryAsync());
        }

        return histories;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await finish.CancelAsync();
        await giveUp.CancelAsync();
        await lanes.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        finish.Dispose();
        giveUp.Dispose();
        more.Dispose();
    }

    private async Task RunLaneAsync(int lane, CancellationToken cancellationToken)
    {
        var pauses = new Random(lane);
        while (!finish.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref started);
            var customer = new Customer(client, new Journey(number, TimeSpan.FromMilliseconds(pauses.Next(20, 400))), doing =>
                unfinished[$"journey-{number}"] = doing
            );
            await customer.SeeThroughAsync(cancellationToken);
            unfinished.TryRemove($"journey-{number}", out _);
            Interlocked.Increment(ref completed);
            more.Release();
        }
    }
}
