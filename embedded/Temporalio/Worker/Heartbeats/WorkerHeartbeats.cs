using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Worker.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Worker.Execution;

namespace Temporalio.Worker.Heartbeats;

/// <summary>
/// Tells the server now and then that the worker lives. A failed heartbeat is not repeated: the next one says the same.
/// </summary>
internal sealed class WorkerHeartbeats(WorkerLink link, WorkerReport report, TimeSpan interval, ILogger logger)
{
    private volatile bool isShuttingDown;

    /// <summary>From now on the worker takes nothing more. Returns the heartbeat that goes along with its leave.</summary>
    internal WorkerHeartbeat Leave()
    {
        isShuttingDown = true;
        return Write();
    }

    /// <summary>Sends one at once and then one each interval, until stopped or until the server does not know the call.</summary>
    internal async Task RunAsync(CancellationToken stopped)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            do
            {
                if (!await SendAsync(stopped).ConfigureAwait(false))
                {
                    return;
                }
            }
            while (await timer.WaitForNextTickAsync(stopped).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The worker is over.
        }
    }

    /// <summary>Returns whether to go on.</summary>
    private async Task<bool> SendAsync(CancellationToken stopped)
    {
        try
        {
            await link.Service.RecordWorkerHeartbeatAsync(
                new() { Namespace = link.Namespace, Identity = link.Identity, WorkerHeartbeat = { Write() } },
                new RpcOptions { CancellationToken = stopped }).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.Unimplemented)
        {
            logger.LogDebug(e, "The server takes no heartbeats of workers");
            return false;
        }
        catch (RpcException e) when (!stopped.IsCancellationRequested)
        {
            logger.LogWarning(e, "Failed sending a heartbeat of the worker of task queue {TaskQueue}", link.TaskQueue);
        }
        catch (RpcException) when (stopped.IsCancellationRequested)
        {
            return false;
        }
        return true;
    }

    private WorkerHeartbeat Write() => report.Write(isShuttingDown ? WorkerStatus.ShuttingDown : WorkerStatus.Running);
}
