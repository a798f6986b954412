using Google.Protobuf.WellKnownTypes;
using Temporal.Server.History;
using Temporal.Server.Rpc;
using Temporal.Server.Timers;
using Temporalio.Api.TestService.V1;

namespace Temporal.Server.Frontend;

/// <summary>TestService: steers the time-skipping clock.</summary>
internal sealed class TestServiceHandlers(SkippingClock clock, WakeQueue wakes, CancellationToken stopping)
{
    /// <summary>Claims real time.</summary>
    public Task<LockTimeSkippingResponse> LockAsync(LockTimeSkippingRequest request, RpcContext context)
    {
        clock.AcquireLock();
        return Task.FromResult(new LockTimeSkippingResponse());
    }

    /// <summary>Gives a claim up.</summary>
    public Task<UnlockTimeSkippingResponse> UnlockAsync(UnlockTimeSkippingRequest request, RpcContext context)
    {
        clock.ReleaseLock();
        return Task.FromResult(new UnlockTimeSkippingResponse());
    }

    /// <summary>The clock's time.</summary>
    public Task<GetCurrentTimeResponse> GetCurrentTimeAsync(Empty request, RpcContext context) =>
        Task.FromResult(new GetCurrentTimeResponse { Time = clock.UtcNow.ToProto() });

    /// <summary>Returns when the clock has moved on by a duration.</summary>
    public async Task<SleepResponse> SleepAsync(SleepRequest request, RpcContext context)
    {
        await UntilAsync(Due(request), relock: false, context.CancellationToken).ConfigureAwait(false);
        return new SleepResponse();
    }

    /// <summary>Returns when the clock has reached a time.</summary>
    public async Task<SleepResponse> SleepUntilAsync(SleepUntilRequest request, RpcContext context)
    {
        await UntilAsync(
                (request.Timestamp ?? throw RpcException.InvalidArgument("Timestamp is not set on request.")).ToDateTimeOffset(),
                relock: false,
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return new SleepResponse();
    }

    /// <summary>Gives a claim up for as long as the clock needs for a duration.</summary>
    public async Task<SleepResponse> UnlockWithSleepAsync(SleepRequest request, RpcContext context)
    {
        var sleeping = UntilAsync(Due(request), relock: true, context.CancellationToken);
        clock.ReleaseLock();
        await sleeping.ConfigureAwait(false);
        return new SleepResponse();
    }

    private DateTimeOffset Due(SleepRequest request) =>
        clock.UtcNow.SaturatingAdd(Requests.RequireNotNegative(request.Duration, "Duration"));

    private async Task UntilAsync(DateTimeOffset due, bool relock, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var key = $"sleep:{RunIds.New()}";
        wakes.Set(key, due, () =>
        {
            if (relock)
            {
                clock.AcquireLock();
            }

            reached.TrySetResult();
            return Task.CompletedTask;
        });
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        await reached.Task.WaitAsync(either.Token).ConfigureAwait(false);
    }
}
