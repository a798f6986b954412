using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Deliveries;

/// <summary>Signals and cancel requests from one run to another.</summary>
internal sealed class ExternalDelivery(HistoryEngine engine)
{
    /// <summary>Delivers a signal and records what came of it.</summary>
    public async Task SignalAsync(RunKey source, long initiatedEventId, CancellationToken cancellationToken)
    {
        var attributes = await engine
            .TransactAsync(source, t => t.State.ExternalSignals.GetValueOrDefault(initiatedEventId), cancellationToken)
            .ConfigureAwait(false);
        if (attributes is null)
        {
            return;
        }

        SignalExternalWorkflowExecutionFailedCause? failed = null;
        if (attributes.NamespaceId.Length == 0)
        {
            failed = SignalExternalWorkflowExecutionFailedCause.NamespaceNotFound;
        }
        else if (
            !await TryReachAsync(
                    source,
                    attributes.NamespaceId,
                    attributes.WorkflowExecution,
                    attributes.ChildWorkflowOnly,
                    Signal,
                    cancellationToken
                )
                .ConfigureAwait(false)
        )
        {
            failed = SignalExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound;
        }

        await engine.TransactAsync(source, Record, cancellationToken).ConfigureAwait(false);

        void Signal(Transition t)
        {
            var requestId = RequestId(source, initiatedEventId);
            if (t.State.IsOpen && Signals.HasReceivedTooMany(t) && !t.State.SignalRequestIds.Contains(requestId))
            {
                failed = SignalExternalWorkflowExecutionFailedCause.SignalCountLimitExceeded;
                return;
            }

            t.Signal(
                new WorkflowExecutionSignaledEventAttributes
                {
                    SignalName = attributes.SignalName,
                    Input = attributes.Input,
                    Header = attributes.Header,
                    Identity = "history-service",
                    RequestId = requestId,
                    ExternalWorkflowExecution = new WorkflowExecution { WorkflowId = source.WorkflowId, RunId = source.RunId },
                }
            );
        }

        void Record(Transition t)
        {
            if (!t.State.IsOpen || !t.State.ExternalSignals.ContainsKey(initiatedEventId))
            {
                return;
            }

            t.AddExternal(
                failed is { } cause
                    ? new HistoryEvent
                    {
                        SignalExternalWorkflowExecutionFailedEventAttributes = new SignalExternalWorkflowExecutionFailedEventAttributes
                        {
                            Cause = cause,
                            WorkflowTaskCompletedEventId = attributes.WorkflowTaskCompletedEventId,
                            Namespace = attributes.Namespace,
                            NamespaceId = attributes.NamespaceId,
                            WorkflowExecution = attributes.WorkflowExecution,
                            InitiatedEventId = initiatedEventId,
                            Control = attributes.Control,
                        },
                    }
                    : new HistoryEvent
                    {
                        ExternalWorkflowExecutionSignaledEventAttributes = new ExternalWorkflowExecutionSignaledEventAttributes
                        {
                            InitiatedEventId = initiatedEventId,
                            Namespace = attributes.Namespace,
                            NamespaceId = attributes.NamespaceId,
                            WorkflowExecution = attributes.WorkflowExecution,
                            Control = attributes.Control,
                        },
                    }
            );
            t.ScheduleWorkflowTask();
        }
    }

    /// <summary>Delivers a cancel request and records what came of it.</summary>
    public async Task RequestCancelAsync(RunKey source, long initiatedEventId, CancellationToken cancellationToken)
    {
        var attributes = await engine
            .TransactAsync(source, t => t.State.ExternalCancels.GetValueOrDefault(initiatedEventId), cancellationToken)
            .ConfigureAwait(false);
        if (attributes is null)
        {
            return;
        }

        CancelExternalWorkflowExecutionFailedCause? failed = null;
        if (attributes.NamespaceId.Length == 0)
        {
            failed = CancelExternalWorkflowExecutionFailedCause.NamespaceNotFound;
        }
        else if (
            !await TryReachAsync(
                    source,
                    attributes.NamespaceId,
                    attributes.WorkflowExecution,
                    attributes.ChildWorkflowOnly,
                    Request,
                    cancellationToken
                )
                .ConfigureAwait(false)
        )
        {
            failed = CancelExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound;
        }

        await engine.TransactAsync(source, Record, cancellationToken).ConfigureAwait(false);

        void Request(Transition t) =>
            t.RequestCancel(
                new WorkflowExecutionCancelRequestedEventAttributes
                {
                    Cause = attributes.Reason,
                    ExternalInitiatedEventId = initiatedEventId,
                    ExternalWorkflowExecution = new WorkflowExecution { WorkflowId = source.WorkflowId, RunId = source.RunId },
                    Identity = "history-service",
                }
            );

        void Record(Transition t)
        {
            if (!t.State.IsOpen || !t.State.ExternalCancels.ContainsKey(initiatedEventId))
            {
                return;
            }

            t.AddExternal(
                failed is { } cause
                    ? new HistoryEvent
                    {
                        RequestCancelExternalWorkflowExecutionFailedEventAttributes =
                            new RequestCancelExternalWorkflowExecutionFailedEventAttributes
                            {
                                Cause = cause,
                                WorkflowTaskCompletedEventId = attributes.WorkflowTaskCompletedEventId,
                                Namespace = attributes.Namespace,
                                NamespaceId = attributes.NamespaceId,
                                WorkflowExecution = attributes.WorkflowExecution,
                                InitiatedEventId = initiatedEventId,
                                Control = attributes.Control,
                            },
                    }
                    : new HistoryEvent
                    {
                        ExternalWorkflowExecutionCancelRequestedEventAttributes =
                            new ExternalWorkflowExecutionCancelRequestedEventAttributes
                            {
                                InitiatedEventId = initiatedEventId,
                                Namespace = attributes.Namespace,
                                NamespaceId = attributes.NamespaceId,
                                WorkflowExecution = attributes.WorkflowExecution,
                            },
                    }
            );
            t.ScheduleWorkflowTask();
        }
    }

    // Whether the target took it. A run cannot reach itself this way.
    private async Task<bool> TryReachAsync(
        RunKey source,
        string namespaceId,
        WorkflowExecution target,
        bool childOnly,
        Action<Transition> act,
        CancellationToken cancellationToken
    )
    {
        if (namespaceId == source.NamespaceId && target.WorkflowId == source.WorkflowId)
        {
            return false;
        }

        try
        {
            var key = await engine
                .ResolveAsync(engine.Namespaces.RequireId(namespaceId), target.WorkflowId, target.RunId, cancellationToken)
                .ConfigureAwait(false);
            while (true)
            {
                var (reached, successor) = await engine.TransactAsync(key, Reach, cancellationToken).ConfigureAwait(false);
                if (successor.Length == 0)
                {
                    return reached;
                }

                key = key with { RunId = successor };
            }
        }
        catch (RpcException error) when (error.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument)
        {
            return false;
        }

        (bool Reached, string Successor) Reach(Transition t)
        {
            if (childOnly && t.State.Started.ParentWorkflowExecution?.WorkflowId != source.WorkflowId)
            {
                return (false, "");
            }

            if (target.RunId.Length == 0 && t.State.Close is { SuccessorRunId.Length: > 0 } close)
            {
                // The current run when it was looked for, and continued by another since.
                return (false, close.SuccessorRunId);
            }

            act(t);
            return (true, "");
        }
    }

    private static string RequestId(RunKey source, long initiatedEventId) => $"{source.RunId}:{initiatedEventId}";
}
