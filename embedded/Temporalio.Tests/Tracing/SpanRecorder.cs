using System.Collections.Concurrent;
using System.Diagnostics;
using Temporalio.Extensions.OpenTelemetry;

namespace Temporalio.Tests.Tracing;

/// <summary>Records the interceptor's spans, and a source's own, as they end.</summary>
internal sealed class SpanRecorder : IDisposable
{
    private readonly ActivityListener listener;
    private readonly ConcurrentQueue<Activity> spans = new();

    internal SpanRecorder(params string[] furtherSources)
    {
        string[] sources =
        [
            TracingInterceptor.ClientSource.Name, TracingInterceptor.WorkflowsSource.Name, TracingInterceptor.ActivitiesSource.Name,
            .. furtherSources,
        ];
        listener = new()
        {
            ShouldListenTo = source => sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
    }

    internal IReadOnlyCollection<Activity> Spans => spans;

    internal Activity this[string name] => spans.Single(each => each.DisplayName == name);

    public void Dispose() => listener.Dispose();

    internal static string? Tag(Activity span, string name) => span.GetTagItem(name) as string;
}
