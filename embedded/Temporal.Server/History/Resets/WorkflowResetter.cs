using Temporal.Server.History.Chains;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Resets;

/// <summary>
/// Resets a workflow: a new run begins with a copy of a run's history up to a workflow task, others' later messages are carried over,
/// and the current run is terminated in the same commit.
/// </summary>
internal sealed class WorkflowResetter(HistoryEngine engine)
{
    /// <summary>Resets a workflow to a place in one of its runs.</summary>
    /// <param name="baseRun">The run to copy from; open or closed, the current one or not.</param>
    /// <param name="plan">Where to and how.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The id of the new run; of the one made before when the request was carried out already.</returns>
    /// <exception cref="RpcException">NotFound: there is no such run. InvalidArgument: it cannot be reset to that event.</exception>
    public async Task<string> ResetAsync(RunKey baseRun, ResetPlan plan, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var current = await engine
                .FindCurrentRunAsync(baseRun.NamespaceId, baseRun.WorkflowId, cancellationToken)
                .ConfigureAwait(false);
            try
            {
                return await ResetAsync(baseRun, current?.RunId, plan, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreConflictException)
            {
                // The workflow has another current run by now: look again.
            }
        }
    }

    private async Task<string> ResetAsync(RunKey baseRun, string? currentRunId, ResetPlan plan, CancellationToken cancellationToken)
    {
        if (currentRunId == baseRun.RunId || currentRunId is null)
        {
            return await engine
                .TransactAsync(
                    baseRun,
                    t => Reset(t, currentRunId is null ? null : t, new Dictionary<string, List<HistoryEvent>>(), plan),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }

        // Only the current run can be open, so the ones between are read beforehand.
        var between = await ReadChainAsync(baseRun, currentRunId, cancellationToken).ConfigureAwait(false);
        return await engine
            .TransactAsync(
                baseRun,
                baseRun with
                {
                    RunId = currentRunId,
                },
                (source, current) => Reset(source, current, between, plan),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private static string Reset(Transition source, Transition? current, Dictionary<string, List<HistoryEvent>> between, ResetPlan plan)
    {
        if (current?.State.ResetOrigin?.RequestId == plan.RequestId)
        {
            return current.Run.Key.RunId;
        }

        if (plan.WorkflowTaskFinishEventId <= 1 || plan.WorkflowTaskFinishEventId >= source.State.NextEventId)
        {
            throw RpcException.InvalidArgument("Workflow task finish ID must be > 1 && <= workflow last event ID.");
        }

        var runId = RunIds.New();
        var reset = ResetCopy.Create(source.Run.Key, source.Run.Limits, source.State, runId, plan, source.Now, current?.Run.Key.RunId);
        source.State.ResetRunId = runId;
        source.Touch();
        if (current is { State.IsOpen: true })
        {
            current.TerminateForReset(plan.Reason);
        }

        Reapply(reset, source, current, between, plan);
        plan.AfterReapply?.Invoke(reset);
        reset.ScheduleWorkflowTask();
        (current ?? source).Create(reset);
        return runId;
    }

    private static void Reapply(
        Transition reset,
        Transition source,
        Transition? current,
        Dictionary<string, List<HistoryEvent>> between,
        ResetPlan plan
    )
    {
        var events = source.State.Events.Skip((int)plan.WorkflowTaskFinishEventId - 1).ToList();
        Reapplication.Reapply(reset, events, plan.Exclude);
        var next = Next(events);
        while (next.Length > 0)
        {
            var found = next == current?.Run.Key.RunId ? current.State.Events : between.GetValueOrDefault(next);
            if (found is null)
            {
                // Deleted: the chain ends here.
                return;
            }

            Reapplication.Reapply(reset, found, plan.Exclude);
            next = Next(found);
        }
    }

    // The closed runs that continue a run, up to the current one.
    private async Task<Dictionary<string, List<HistoryEvent>>> ReadChainAsync(
        RunKey baseRun,
        string currentRunId,
        CancellationToken cancellationToken
    )
    {
        var chain = new Dictionary<string, List<HistoryEvent>>(StringComparer.Ordinal);
        var next = Next(await EventsAsync(baseRun).ConfigureAwait(false));
        try
        {
            while (next.Length > 0 && next != currentRunId)
            {
                chain[next] = await EventsAsync(baseRun with { RunId = next }).ConfigureAwait(false);
                next = Next(chain[next]);
            }
        }
        catch (RpcException gone) when (gone.StatusCode == StatusCode.NotFound)
        {
            // A run of the chain was deleted: what comes before it is carried over.
            return chain;
        }

        return chain;

        Task<List<HistoryEvent>> EventsAsync(RunKey run) => engine.TransactAsync(run, t => t.State.Events, cancellationToken);
    }

    private static string Next(List<HistoryEvent> events) =>
        events.Count > 0 ? events[^1].WorkflowExecutionContinuedAsNewEventAttributes?.NewExecutionRunId ?? "" : "";
}
