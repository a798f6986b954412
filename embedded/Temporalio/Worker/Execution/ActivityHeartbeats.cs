using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Worker.Execution;

/// <summary>
/// Sends the heartbeats of an activity attempt: the first at once, later ones no more often than the interval, always the
/// latest details. The answers bring cancellation.
/// </summary>
internal sealed class ActivityHeartbeats(
    WorkerLink link,
    ByteStringToken token,
    DataConverter converter,
    TimeSpan interval,
    ActivityCancellation cancellation,
    ILogger logger) : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private object?[]? pending;
    private Task sending = Task.CompletedTask;
    private bool isSending;
    private bool isStopped;

    /// <summary>Gets the details last recorded, which a failed attempt leaves to the next.</summary>
    internal Payloads? LastDetails { get; private set; }

    /// <summary>Gets why a heartbeat could not be recorded.</summary>
    internal Exception? Failure { get; private set; }

    internal void Record(object?[] details)
    {
        lock (gate)
        {
            if (isStopped)
            {
                return;
            }
            pending = details;
            if (!isSending)
            {
                isSending = true;
                sending = Task.Run(SendPendingAsync);
            }
        }
    }

    /// <summary>Sends nothing more. What is not sent yet is in <see cref="LastDetails" /> all the same.</summary>
    internal async Task StopAsync()
    {
        object?[]? last;
        lock (gate)
        {
            isStopped = true;
            last = pending;
            pending = null;
        }
        await stop.CancelAsync().ConfigureAwait(false);
        await sending.ConfigureAwait(false);
        if (last != null)
        {
            await ConvertAsync(last).ConfigureAwait(false);
        }
    }

    public void Dispose() => stop.Dispose();

    private async Task SendPendingAsync()
    {
        while (TakePending() is { } details)
        {
            try
            {
                if (await ConvertAsync(details).ConfigureAwait(false))
                {
                    await SendAsync().ConfigureAwait(false);
                }
                await Task.Delay(interval, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private object?[]? TakePending()
    {
        lock (gate)
        {
            var taken = pending;
            pending = null;
            isSending = taken != null;
            return taken;
        }
    }

    private async Task<bool> ConvertAsync(object?[] details)
    {
        try
        {
            LastDetails = details.Length == 0
                ? null
                : new() { Payloads_ = { await converter.ToPayloadsAsync(details).ConfigureAwait(false) } };
            return true;
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "Cancelling activity because failed recording heartbeat");
            Failure = e;
            cancellation.Request(ActivityCancelReason.HeartbeatRecordFailure);
            return false;
        }
    }

    private async Task SendAsync()
    {
        RecordActivityTaskHeartbeatResponse response;
        try
        {
            response = await link.Service.RecordActivityTaskHeartbeatAsync(
                new()
                {
                    Namespace = link.Namespace,
                    Identity = link.Identity,
                    TaskToken = token.Value,
                    Details = LastDetails,
                },
                WorkerLink.Retried(stop.Token)).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            cancellation.Request(ActivityCancelReason.GoneFromServer);
            return;
        }
        catch (RpcException e)
        {
            // The next heartbeat tries again; if none gets through, the server's time-out decides.
            logger.LogWarning(e, "Failed sending heartbeat");
            return;
        }
        if (response.CancelRequested)
        {
            cancellation.Request(ActivityCancelReason.CancelRequested);
        }
        else if (response.ActivityReset)
        {
            cancellation.Request(ActivityCancelReason.Reset);
        }
        else if (response.ActivityPaused)
        {
            cancellation.Request(ActivityCancelReason.Paused);
        }
    }
}

/// <summary>A task token.</summary>
/// <param name="Value">Opaque bytes.</param>
internal readonly record struct ByteStringToken(Google.Protobuf.ByteString Value);
