using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Case = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporal.Server.History.Resets;

/// <summary>
/// Carries over to a reset run what others did to the workflow after the reset point. Cancel requests and terminations are not, as in
/// Temporal.
/// </summary>
internal static class Reapplication
{
    /// <summary>Carries events over, in their order.</summary>
    /// <param name="t">The new run.</param>
    /// <param name="events">Events of the old run, or of one that continues it.</param>
    /// <param name="exclude">The kinds to leave out.</param>
    public static void Reapply(Transition t, IEnumerable<HistoryEvent> events, IReadOnlySet<ResetReapplyExcludeType> exclude)
    {
        var signals = !exclude.Contains(ResetReapplyExcludeType.Signal);
        var updates = !exclude.Contains(ResetReapplyExcludeType.Update);
        foreach (var e in events)
        {
            switch (e.AttributesCase)
            {
                case Case.WorkflowExecutionSignaledEventAttributes when signals:
                    t.Add(
                        new HistoryEvent
                        {
                            WorkflowExecutionSignaledEventAttributes = e.WorkflowExecutionSignaledEventAttributes.Clone(),
                            Links = { e.Links },
                        }
                    );
                    break;
                case Case.WorkflowExecutionUpdateAdmittedEventAttributes when updates:
                    Admit(t, e.WorkflowExecutionUpdateAdmittedEventAttributes.Request);
                    break;
                case Case.WorkflowExecutionUpdateAcceptedEventAttributes when updates:
                    // Without a request it follows an admission, which is carried over itself.
                    if (e.WorkflowExecutionUpdateAcceptedEventAttributes.AcceptedRequest is { } request)
                    {
                        Admit(t, request);
                    }

                    break;
                case Case.WorkflowExecutionOptionsUpdatedEventAttributes
                    when !t.State.AttachedRequests.ContainsKey(e.WorkflowExecutionOptionsUpdatedEventAttributes.AttachedRequestId):
                    t.Add(
                        new HistoryEvent
                        {
                            WorkflowExecutionOptionsUpdatedEventAttributes = e.WorkflowExecutionOptionsUpdatedEventAttributes.Clone(),
                            Links = { e.Links },
                        }
                    );
                    break;
                default:
                    ReapplyChild(t, e);
                    break;
            }
        }
    }

    private static void Admit(Transition t, Temporalio.Api.Update.V1.Request request)
    {
        // A run further down the chain may have had another update of the same id.
        if (t.State.Updates.ContainsKey(request.Meta.UpdateId) || t.State.AdmittedUpdates.ContainsKey(request.Meta.UpdateId))
        {
            return;
        }

        t.Add(
            new HistoryEvent
            {
                WorkflowExecutionUpdateAdmittedEventAttributes = new WorkflowExecutionUpdateAdmittedEventAttributes
                {
                    Request = request,
                    Origin = UpdateAdmittedEventOrigin.Reapply,
                },
            }
        );
    }

    // What became of a child that was initiated before the reset point is still true.
    private static void ReapplyChild(Transition t, HistoryEvent e)
    {
        var initiated = e.AttributesCase switch
        {
            Case.StartChildWorkflowExecutionFailedEventAttributes => e.StartChildWorkflowExecutionFailedEventAttributes.InitiatedEventId,
            Case.ChildWorkflowExecutionStartedEventAttributes => e.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId,
            Case.ChildWorkflowExecutionCompletedEventAttributes => e.ChildWorkflowExecutionCompletedEventAttributes.InitiatedEventId,
            Case.ChildWorkflowExecutionFailedEventAttributes => e.ChildWorkflowExecutionFailedEventAttributes.InitiatedEventId,
            Case.ChildWorkflowExecutionCanceledEventAttributes => e.ChildWorkflowExecutionCanceledEventAttributes.InitiatedEventId,
            Case.ChildWorkflowExecutionTimedOutEventAttributes => e.ChildWorkflowExecutionTimedOutEventAttributes.InitiatedEventId,
            Case.ChildWorkflowExecutionTerminatedEventAttributes => e.ChildWorkflowExecutionTerminatedEventAttributes.InitiatedEventId,
            _ => 0,
        };
        if (
            !t.State.Children.TryGetValue(initiated, out var child)
            || (e.AttributesCase == Case.ChildWorkflowExecutionStartedEventAttributes && child.IsStarted)
        )
        {
            return;
        }

        var again = e.Clone();
        again.EventTime = null;
        SetStart(again, child.StartedEventId);
        t.Add(again);
        if (again.AttributesCase == Case.ChildWorkflowExecutionStartedEventAttributes)
        {
            t.State.ChildrenToLaunch.Add(initiated);
        }
    }

    private static void SetStart(HistoryEvent e, long startedEventId)
    {
        switch (e.AttributesCase)
        {
            case Case.ChildWorkflowExecutionCompletedEventAttributes:
                e.ChildWorkflowExecutionCompletedEventAttributes.StartedEventId = startedEventId;
                break;
            case Case.ChildWorkflowExecutionFailedEventAttributes:
                e.ChildWorkflowExecutionFailedEventAttributes.StartedEventId = startedEventId;
                break;
            case Case.ChildWorkflowExecutionCanceledEventAttributes:
                e.ChildWorkflowExecutionCanceledEventAttributes.StartedEventId = startedEventId;
                break;
            case Case.ChildWorkflowExecutionTimedOutEventAttributes:
                e.ChildWorkflowExecutionTimedOutEventAttributes.StartedEventId = startedEventId;
                break;
            case Case.ChildWorkflowExecutionTerminatedEventAttributes:
                e.ChildWorkflowExecutionTerminatedEventAttributes.StartedEventId = startedEventId;
                break;
            default:
                break;
        }
    }
}
