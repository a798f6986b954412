using Temporalio.Api.WorkflowService.V1;

namespace TemporalDelivery.Bench.Engine;

/// <summary>
/// The first yardstick: bare calls of the same client to the same server, through the same framing, to a handler that does nothing.
/// Their messages are smaller than a workflow's, which makes the ceiling higher and the share that is reported smaller than it could be.
/// </summary>
internal static class Ceiling
{
    /// <summary>Bare calls per second with as many in flight as in the measurements.</summary>
    public static async Task<Measurement> MeasureAsync(
        Engine engine,
        StoreKind store,
        EngineBenchOptions options,
        CancellationToken cancellationToken
    )
    {
        var request = new GetSystemInfoRequest();
        Task CallAsync(CancellationToken token) =>
            engine.Client.Connection.WorkflowService.GetSystemInfoAsync(request, new() { CancellationToken = token });
        await ClosedLoop.RunAsync(options.Concurrency, options.Time / 2, CallAsync, cancellationToken);
        var before = await engine.CpuAsync(cancellationToken);
        var (latencies, elapsed) = await ClosedLoop.RunAsync(options.Concurrency, options.Time / 2, CallAsync, cancellationToken);
        return new(
            "bare calls",
            store,
            latencies.Count,
            elapsed.TotalSeconds,
            Percentiles.Of(latencies),
            Events: 0,
            Calls: 1,
            await engine.CpuAsync(cancellationToken) - before
        );
    }
}
