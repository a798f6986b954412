using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Temporal.Server.History;
using Temporal.Server.Http;
using Temporal.Server.Matching;
using Temporal.Server.Rpc;
using Temporal.Server.Store;

namespace Temporal.Server.Metrics;

/// <summary>What the server has done and has to do, for Prometheus. Calls are counted as they go; the rest is looked up when asked for.</summary>
internal sealed class ServerMeters(HistoryEngine engine, IExecutionStore store)
{
    private readonly ConcurrentBag<CallMeter> calls = [];

    /// <summary>The method's handler, counted.</summary>
    public RpcHandler Count(RpcMethod method)
    {
        var meter = new CallMeter(method.Descriptor.Name);
        calls.Add(meter);
        return meter.Around(method.Handler);
    }

    /// <summary>Answers a scrape.</summary>
    public async Task ServeAsync(HttpCall call)
    {
        var text = new StringBuilder();
        CallMeter.Write(text, calls);
        await WriteRunsAsync(text, call.Http.RequestAborted);
        WriteBacklog(text);
        WriteProcess(text);
        call.Http.Response.ContentType = PrometheusText.ContentType;
        await call.Http.Response.WriteAsync(text.ToString(), call.Http.RequestAborted);
    }

    private async Task WriteRunsAsync(StringBuilder text, CancellationToken cancellationToken)
    {
        PrometheusText.Family(text, "open_workflows", "gauge", "Workflows that are running.");
        foreach (var space in engine.Namespaces.All)
        {
            var open = await store.CountAsync(space.Id, "ExecutionStatus = 'Running'", space.SearchAttributes, cancellationToken);
            PrometheusText.Line(text, "open_workflows", open.Total, ("namespace", space.Name));
        }
    }

    private void WriteBacklog(StringBuilder text)
    {
        PrometheusText.Family(text, "approximate_backlog_count", "gauge", "Tasks that no worker has taken yet.");
        foreach (var (key, queue) in engine.Queues.All)
        {
            if (key.Kind != TaskQueueKeyKind.StickyWorkflow && engine.Namespaces.FindId(key.NamespaceId) is { } space)
            {
                PrometheusText.Line(text, "approximate_backlog_count", queue.BacklogCount, ("namespace", space.Name), ("taskqueue", key.Name), ("task_type", key.Kind.ToString()));
            }
        }
    }

    private static void WriteProcess(StringBuilder text)
    {
        using var process = Process.GetCurrentProcess();
        PrometheusText.Family(text, "process_resident_memory_bytes", "gauge", "Memory of the process.");
        PrometheusText.Line(text, "process_resident_memory_bytes", process.WorkingSet64);
        PrometheusText.Family(text, "process_cpu_seconds_total", "counter", "Processor time of the process.");
        PrometheusText.Line(text, "process_cpu_seconds_total", process.TotalProcessorTime.TotalSeconds);
        PrometheusText.Family(text, "process_start_time_seconds", "gauge", "Start of the process since 1970.");
        PrometheusText.Line(text, "process_start_time_seconds", new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
    }
}
