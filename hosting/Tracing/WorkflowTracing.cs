using System.Diagnostics;
using Temporalio.Api.Common.V1;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace TemporalDelivery.Hosting.Tracing;

/// <summary>Spans of a workflow's run and handlers, under the span that started it and linked to those that called the handlers.</summary>
internal sealed class WorkflowTracing(TracingInterceptor tracing, WorkflowInboundInterceptor next) : WorkflowInboundInterceptor(next)
{
    private static string Type => Workflow.Info.WorkflowType;

    public override void Init(WorkflowOutboundInterceptor outbound) => base.Init(new WorkflowOutboundTracing(tracing, outbound));

    public override async Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input)
    {
        using var starter = Starter();
        using var span = Track($"RunWorkflow:{Type}", headers: null);
        try
        {
            var result = await base.ExecuteWorkflowAsync(input).ConfigureAwait(true);
            TracingInterceptor.WorkflowsSource.TrackWorkflowDiagnosticActivity($"CompleteWorkflow:{Type}").Dispose();
            return result;
        }
        catch (Exception e) when (e is not ContinueAsNewException)
        {
            TrackError("CompleteWorkflow", Type, e);
            throw;
        }
    }

    public override async Task HandleSignalAsync(HandleSignalInput input)
    {
        using var starter = Starter();
        using var span = Track($"HandleSignal:{input.Signal}", input.Headers);
        try
        {
            await base.HandleSignalAsync(input).ConfigureAwait(true);
        }
        catch (Exception e) when (e is not ContinueAsNewException)
        {
            TrackError("CompleteWorkflow", Type, e);
            throw;
        }
    }

    public override object? HandleQuery(HandleQueryInput input)
    {
        using var starter = Starter();
        using var span = Track($"HandleQuery:{input.Query}", input.Headers, evenOnReplay: true);
        try
        {
            return base.HandleQuery(input);
        }
        catch (Exception e)
        {
            span.Activity?.RecordError(e);
            throw;
        }
    }

    public override void ValidateUpdate(HandleUpdateInput input)
    {
        using var starter = Starter();
        using var span = Track($"ValidateUpdate:{input.Update}", input.Headers);
        try
        {
            base.ValidateUpdate(input);
        }
        catch (Exception e)
        {
            span.Activity?.RecordError(e);
            throw;
        }
    }

    public override async Task<object?> HandleUpdateAsync(HandleUpdateInput input)
    {
        using var starter = Starter();
        using var span = Track($"HandleUpdate:{input.Update}", input.Headers);
        try
        {
            return await base.HandleUpdateAsync(input).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            TrackError("CompleteUpdate", input.Update, e);
            throw;
        }
    }

    // A span of its own, because the one around the handler may have ended in another process.
    private static void TrackError(string completion, string of, Exception error)
    {
        var name = error is FailureException or OperationCanceledException ? completion : "WorkflowTaskFailure";
        TracingInterceptor
            .WorkflowsSource.TrackWorkflowDiagnosticActivity($"{name}:{of}", updateActivity: activity => activity.RecordError(error))
            .Dispose();
    }

    private RemoteSpan Starter() => RemoteSpan.ForWorkflow(tracing.Read(Workflow.Info.Headers));

    private WorkflowDiagnosticActivity Track(string name, IReadOnlyDictionary<string, Payload>? headers, bool evenOnReplay = false) =>
        TracingInterceptor.WorkflowsSource.TrackWorkflowDiagnosticActivity(
            name,
            ActivityKind.Server,
            tracing.InWorkflowTags(),
            tracing.Read(headers) is { } caller ? [new ActivityLink(caller.ActivityContext)] : null,
            evenOnReplay,
            inheritParentTags: false
        );
}
