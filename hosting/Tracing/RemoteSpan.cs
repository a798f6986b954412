using OpenTelemetry;
using OpenTelemetry.Context.Propagation;

namespace TemporalDelivery.Hosting.Tracing;

/// <summary>What a header carries of a trace, current from here until it is disposed of.</summary>
internal readonly struct RemoteSpan : IDisposable
{
    private readonly Baggage before;
    private readonly WorkflowDiagnosticActivity? inWorkflow;

    private RemoteSpan(PropagationContext? remote, bool inWorkflow)
    {
        before = Baggage.Current;
        if (remote is { } context)
        {
            Baggage.Current = context.Baggage;
            this.inWorkflow = inWorkflow ? WorkflowDiagnosticActivity.AttachFromContext(context.ActivityContext) : null;
        }
    }

    /// <summary>For an activity: its baggage is current; the span is the parent of the activity's own.</summary>
    internal static RemoteSpan ForActivity(PropagationContext? remote) => new(remote, inWorkflow: false);

    /// <summary>For a workflow: its baggage and span are current.</summary>
    internal static RemoteSpan ForWorkflow(PropagationContext? remote) => new(remote, inWorkflow: true);

    public void Dispose()
    {
        inWorkflow?.Dispose();
        Baggage.Current = before;
    }
}
