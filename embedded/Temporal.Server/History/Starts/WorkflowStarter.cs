using Temporal.Server.History.Chains;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.History.Starts;

/// <summary>Starts runs under the rules for workflow ids: one open run per id, and what the policies say about the last one.</summary>
internal sealed class WorkflowStarter(HistoryEngine engine)
{
    private const string TerminationReason = "TerminateIfRunning WorkflowIdReusePolicy";

    /// <summary>Starts a run, or finds the one that stands for it.</summary>
    /// <exception cref="RpcException">AlreadyExists: a policy forbids it.</exception>
    public async Task<StartOutcome> StartAsync(StartPlan plan, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var current = await engine.FindCurrentRunAsync(plan.Namespace.Id, plan.WorkflowId, cancellationToken).ConfigureAwait(false);
            try
            {
                if (await TryStartAsync(plan, current, cancellationToken).ConfigureAwait(false) is { } outcome)
                {
                    return outcome;
                }
            }
            catch (StoreConflictException)
            {
                // Another start of the same workflow id was faster: look again.
            }
        }
    }

    private async Task<StartOutcome?> TryStartAsync(StartPlan plan, CurrentRun? current, CancellationToken cancellationToken)
    {
        if (current is null)
        {
            return await CreateAsync(plan, expectedCurrent: null).ConfigureAwait(false);
        }

        var existing = new StartOutcome(
            new RunKey(plan.Namespace.Id, plan.WorkflowId, current.RunId),
            current.FirstRunId,
            IsNew: false,
            current.StartRequestId == plan.RequestId,
            current.Status
        );
        if (existing.IsSameRequest)
        {
            return existing with { EagerTask = await RepeatEagerTaskAsync(plan, existing, cancellationToken).ConfigureAwait(false) };
        }

        if (current.Status != WorkflowExecutionStatus.Running)
        {
            RefuseReuse(plan, current);
            return await CreateAsync(plan, current.RunId).ConfigureAwait(false);
        }

        return plan.ConflictPolicy switch
        {
            WorkflowIdConflictPolicy.UseExisting => await UseAsync(plan, existing, cancellationToken).ConfigureAwait(false),
            WorkflowIdConflictPolicy.TerminateExisting => await ReplaceAsync(plan, existing.Run, cancellationToken).ConfigureAwait(false),
            _ => throw AlreadyStarted(current, "Workflow execution is already running."),
        };
    }

    // The reply to the first call may have been lost, and the task with it.
    private async Task<PollWorkflowTaskQueueResponse?> RepeatEagerTaskAsync(
        StartPlan plan,
        StartOutcome existing,
        CancellationToken cancellationToken
    ) =>
        plan.EagerWorker is not null && existing.Status == WorkflowExecutionStatus.Running
            ? await engine.TransactAsync(existing.Run, t => t.RepeatEagerTask(), cancellationToken).ConfigureAwait(false)
            : null;

    private async Task<StartOutcome> CreateAsync(StartPlan plan, string? expectedCurrent)
    {
        var created = NewRunOf(plan, expectedCurrent);
        var outcome = OutcomeOf(plan, created);
        await engine.CreateAsync(created).ConfigureAwait(false);
        return outcome;
    }

    // Null when the run closed meanwhile.
    private async Task<StartOutcome?> UseAsync(StartPlan plan, StartOutcome existing, CancellationToken cancellationToken) =>
        plan.Attachment is not { } attachment
            ? existing
            : await engine
                .TransactAsync(
                    existing.Run,
                    t =>
                    {
                        if (!t.State.IsOpen)
                        {
                            return null;
                        }

                        if (
                            !t.State.AttachedRequests.ContainsKey(
                                attachment.WorkflowExecutionOptionsUpdatedEventAttributes.AttachedRequestId
                            )
                        )
                        {
                            t.AddExternal(attachment.Clone());
                        }

                        return existing;
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);

    // The old run is terminated in the commit that creates the new one. Null when it closed by itself meanwhile.
    private Task<StartOutcome?> ReplaceAsync(StartPlan plan, RunKey old, CancellationToken cancellationToken) =>
        engine.TransactAsync(
            old,
            t =>
            {
                if (!t.State.IsOpen)
                {
                    return null;
                }

                t.Terminate(TerminationReason, details: null, identity: "history-service");
                var created = NewRunOf(plan, old.RunId);
                t.Create(created);
                return OutcomeOf(plan, created);
            },
            cancellationToken
        );

    private Transition NewRunOf(StartPlan plan, string? expectedCurrent)
    {
        var now = engine.Now;
        return NewRun.Create(
            new RunKey(plan.Namespace.Id, plan.WorkflowId, RunIds.New()),
            engine.Limits,
            plan.Started(now),
            plan.RequestId,
            now,
            expectedCurrent,
            plan.AwaitingParent,
            plan.Metadata,
            plan.Links,
            plan.BeforeFirstTask
        );
    }

    private static StartOutcome OutcomeOf(StartPlan plan, Transition created) =>
        new(created.Run.Key, created.State.Started.FirstExecutionRunId, IsNew: true, IsSameRequest: true, WorkflowExecutionStatus.Running)
        {
            EagerTask =
                plan.EagerWorker is { } worker && created.State.WorkflowTask is { } task
                    ? created.StartWorkflowTask(task.ScheduledEventId, task.Attempt, plan.RequestId, worker, incremental: false)
                    : null,
        };

    private static void RefuseReuse(StartPlan plan, CurrentRun current)
    {
        switch (plan.ReusePolicy)
        {
            case WorkflowIdReusePolicy.RejectDuplicate:
                throw AlreadyStarted(current, "Workflow execution already finished. WorkflowIdReusePolicy: RejectDuplicate.");
            case WorkflowIdReusePolicy.AllowDuplicateFailedOnly when current.Status is WorkflowExecutionStatus.Completed:
                throw AlreadyStarted(
                    current,
                    "Workflow execution already finished successfully. WorkflowIdReusePolicy: AllowDuplicateFailedOnly."
                );
            default:
                break;
        }
    }

    private static RpcException AlreadyStarted(CurrentRun current, string message) =>
        new(
            StatusCode.AlreadyExists,
            message,
            new WorkflowExecutionAlreadyStartedFailure
            {
                StartRequestId = current.StartRequestId,
                RunId = current.RunId,
                FirstExecutionRunId = current.FirstRunId,
            }
        );
}
