using System.Diagnostics;
using OpenTelemetry.Context.Propagation;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace TemporalDelivery.Hosting.Tracing;

/// <summary>
/// Traces that span clients, workflows and activities. Set it on the client; its workers use it, too. The trace travels in a header, and
/// spans are those of three sources that a tracer provider must know: <see cref="ClientSource" />, <see cref="WorkflowsSource" /> and
/// <see cref="ActivitiesSource" />.
/// </summary>
public class TracingInterceptor : IClientInterceptor, IWorkerInterceptor
{
    /// <summary>Source of the spans of calls of clients.</summary>
    public static readonly ActivitySource ClientSource = new("Temporalio.Extensions.OpenTelemetry.Client");

    /// <summary>Source of the spans of workflows.</summary>
    public static readonly ActivitySource WorkflowsSource = new("Temporalio.Extensions.OpenTelemetry.Workflow");

    /// <summary>Source of the spans of activities.</summary>
    public static readonly ActivitySource ActivitiesSource = new("Temporalio.Extensions.OpenTelemetry.Activity");

    /// <summary>With options.</summary>
    public TracingInterceptor(TracingInterceptorOptions? options = null) => Options = options ?? new();

    /// <summary>Options.</summary>
    public TracingInterceptorOptions Options { get; init; }

    /// <inheritdoc />
    public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => new ClientTracing(this, nextInterceptor);

    /// <inheritdoc />
    public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) =>
        new WorkflowTracing(this, nextInterceptor);

    /// <inheritdoc />
    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
        new ActivityTracing(this, nextInterceptor);

    internal IDictionary<string, Payload> Write(IDictionary<string, Payload>? headers, PropagationContext context) =>
        HeadersFromContext(headers, context);

    internal PropagationContext? Read(IReadOnlyDictionary<string, Payload>? headers) => HeadersToContext(headers);

    internal IEnumerable<KeyValuePair<string, object?>> WorkflowTags(string workflowId) => CreateWorkflowTags(workflowId);

    internal IEnumerable<KeyValuePair<string, object?>> UpdateTags(string workflowId, string? updateId) =>
        CreateUpdateTags(workflowId, updateId);

    internal IEnumerable<KeyValuePair<string, object?>> InWorkflowTags() => CreateInWorkflowTags();

    internal IEnumerable<KeyValuePair<string, object?>> InActivityTags() => CreateInActivityTags();

    internal IEnumerable<KeyValuePair<string, object?>> StandaloneActivityTags(string activityId) =>
        CreateStandaloneActivityTags(activityId);

    /// <summary>Writes a trace into headers.</summary>
    /// <param name="headers">Headers there are; they are changed.</param>
    /// <param name="ctx">The trace.</param>
    /// <returns>The headers.</returns>
    protected virtual IDictionary<string, Payload> HeadersFromContext(IDictionary<string, Payload>? headers, PropagationContext ctx)
    {
        var carrier = new Dictionary<string, string>();
        Options.Propagator.Inject(ctx, carrier, (into, key, value) => into[key] = value);
        headers ??= new Dictionary<string, Payload>();
        headers[Options.HeaderKey] = DataConverter.Default.PayloadConverter.ToPayload(carrier);
        return headers;
    }

    /// <summary>Writes a trace into headers of text.</summary>
    /// <param name="headers">Headers there are; they are changed.</param>
    /// <param name="ctx">The trace.</param>
    /// <returns>The headers.</returns>
    protected virtual IDictionary<string, string> HeadersFromContext(IDictionary<string, string>? headers, PropagationContext ctx)
    {
        headers ??= new Dictionary<string, string>();
        Options.Propagator.Inject(ctx, headers, (into, key, value) => into[key] = value);
        return headers;
    }

    /// <summary>Reads a trace from headers; null where they carry none.</summary>
    protected virtual PropagationContext? HeadersToContext(IReadOnlyDictionary<string, Payload>? headers) =>
        headers?.TryGetValue(Options.HeaderKey, out var payload) == true
            ? HeadersToContext(DataConverter.Default.PayloadConverter.ToValue<Dictionary<string, string>>(payload))
            : null;

    /// <summary>Reads a trace from headers of text; null where there are no headers.</summary>
    protected virtual PropagationContext? HeadersToContext(IReadOnlyDictionary<string, string>? headers) =>
        headers is null
            ? null
            : Options.Propagator.Extract(default, headers, (from, key) => from.TryGetValue(key, out var value) ? [value] : []);

    /// <summary>Tags of a call about a workflow.</summary>
    protected virtual IEnumerable<KeyValuePair<string, object?>> CreateWorkflowTags(string workflowId) =>
        Tags((Options.TagNameWorkflowId, workflowId));

    /// <summary>Tags of a call about an update.</summary>
    protected virtual IEnumerable<KeyValuePair<string, object?>> CreateUpdateTags(string workflowId, string? updateId) =>
        Tags((Options.TagNameWorkflowId, workflowId), (updateId is null ? null : Options.TagNameUpdateId, updateId));

    /// <summary>Tags of what a workflow does.</summary>
    protected virtual IEnumerable<KeyValuePair<string, object?>> CreateInWorkflowTags() =>
        Tags((Options.TagNameWorkflowId, Workflow.Info.WorkflowId), (Options.TagNameRunId, Workflow.Info.RunId));

    /// <summary>Tags of what an activity does.</summary>
    protected virtual IEnumerable<KeyValuePair<string, object?>> CreateInActivityTags()
    {
        var info = ActivityExecutionContext.Current.Info;
        return Tags(
            (Options.TagNameWorkflowId, info.WorkflowId),
            (Options.TagNameRunId, info.WorkflowRunId),
            (Options.TagNameActivityId, info.ActivityId)
        );
    }

    /// <summary>Tags of a call about a standalone activity.</summary>
    protected virtual IEnumerable<KeyValuePair<string, object?>> CreateStandaloneActivityTags(string activityId) =>
        Tags((Options.TagNameActivityId, activityId));

    private static List<KeyValuePair<string, object?>> Tags(params ReadOnlySpan<(string? Name, string? Value)> tags)
    {
        var named = new List<KeyValuePair<string, object?>>(tags.Length);
        foreach (var (name, value) in tags)
        {
            if (name is not null)
            {
                named.Add(new(name, value));
            }
        }

        return named;
    }
}
