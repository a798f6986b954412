using System.Diagnostics;
using OpenTelemetry;
using Temporalio.Api.Common.V1;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace TemporalDelivery.Hosting.Tracing;

/// <summary>A span of each command of a workflow, written into the command's headers.</summary>
internal sealed class WorkflowOutboundTracing(TracingInterceptor tracing, WorkflowOutboundInterceptor next)
    : WorkflowOutboundInterceptor(next)
{
    public override ContinueAsNewException CreateContinueAsNewException(CreateContinueAsNewExceptionInput input) =>
        base.CreateContinueAsNewException(input with { Headers = Write(input.Headers) });

    public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input) =>
        base.ScheduleActivityAsync<TResult>(input with { Headers = Track($"StartActivity:{input.Activity}", input.Headers) });

    public override Task<TResult> ScheduleLocalActivityAsync<TResult>(ScheduleLocalActivityInput input) =>
        base.ScheduleLocalActivityAsync<TResult>(input with { Headers = Track($"StartActivity:{input.Activity}", input.Headers) });

    public override Task SignalChildWorkflowAsync(SignalChildWorkflowInput input) =>
        base.SignalChildWorkflowAsync(input with { Headers = Track($"SignalChildWorkflow:{input.Signal}", input.Headers) });

    public override Task SignalExternalWorkflowAsync(SignalExternalWorkflowInput input) =>
        base.SignalExternalWorkflowAsync(input with { Headers = Track($"SignalExternalWorkflow:{input.Signal}", input.Headers) });

    public override Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(
        StartChildWorkflowInput input
    ) =>
        base.StartChildWorkflowAsync<TWorkflow, TResult>(
            input with
            {
                Headers = Track($"StartChildWorkflow:{input.Workflow}", input.Headers),
            }
        );

    private IDictionary<string, Payload>? Track(string name, IDictionary<string, Payload>? headers)
    {
        if (!TracingInterceptor.WorkflowsSource.HasListeners())
        {
            return headers;
        }

        using var span = TracingInterceptor.WorkflowsSource.TrackWorkflowDiagnosticActivity(name, ActivityKind.Client);
        return Write(headers);
    }

    // Without a trace there is nothing to write: a header costs bytes in every event of the history.
    private IDictionary<string, Payload>? Write(IDictionary<string, Payload>? headers) =>
        WorkflowDiagnosticActivity.Current is { Context.TraceId: var trace } current && trace != default
            ? tracing.Write(headers, new(current.Context, Baggage.Current))
            : headers;
}
