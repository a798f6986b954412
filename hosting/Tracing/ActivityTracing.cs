using System.Diagnostics;
using Temporalio.Worker.Interceptors;

namespace TemporalDelivery.Hosting.Tracing;

/// <summary>A span around each attempt of an activity, under the span that scheduled it.</summary>
internal sealed class ActivityTracing(TracingInterceptor tracing, ActivityInboundInterceptor next) : ActivityInboundInterceptor(next)
{
    public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
    {
        var remote = tracing.Read(input.Headers);
        using var current = RemoteSpan.ForActivity(remote);
        using var activity = TracingInterceptor.ActivitiesSource.StartActivity(
            $"RunActivity:{input.Activity.Name}",
            ActivityKind.Server,
            remote?.ActivityContext ?? default,
            tracing.InActivityTags()
        );
        try
        {
            return await base.ExecuteActivityAsync(input).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            activity?.RecordError(e);
            throw;
        }
    }
}
