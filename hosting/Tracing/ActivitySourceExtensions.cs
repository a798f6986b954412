using System.Diagnostics;
using Temporalio.Workflows;

namespace TemporalDelivery.Hosting.Tracing;

/// <summary>Spans inside workflows.</summary>
public static class ActivitySourceExtensions
{
    /// <summary>
    /// Starts a span that is safe in replay, and makes it current. Use it in place of the source's own methods, which would start another
    /// span with each replay.
    /// </summary>
    /// <param name="source">Source of .NET's span.</param>
    /// <param name="name">Name.</param>
    /// <param name="kind">Kind.</param>
    /// <param name="tags">Tags.</param>
    /// <param name="links">Links.</param>
    /// <param name="evenOnReplay">Whether .NET's span is started in replay, too.</param>
    /// <param name="inheritParentTags">Whether spans under this one inherit the tags of its parent as well as its own.</param>
    /// <param name="updateActivity">Gets .NET's span, if there is one, before it ends.</param>
    /// <returns>The span; dispose of it to make its parent current again.</returns>
    /// <exception cref="InvalidOperationException">Not in a workflow.</exception>
    public static WorkflowDiagnosticActivity TrackWorkflowDiagnosticActivity(
        this ActivitySource source,
        string name,
        ActivityKind kind = ActivityKind.Internal,
        IEnumerable<KeyValuePair<string, object?>>? tags = null,
        IEnumerable<ActivityLink>? links = null,
        bool evenOnReplay = false,
        bool inheritParentTags = true,
        Action<Activity>? updateActivity = null
    )
    {
        if (!Workflow.InWorkflow)
        {
            throw new InvalidOperationException("Not in a workflow");
        }

        var parent = WorkflowDiagnosticActivity.Current;
        var inherited = inheritParentTags ? parent?.Tags : null;
        var all =
            inherited is null ? tags?.ToList()
            : tags is null ? inherited
            : [.. inherited, .. tags];
        var activity =
            evenOnReplay || !Workflow.Unsafe.IsReplaying ? source.StartActivity(name, kind, parent?.Context ?? default, tags, links) : null;
        if (activity is not null)
        {
            updateActivity?.Invoke(activity);
            activity.Stop();
        }

        return new(activity, all);
    }
}
