using Temporal.Endurance.Worker;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Temporal.Endurance.Tests;

/// <summary>
/// Starts a journey, signals it, names it, and waits for it to end; says each thing again, under the same id, until it is answered.
/// </summary>
internal sealed class Customer(ITemporalClient client, Journey journey, Action<string> doing)
{
    // What the activities and children of a leg return, for both legs.
    private const int Sum = 2 * (1 + (1 + 2) + (3 * 2) + 3);

    private string Id => $"journey-{journey.Number}";

    private string Name => $"name-{journey.Number}";

    /// <summary>Ends when the journey has, with the result that it should have.</summary>
    public async Task SeeThroughAsync(CancellationToken cancellationToken)
    {
        var handle = await PersistAsync("start", StartAsync, cancellationToken);
        for (var signal = 1; signal <= JourneyWorkflow.Signals; signal++)
        {
            var number = signal;
            await PersistAsync($"signal {number}", () => SignalAsync(handle, number), cancellationToken);
        }

        await PersistAsync("update", () => NameAsync(handle), cancellationToken);
        var result = await PersistAsync("result", () => handle.GetResultAsync<JourneyResult>(), cancellationToken);
        Assert.Equal((journey.Number, Name, Sum), (result.Number, result.Name, result.Sum));
        Assert.Equal(Enumerable.Range(1, JourneyWorkflow.Signals), result.Signals);
    }

    private async Task<WorkflowHandle> StartAsync() =>
        await client.StartWorkflowAsync(
            (JourneyWorkflow workflow) => workflow.RunAsync(journey),
            new(Id, JourneyWorkflow.TaskQueue)
            {
                IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting,
                IdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
                TaskTimeout = TimeSpan.FromSeconds(2),
            }
        );

    private async Task<bool> SignalAsync(WorkflowHandle handle, int signal)
    {
        // To the workflow, not to its first run: by now it may be on its second leg.
        await client.GetWorkflowHandle<JourneyWorkflow>(handle.Id).SignalAsync(workflow => workflow.AddAsync(signal));
        return true;
    }

    private async Task<string> NameAsync(WorkflowHandle handle)
    {
        try
        {
            return await client
                .GetWorkflowHandle<JourneyWorkflow>(handle.Id)
                .ExecuteUpdateAsync(workflow => workflow.NameAsync(Name), new() { Id = $"update-{journey.Number}" });
        }
        catch (RpcException error) when (error.Code == RpcException.StatusCode.NotFound)
        {
            // It cannot end without a name: an earlier try gave it one, and the answer was lost.
            return Name;
        }
    }

    // FailedPrecondition: a workflow whose workflow task was lost with its workers again and again takes no updates until one is done.
    private static bool MayPass(RpcException.StatusCode code) =>
        code
            is RpcException.StatusCode.Unavailable
                or RpcException.StatusCode.DeadlineExceeded
                or RpcException.StatusCode.Cancelled
                or RpcException.StatusCode.Unknown
                or RpcException.StatusCode.FailedPrecondition;

    private async Task<T> PersistAsync<T>(string what, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            try
            {
                doing(what);
                return await call().WaitAsync(cancellationToken);
            }
            catch (RpcException error) when (MayPass(error.Code))
            {
                doing($"{what}, again after {error.Code}: {error.Message}");
                await again.WaitForNextTickAsync(cancellationToken);
            }
            catch (WorkflowUpdateRpcTimeoutOrCanceledException error)
            {
                doing($"{what}, again after {error.Message}");
                await again.WaitForNextTickAsync(cancellationToken);
            }
        }
    }
}
