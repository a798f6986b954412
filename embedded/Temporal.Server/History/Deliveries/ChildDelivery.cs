using Temporal.Server.History.Chains;
using Temporal.Server.History.Records;
using Temporal.Server.History.Starts;
using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Deliveries;

/// <summary>What passes between a parent and its children.</summary>
internal sealed class ChildDelivery(HistoryEngine engine, WorkflowStarter starter)
{
    /// <summary>
    /// Starts a child: creates it (once, by its request id), records that in the parent, and only then lets the child's first workflow task
    /// go.
    /// </summary>
    public async Task StartAsync(RunKey parent, long initiatedEventId, CancellationToken cancellationToken)
    {
        var seen = await engine.TransactAsync(parent, t => Look(t.State, initiatedEventId), cancellationToken).ConfigureAwait(false);
        if (seen is null)
        {
            return;
        }

        var child = seen.Child;
        if (child is null)
        {
            if (await CreateAsync(parent, seen, initiatedEventId, cancellationToken).ConfigureAwait(false) is not { } created)
            {
                return;
            }

            child = created;
            if (
                !await engine
                    .TransactAsync(parent, t => RecordStarted(t, initiatedEventId, created.RunId), cancellationToken)
                    .ConfigureAwait(false)
            )
            {
                return;
            }
        }

        await LaunchAsync(child.Value, cancellationToken).ConfigureAwait(false);
        await engine
            .TransactAsync(
                parent,
                t =>
                {
                    if (t.State.ChildrenToLaunch.Remove(initiatedEventId))
                    {
                        t.Touch();
                    }
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Tells the parent how its child ended.</summary>
    public async Task NotifyParentAsync(RunKey child, CancellationToken cancellationToken)
    {
        var (started, close, notify) = await engine
            .TransactAsync(child, t => (t.State.Started, t.State.Close, t.State.ParentToNotify), cancellationToken)
            .ConfigureAwait(false);
        if (!notify || close is null)
        {
            return;
        }

        var parent = new RunKey(
            started.ParentWorkflowNamespaceId,
            started.ParentWorkflowExecution.WorkflowId,
            started.ParentWorkflowExecution.RunId
        );
        try
        {
            while (true)
            {
                // A parent that was reset goes on as another run.
                var reset = await engine
                    .TransactAsync(
                        parent,
                        t => RecordClosed(t, child, started.FirstExecutionRunId, started.ParentInitiatedEventId, close.Event),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                if (reset.Length == 0)
                {
                    break;
                }

                parent = parent with { RunId = reset };
            }
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // The parent was deleted: nobody wants to know.
        }

        await engine
            .TransactAsync(
                child,
                t =>
                {
                    t.State.ParentToNotify = false;
                    t.Touch();
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private sealed record SeenChild(
        StartChildWorkflowExecutionInitiatedEventAttributes Attributes,
        HistoryEvent Initiated,
        RunKey? Child,
        WorkflowExecution? Root,
        bool ParentOpen,
        string BaseRunId,
        Priority? ParentPriority
    );

    private static SeenChild? Look(RunState state, long initiatedEventId)
    {
        var known = state.Children.TryGetValue(initiatedEventId, out var child);
        if (
            (!known && !state.ChildrenToLaunch.Contains(initiatedEventId))
            || (
                !state.IsOpen
                && (
                    state.ChildrenStartedLate.Contains(initiatedEventId) || child?.Attributes.ParentClosePolicy != ParentClosePolicy.Abandon
                )
                && !state.ChildrenToLaunch.Contains(initiatedEventId)
            )
        )
        {
            return null;
        }

        var initiated = state.Events[(int)initiatedEventId - 1];
        var attributes = initiated.StartChildWorkflowExecutionInitiatedEventAttributes;
        var runId = known ? child!.RunId : StartedRunId(state, initiatedEventId);
        return new SeenChild(
            attributes,
            initiated,
            runId.Length > 0 ? new RunKey(attributes.NamespaceId, attributes.WorkflowId, runId) : null,
            state.Started.RootWorkflowExecution,
            state.IsOpen,
            state.ResetOrigin?.BaseRunId ?? "",
            state.Options.Priority
        );
    }

    // A child that closed before it was launched (terminated, say) is no longer among the children.
    private static string StartedRunId(RunState state, long initiatedEventId) =>
        state
            .Events.Concat(state.Buffered)
            .Select(e => e.ChildWorkflowExecutionStartedEventAttributes)
            .FirstOrDefault(started => started?.InitiatedEventId == initiatedEventId)
            ?.WorkflowExecution.RunId
        ?? "";

    private async Task<RunKey?> CreateAsync(RunKey parent, SeenChild seen, long initiatedEventId, CancellationToken cancellationToken)
    {
        var attributes = seen.Attributes;
        if (attributes.NamespaceId.Length == 0)
        {
            await FailAsync(StartChildWorkflowExecutionFailedCause.NamespaceNotFound).ConfigureAwait(false);
            return null;
        }

        if (
            seen.BaseRunId.Length > 0
            && await FindChildOfBaseAsync(parent, seen, initiatedEventId, cancellationToken).ConfigureAwait(false) is { } taken
        )
        {
            return taken;
        }

        try
        {
            var outcome = await starter.StartAsync(Plan(parent, seen, initiatedEventId), cancellationToken).ConfigureAwait(false);
            return outcome.Run with { RunId = outcome.FirstRunId };
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.AlreadyExists)
        {
            await FailAsync(StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists).ConfigureAwait(false);
            return null;
        }

        Task FailAsync(StartChildWorkflowExecutionFailedCause cause) =>
            engine.TransactAsync(parent, t => RecordFailed(t, initiatedEventId, attributes, cause), cancellationToken);
    }

    // A reset parent takes over the child that the run it was copied from has started, although the copied part does not say so yet.
    private async Task<RunKey?> FindChildOfBaseAsync(
        RunKey parent,
        SeenChild seen,
        long initiatedEventId,
        CancellationToken cancellationToken
    )
    {
        var attributes = seen.Attributes;
        var current = await engine
            .FindCurrentRunAsync(attributes.NamespaceId, attributes.WorkflowId, cancellationToken)
            .ConfigureAwait(false);
        if (current is null)
        {
            return null;
        }

        var child = new RunKey(attributes.NamespaceId, attributes.WorkflowId, current.RunId);
        WorkflowExecutionStartedEventAttributes started;
        try
        {
            started = await engine.TransactAsync(child, t => t.State.Started, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // Deleted meanwhile.
            return null;
        }

        return
            started.ParentWorkflowExecution?.WorkflowId == parent.WorkflowId
            && started.ParentWorkflowExecution.RunId == seen.BaseRunId
            && started.ParentInitiatedEventId == initiatedEventId
            ? child with
            {
                RunId = started.FirstExecutionRunId,
            }
            : null;
    }

    private StartPlan Plan(RunKey parent, SeenChild seen, long initiatedEventId)
    {
        var attributes = seen.Attributes;
        var parentSpace = engine.Namespaces.RequireId(parent.NamespaceId);
        return new StartPlan
        {
            Namespace = engine.Namespaces.RequireId(attributes.NamespaceId),
            WorkflowId = attributes.WorkflowId,
            RequestId = $"{parent.RunId}:{initiatedEventId}",
            ReusePolicy = attributes.WorkflowIdReusePolicy,
            ConflictPolicy =
                attributes.WorkflowIdReusePolicy == WorkflowIdReusePolicy.TerminateIfRunning
                    ? WorkflowIdConflictPolicy.TerminateExisting
                    : WorkflowIdConflictPolicy.Fail,
            AwaitingParent = seen.ParentOpen,
            Metadata = seen.Initiated.UserMetadata,
            Started = now =>
                StartedEvents.Complete(
                    engine.Limits,
                    new WorkflowExecutionStartedEventAttributes
                    {
                        WorkflowType = attributes.WorkflowType,
                        ParentWorkflowNamespace = parentSpace.Name,
                        ParentWorkflowNamespaceId = parentSpace.Id,
                        ParentWorkflowExecution = new WorkflowExecution { WorkflowId = parent.WorkflowId, RunId = parent.RunId },
                        ParentInitiatedEventId = initiatedEventId,
                        RootWorkflowExecution = seen.Root ?? new WorkflowExecution { WorkflowId = parent.WorkflowId, RunId = parent.RunId },
                        TaskQueue = attributes.TaskQueue,
                        Input = attributes.Input,
                        WorkflowExecutionTimeout = attributes.WorkflowExecutionTimeout,
                        WorkflowRunTimeout = attributes.WorkflowRunTimeout,
                        WorkflowTaskTimeout = attributes.WorkflowTaskTimeout,
                        RetryPolicy = attributes.RetryPolicy,
                        CronSchedule = attributes.CronSchedule,
                        Header = attributes.Header,
                        Memo = attributes.Memo,
                        SearchAttributes = attributes.SearchAttributes,
                        Priority = Priorities.Merge(seen.ParentPriority, attributes.Priority),
                    },
                    now,
                    startDelay: TimeSpan.Zero
                ),
        };
    }

    // False when the child is to end without a workflow task.
    private static bool RecordStarted(Transition t, long initiatedEventId, string runId)
    {
        var known = t.State.Children.TryGetValue(initiatedEventId, out var child);
        if (!t.State.IsOpen)
        {
            t.State.ChildrenStartedLate.Add(initiatedEventId);
            t.Touch();
            // The parent closed while the child was being created: it ends as if it had been there. Of a parent that was reset nobody ends.
            if (known && child!.Attributes.ParentClosePolicy != ParentClosePolicy.Abandon && t.State.ResetRunId.Length == 0)
            {
                var end = RunClosing.ToClose(child, runId);
                t.State.ChildrenToClose.Add(end);
                return end.Cancel;
            }

            return true;
        }

        if (!known || child!.IsStarted)
        {
            return true;
        }

        AddStarted(t, child, runId);
        t.State.ChildrenToLaunch.Add(initiatedEventId);
        t.ScheduleWorkflowTask();
        return true;
    }

    private static void AddStarted(Transition t, ChildState child, string runId) =>
        t.AddExternal(
            new HistoryEvent
            {
                ChildWorkflowExecutionStartedEventAttributes = new ChildWorkflowExecutionStartedEventAttributes
                {
                    Namespace = child.Attributes.Namespace,
                    NamespaceId = child.Attributes.NamespaceId,
                    InitiatedEventId = child.Initiated.EventId,
                    WorkflowExecution = new WorkflowExecution { WorkflowId = child.Attributes.WorkflowId, RunId = runId },
                    WorkflowType = child.Attributes.WorkflowType,
                    Header = child.Attributes.Header,
                },
            }
        );

    private static void RecordFailed(
        Transition t,
        long initiatedEventId,
        StartChildWorkflowExecutionInitiatedEventAttributes attributes,
        StartChildWorkflowExecutionFailedCause cause
    )
    {
        if (!t.State.IsOpen)
        {
            t.State.ChildrenStartedLate.Add(initiatedEventId);
            t.Touch();
            return;
        }

        if (!t.State.Children.ContainsKey(initiatedEventId))
        {
            return;
        }

        t.AddExternal(
            new HistoryEvent
            {
                StartChildWorkflowExecutionFailedEventAttributes = new StartChildWorkflowExecutionFailedEventAttributes
                {
                    Namespace = attributes.Namespace,
                    NamespaceId = attributes.NamespaceId,
                    WorkflowId = attributes.WorkflowId,
                    WorkflowType = attributes.WorkflowType,
                    Cause = cause,
                    Control = attributes.Control,
                    InitiatedEventId = initiatedEventId,
                    WorkflowTaskCompletedEventId = attributes.WorkflowTaskCompletedEventId,
                },
            }
        );
        t.ScheduleWorkflowTask();
    }

    // The run to tell instead, when this one is closed and was reset; else empty.
    private static string RecordClosed(Transition t, RunKey childRun, string firstRunId, long initiatedEventId, HistoryEvent close)
    {
        if (!t.State.IsOpen)
        {
            return t.State.ResetRunId;
        }

        // After a reset the same event id may stand for another child.
        if (
            !t.State.Children.TryGetValue(initiatedEventId, out var child)
            || child.Attributes.WorkflowId != childRun.WorkflowId
            || (child.IsStarted && child.RunId != firstRunId)
        )
        {
            return "";
        }

        if (!child.IsStarted)
        {
            // It ended before its start was recorded; a child cannot end in history without having started.
            AddStarted(t, child, firstRunId);
        }

        t.AddExternal(ChildCloseEvents.Of(child, childRun, close));
        t.ScheduleWorkflowTask();
        return "";
    }

    private async Task LaunchAsync(RunKey child, CancellationToken cancellationToken)
    {
        try
        {
            await engine
                .TransactAsync(
                    child,
                    t =>
                    {
                        if (t.State.AwaitingParent)
                        {
                            t.State.AwaitingParent = false;
                            t.Touch();
                            t.ScheduleWorkflowTask();
                        }
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // Deleted before it ever ran.
        }
    }
}
