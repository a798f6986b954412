using OpenTelemetry.Context.Propagation;

namespace TemporalDelivery.Hosting.Tracing;

/// <summary>Options of <see cref="TracingInterceptor" />. A name of a tag that is null leaves the tag out.</summary>
public class TracingInterceptorOptions : ICloneable
{
    /// <summary>Header that carries the trace.</summary>
    public string HeaderKey { get; set; } = "_tracer-data";

    /// <summary>Writes the trace into a carrier and reads it from there, by default in W3C's form.</summary>
    public TextMapPropagator Propagator { get; set; } =
        new CompositeTextMapPropagator([new TraceContextPropagator(), new BaggagePropagator()]);

    /// <summary>Tag of workflow ids.</summary>
    public string? TagNameWorkflowId { get; set; } = "temporalWorkflowID";

    /// <summary>Tag of run ids.</summary>
    public string? TagNameRunId { get; set; } = "temporalRunID";

    /// <summary>Tag of activity ids.</summary>
    public string? TagNameActivityId { get; set; } = "temporalActivityID";

    /// <summary>Tag of update ids.</summary>
    public string? TagNameUpdateId { get; set; } = "temporalUpdateID";

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();
}
