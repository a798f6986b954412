using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Chains;

/// <summary>Closes a run and notes what that means for its parent, its children and those who wait.</summary>
internal static class RunClosing
{
    /// <summary>Appends the closing event.</summary>
    /// <param name="t">The transition.</param>
    /// <param name="e">The closing event.</param>
    /// <param name="successor">The run that goes on in its place, created in the same commit; null when the chain ends.</param>
    public static void Close(this Transition t, HistoryEvent e, Transition? successor)
    {
        var state = t.State;
        state.WorkflowTask = null;
        state.DropBuffered(_ => true);
        t.Add(e);
        if (successor is null)
        {
            state.ParentToNotify = state.Started.ParentWorkflowExecution is not null;
        }
        else
        {
            t.Create(successor);
        }

        foreach (var child in state.Children.Values)
        {
            if (child.IsStarted && child.Attributes.ParentClosePolicy != ParentClosePolicy.Abandon)
            {
                state.ChildrenToClose.Add(ToClose(child, child.RunId));
            }
        }

        var successorRunId = successor?.Run.Key.RunId ?? "";
        t.After(() =>
        {
            t.Run.Updates.Close(successorRunId);
            t.Run.Queries.UnblockWaiting();
        });
    }

    /// <summary>What a closed parent does to a child that is not abandoned.</summary>
    public static ChildToClose ToClose(ChildState child, string firstRunId) =>
        new()
        {
            NamespaceId = child.Attributes.NamespaceId,
            WorkflowId = child.Attributes.WorkflowId,
            FirstRunId = firstRunId,
            Cancel = child.Attributes.ParentClosePolicy == ParentClosePolicy.RequestCancel,
        };

    /// <summary>
    /// Closes a run because another one made by a reset goes on in its place: that one takes over the children and the parent, so neither
    /// hears of this.
    /// </summary>
    public static void TerminateForReset(this Transition t, string reason)
    {
        t.AbandonForClose();
        t.Close(Terminated(reason, details: null, identity: "history-resetter"), successor: null);
        t.State.ParentToNotify = false;
        t.State.ChildrenToClose.Clear();
    }

    /// <summary>Closes a run from outside: the worker's task is taken away first.</summary>
    public static void Terminate(this Transition t, string reason, Temporalio.Api.Common.V1.Payloads? details, string identity)
    {
        t.AbandonForClose();
        t.Close(Terminated(reason, details, identity), successor: null);
    }

    /// <summary>The run's or the chain's time is up: retry and cron apply, unless it is the chain's.</summary>
    public static void TimeOutRun(this Transition t)
    {
        t.AbandonForClose();
        var chainEnded = t.State.ExecutionDeadline <= t.Now;
        var failure = new Temporalio.Api.Failure.V1.Failure
        {
            Message = "workflow timeout",
            TimeoutFailureInfo = new Temporalio.Api.Failure.V1.TimeoutFailureInfo { TimeoutType = TimeoutType.StartToClose },
        };
        Transition? successor = null;
        var retryState = RetryState.Timeout;
        if (!chainEnded)
        {
            (successor, retryState) = Successor.ByRetry(t, failure);
            successor ??= Successor.ByCron(t, result: null, failure);
        }

        t.Close(
            new HistoryEvent
            {
                WorkflowExecutionTimedOutEventAttributes = new WorkflowExecutionTimedOutEventAttributes
                {
                    RetryState = retryState,
                    NewExecutionRunId = successor?.Run.Key.RunId ?? "",
                },
            },
            successor
        );
    }

    private static HistoryEvent Terminated(string reason, Temporalio.Api.Common.V1.Payloads? details, string identity) =>
        new()
        {
            WorkflowExecutionTerminatedEventAttributes = new WorkflowExecutionTerminatedEventAttributes
            {
                Reason = reason,
                Details = details,
                Identity = identity,
            },
        };

    private static void AbandonForClose(this Transition t) => WorkflowTasks.WorkflowTaskEnd.AbandonWorkflowTask(t);
}
