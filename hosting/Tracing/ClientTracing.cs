using System.Diagnostics;
using OpenTelemetry;
using Temporalio.Api.Common.V1;
using Temporalio.Client;
using Temporalio.Client.Interceptors;

namespace TemporalDelivery.Hosting.Tracing;

/// <summary>A span around each call of a client, written into the call's headers.</summary>
internal sealed class ClientTracing(TracingInterceptor tracing, ClientOutboundInterceptor next) : ClientOutboundInterceptor(next)
{
    public override Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(StartWorkflowInput input) =>
        TraceAsync(
            input.Options.StartSignal is null ? $"StartWorkflow:{input.Workflow}" : $"SignalWithStartWorkflow:{input.Workflow}",
            tracing.WorkflowTags(input.Options.Id!),
            () => base.StartWorkflowAsync<TWorkflow, TResult>(input with { Headers = Write(input.Headers) })
        );

    public override Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateWithStartWorkflowAsync<TUpdateResult>(
        StartUpdateWithStartWorkflowInput input
    )
    {
        // Without a start the call fails, which is for the client to say.
        if (input.Options.StartWorkflowOperation is not { } start)
        {
            return base.StartUpdateWithStartWorkflowAsync<TUpdateResult>(input);
        }

        return TraceAsync($"UpdateWithStartWorkflow:{start.Workflow}", tracing.UpdateTags(start.Options.Id!, input.Options.Id), () =>
        {
            var traced = (WithStartWorkflowOperation)start.Clone();
            traced.Headers = Write(start.Headers);
            input.Options.StartWorkflowOperation = traced;
            return base.StartUpdateWithStartWorkflowAsync<TUpdateResult>(input with { Headers = Write(input.Headers) });
        });
    }

    public override Task SignalWorkflowAsync(SignalWorkflowInput input) =>
        TraceAsync($"SignalWorkflow:{input.Signal}", tracing.WorkflowTags(input.Id), async () =>
        {
            await base.SignalWorkflowAsync(input with { Headers = Write(input.Headers) }).ConfigureAwait(false);
            return true;
        });

    public override Task<TResult> QueryWorkflowAsync<TResult>(QueryWorkflowInput input) =>
        TraceAsync($"QueryWorkflow:{input.Query}", tracing.WorkflowTags(input.Id), () =>
            base.QueryWorkflowAsync<TResult>(input with { Headers = Write(input.Headers) })
        );

    public override Task<WorkflowUpdateHandle<TResult>> StartWorkflowUpdateAsync<TResult>(StartWorkflowUpdateInput input) =>
        TraceAsync($"UpdateWorkflow:{input.Update}", tracing.UpdateTags(input.Id, input.Options.Id), () =>
            base.StartWorkflowUpdateAsync<TResult>(input with { Headers = Write(input.Headers) })
        );

    public override Task<ActivityHandle<TResult>> StartActivityAsync<TResult>(StartActivityInput input) =>
        TraceAsync($"StartActivity:{input.Activity}", input.Options.Id is { } id ? tracing.StandaloneActivityTags(id) : null, () =>
            base.StartActivityAsync<TResult>(input with { Headers = Write(input.Headers) })
        );

    private static async Task<T> TraceAsync<T>(string name, IEnumerable<KeyValuePair<string, object?>>? tags, Func<Task<T>> call)
    {
        using var activity = TracingInterceptor.ClientSource.StartActivity(name, ActivityKind.Client, parentContext: default, tags: tags);
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            activity?.RecordError(e);
            throw;
        }
    }

    // Where nobody listens, a header with the caller's span would only cost bytes in the history.
    private IDictionary<string, Payload>? Write(IDictionary<string, Payload>? headers) =>
        Activity.Current is { } activity && TracingInterceptor.ClientSource.HasListeners()
            ? tracing.Write(headers, new(activity.Context, Baggage.Current))
            : headers;
}
