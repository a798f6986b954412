using System.Diagnostics;
using Temporalio.Workflows;

namespace TemporalDelivery.Hosting.Tracing;

/// <summary>
/// A span of a workflow. .NET's own span under it, if any, has ended as soon as it began, because a workflow may go on in another process;
/// while this one is current, spans that start are its children. Dispose of it to make its parent current again.
/// </summary>
public class WorkflowDiagnosticActivity : IDisposable
{
    private static readonly AsyncLocal<WorkflowDiagnosticActivity?> CurrentOfFlow = new();

    internal WorkflowDiagnosticActivity(Activity? activity, IReadOnlyCollection<KeyValuePair<string, object?>>? tags)
        : this(activity?.Context ?? Current?.Context ?? default, tags) => Activity = activity;

    private WorkflowDiagnosticActivity(ActivityContext context, IReadOnlyCollection<KeyValuePair<string, object?>>? tags)
    {
        if (!Workflow.InWorkflow)
        {
            throw new InvalidOperationException("Not in workflow");
        }

        Context = context;
        Tags = tags;
        Parent = Current;
        CurrentOfFlow.Value = this;
    }

    /// <summary>The span of the code that asks, if any.</summary>
    public static WorkflowDiagnosticActivity? Current => CurrentOfFlow.Value;

    /// <summary>The span that was current before.</summary>
    public WorkflowDiagnosticActivity? Parent { get; private init; }

    /// <summary>Trace and span id; its parent's where it has no span of its own.</summary>
    public ActivityContext Context { get; private init; }

    /// <summary>.NET's span; null in replay and where nobody listens.</summary>
    public Activity? Activity { get; private init; }

    /// <summary>Tags for spans under it to inherit, there also where <see cref="Activity" /> is not.</summary>
    public IReadOnlyCollection<KeyValuePair<string, object?>>? Tags { get; private init; }

    /// <summary>Makes a span of elsewhere current.</summary>
    /// <exception cref="InvalidOperationException">Not in a workflow.</exception>
    public static WorkflowDiagnosticActivity AttachFromContext(
        ActivityContext context,
        IReadOnlyCollection<KeyValuePair<string, object?>>? tags = null
    ) => new(context, tags);

    /// <summary>Makes the parent current again.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the parent current again.</summary>
    protected virtual void Dispose(bool disposing) => CurrentOfFlow.Value = Parent;
}
