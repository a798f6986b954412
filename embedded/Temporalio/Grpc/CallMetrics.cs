using System.Collections.Concurrent;
using Google.Protobuf;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Runtime;

namespace Temporalio.Grpc;

/// <summary>Counts and times attempts of calls, under sdk-core's names (crates/client/src/metrics.rs).</summary>
internal sealed class CallMetrics
{
    private readonly Instruments ordinary;
    private readonly Instruments polls;
    private readonly ConcurrentDictionary<(string Operation, string Namespace, string TaskQueue, bool IsPoll), Instruments> tagged = new();

    private CallMetrics(RuntimeMetrics metrics)
    {
        ordinary = Instruments.Create(metrics, "request");
        polls = Instruments.Create(metrics, "long_request");
    }

    /// <summary>Null where nobody collects metrics.</summary>
    internal static CallMetrics? Create(RuntimeMetrics metrics) => metrics.Meter is MetricMeterNoop ? null : new(metrics);

    internal async Task<T> MeasureAsync<T>(GrpcCall call, Func<Task<T>> attempt)
    {
        var instruments = For(call);
        instruments.Requests.Add(1);
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            return await attempt().ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            instruments.Failures.Add(1, [new("status_code", StatusName(e.Code))]);
            throw;
        }
        finally
        {
            instruments.Latency.Record(System.Diagnostics.Stopwatch.GetElapsedTime(begun));
        }
    }

    // As gRPC writes it: NOT_FOUND.
    private static string StatusName(RpcException.StatusCode code) => string.Concat(code.ToString().Select((letter, i) =>
        i > 0 && char.IsUpper(letter) ? $"_{letter}" : char.ToUpperInvariant(letter).ToString()));

    // A sticky queue goes by the name of the queue that it belongs to.
    private static string TaskQueueOf(IMessage request) =>
        request.Descriptor.FindFieldByName("task_queue")?.Accessor.GetValue(request) switch
        {
            TaskQueue { NormalName.Length: > 0 } sticky => sticky.NormalName,
            TaskQueue queue => queue.Name,
            string name => name,
            _ => string.Empty,
        };

    private Instruments For(GrpcCall call)
    {
        var isPoll = call.Kind != GrpcCallKind.Ordinary;
        var key = (call.Path[(call.Path.LastIndexOf('/') + 1)..], call.Namespace ?? string.Empty, TaskQueueOf(call.Request), isPoll);
        return tagged.GetOrAdd(key, static (key, metrics) => metrics.Tag(key), this);
    }

    private Instruments Tag((string Operation, string Namespace, string TaskQueue, bool IsPoll) key)
    {
        var tags = new List<KeyValuePair<string, object>> { new("operation", key.Operation) };
        if (key.Namespace.Length > 0)
        {
            tags.Add(new("namespace", key.Namespace));
        }

        if (key.TaskQueue.Length > 0)
        {
            tags.Add(new("task_queue", key.TaskQueue));
        }

        return (key.IsPoll ? polls : ordinary).With(tags);
    }

    private sealed record Instruments(MetricCounter<long> Requests, MetricCounter<long> Failures, MetricHistogram<TimeSpan> Latency)
    {
        internal static Instruments Create(RuntimeMetrics metrics, string name) => new(
            metrics.Meter.CreateCounter<long>($"{metrics.Prefix}{name}", description: "Count of client requests by rpc name"),
            metrics.Meter.CreateCounter<long>($"{metrics.Prefix}{name}_failure", description: "Count of client request failures by rpc name"),
            metrics.Meter.CreateHistogram<TimeSpan>($"{metrics.Prefix}{name}_latency", "duration", "Histogram of client request latencies"));

        internal Instruments With(IReadOnlyCollection<KeyValuePair<string, object>> tags) =>
            new(Requests.WithTags(tags), Failures.WithTags(tags), Latency.WithTags(tags));
    }
}
