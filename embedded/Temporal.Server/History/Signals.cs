using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History;

/// <summary>Signals and cancel requests as they arrive at a run, from clients and from other runs.</summary>
internal static class Signals
{
    /// <summary>Records a signal, once per request id.</summary>
    /// <exception cref="RpcException">NotFound: the run is closed. InvalidArgument: too many signals.</exception>
    public static void Signal(this Transition t, WorkflowExecutionSignaledEventAttributes signal, IEnumerable<Link>? links = null)
    {
        // First, so that a signal which was taken just before the close is not reported as refused when it comes again.
        if (signal.RequestId.Length > 0 && t.State.SignalRequestIds.Contains(signal.RequestId))
        {
            return;
        }

        RequireNotClosing(t);
        if (HasReceivedTooMany(t))
        {
            throw RpcException.InvalidArgument("exceeded workflow execution limit for signal events");
        }

        t.AddExternal(new HistoryEvent { WorkflowExecutionSignaledEventAttributes = signal, Links = { links ?? [] } });
        t.ScheduleWorkflowTask();
    }

    /// <summary>Whether a run takes no further signal.</summary>
    public static bool HasReceivedTooMany(Transition t) =>
        t.State.SignalCount
            + t.State.Buffered.Count(e => e.AttributesCase == HistoryEvent.AttributesOneofCase.WorkflowExecutionSignaledEventAttributes)
        >= t.Run.Limits.Signals;

    /// <summary>Records a cancel request; a second one changes nothing.</summary>
    public static void RequestCancel(
        this Transition t,
        WorkflowExecutionCancelRequestedEventAttributes request,
        IEnumerable<Link>? links = null
    )
    {
        if (!t.State.IsOpen || t.State.CancelRequested)
        {
            return;
        }

        t.AddExternal(new HistoryEvent { WorkflowExecutionCancelRequestedEventAttributes = request, Links = { links ?? [] } });
        t.ScheduleWorkflowTask();
    }

    /// <summary>Refuses what only an open run can take.</summary>
    /// <exception cref="RpcException">NotFound: it is closed.</exception>
    public static void RequireOpen(Transition t)
    {
        if (!t.State.IsOpen)
        {
            throw RpcException.NotFound("workflow execution already completed");
        }
    }

    /// <summary>Refuses what would keep a run open that is about to close.</summary>
    /// <exception cref="RpcException">NotFound: it is closed. ResourceExhausted: a worker has the workflow task that will close it; the
    /// caller may try again.</exception>
    public static void RequireNotClosing(Transition t)
    {
        RequireOpen(t);
        if (t.Run.WantsToClose && t.State.WorkflowTask is { IsStarted: true })
        {
            throw Closing();
        }
    }

    /// <summary>The error for what a run that is closing takes no more; the caller may try again.</summary>
    public static RpcException Closing() =>
        RpcException.ResourceExhausted(
            ResourceExhaustedCause.BusyWorkflow,
            ResourceExhaustedScope.Namespace,
            "workflow operation can not be applied because workflow is closing"
        );
}
