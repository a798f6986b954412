using System.Diagnostics;
using System.Globalization;
using System.Text;
using Temporal.Server.Rpc;

namespace Temporal.Server.Metrics;

/// <summary>Counts the calls of one method.</summary>
/// <param name="operation">The method's name.</param>
internal sealed class CallMeter(string operation)
{
    // Upper bounds in seconds; the longest calls are a worker's polls, of a minute.
    private static readonly double[] Bounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

    private readonly long[] latencies = new long[Bounds.Length + 1];
    private readonly long[] errors = new long[Enum.GetValues<StatusCode>().Length];
    private long total;
    private long pending;
    private long elapsedTicks;

    /// <summary>The handler, counted.</summary>
    public RpcHandler Around(RpcHandler handler) => async (request, context) =>
    {
        var started = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref pending);
        var code = StatusCode.Internal;
        try
        {
            var reply = await handler(request, context).ConfigureAwait(false);
            code = StatusCode.OK;
            return reply;
        }
        catch (RpcException error)
        {
            code = error.StatusCode;
            throw;
        }
        catch (OperationCanceledException)
        {
            code = StatusCode.Cancelled;
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref pending);
            Count(Stopwatch.GetElapsedTime(started), code);
        }
    };

    /// <summary>Writes the counters of all methods that were called, one family after the other.</summary>
    public static void Write(StringBuilder text, IReadOnlyCollection<CallMeter> meters)
    {
        var called = meters.Where(meter => Interlocked.Read(ref meter.total) + Interlocked.Read(ref meter.pending) > 0).ToList();
        PrometheusText.Family(text, "service_requests_total", "counter", "Calls that were answered.");
        called.ForEach(meter => PrometheusText.Line(text, "service_requests_total", meter.total, ("operation", meter.Operation)));
        PrometheusText.Family(text, "service_pending_requests", "gauge", "Calls in progress, waiting ones included.");
        called.ForEach(meter => PrometheusText.Line(text, "service_pending_requests", meter.pending, ("operation", meter.Operation)));
        PrometheusText.Family(text, "service_errors_total", "counter", "Calls that were answered with an error, by its code.");
        called.ForEach(meter => meter.WriteErrors(text));
        PrometheusText.Family(text, "service_latency_seconds", "histogram", "How long calls took, waiting included.");
        called.ForEach(meter => meter.WriteLatencies(text));
    }

    private string Operation => operation;

    private void Count(TimeSpan elapsed, StatusCode code)
    {
        Interlocked.Increment(ref total);
        Interlocked.Add(ref elapsedTicks, elapsed.Ticks);
        var bucket = Array.BinarySearch(Bounds, elapsed.TotalSeconds);
        Interlocked.Increment(ref latencies[bucket < 0 ? ~bucket : bucket]);
        if (code != StatusCode.OK)
        {
            Interlocked.Increment(ref errors[(int)code]);
        }
    }

    private void WriteErrors(StringBuilder text)
    {
        for (var code = 0; code < errors.Length; code++)
        {
            if (Interlocked.Read(ref errors[code]) is > 0 and var count)
            {
                PrometheusText.Line(text, "service_errors_total", count, ("operation", operation), ("code", ((StatusCode)code).ToString()));
            }
        }
    }

    private void WriteLatencies(StringBuilder text)
    {
        var cumulative = 0L;
        for (var bucket = 0; bucket < latencies.Length; bucket++)
        {
            cumulative += Interlocked.Read(ref latencies[bucket]);
            var bound = bucket < Bounds.Length ? Bounds[bucket].ToString(CultureInfo.InvariantCulture) : "+Inf";
            PrometheusText.Line(text, "service_latency_seconds_bucket", cumulative, ("operation", operation), ("le", bound));
        }

        PrometheusText.Line(text, "service_latency_seconds_sum", TimeSpan.FromTicks(Interlocked.Read(ref elapsedTicks)).TotalSeconds, ("operation", operation));
        PrometheusText.Line(text, "service_latency_seconds_count", cumulative, ("operation", operation));
    }
}
