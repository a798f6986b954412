using System.Linq.Expressions;
using TemporalDelivery.Workflows.Effects;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Reconciliation;

/// <summary>How far a pass looks.</summary>
/// <param name="Window">How far back the books of others are compared.</param>
public sealed record ReconciliationInput(TimeSpan Window);

/// <summary>
/// One pass over everything that has to agree: tables and workflows, read model and tables, our books and those of the payment provider
/// and the delivery partner. A Temporal Schedule starts it every few minutes. A comparison that fails does not keep the others from being
/// made.
/// </summary>
[Workflow]
public sealed class ReconciliationWorkflow
{
    // A pass is bounded: what it does not come to, the next one does.
    private const int MaxPages = 100;
    private const int ProjectionPages = 10;
    private static readonly TimeSpan Slice = TimeSpan.FromHours(1);

    private readonly List<ReconciliationPart> parts = [];
    private Guid? place;

    /// <summary>Makes the pass.</summary>
    [WorkflowRun]
    public async Task<ReconciliationReport> RunAsync(ReconciliationInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var startedAt = Workflow.UtcNow;
        await CompareAsync("stories", StoriesAsync);
        await CompareAsync("charges", () => SlicesAsync(input, slice => books => books.ReconcileChargesAsync(slice), TaskQueues.Orders));
        await CompareAsync("parcels", () =>
            SlicesAsync(input, slice => books => books.ReconcileParcelsAsync(slice), TaskQueues.Deliveries)
        );
        await CompareAsync("projections", ProjectionsAsync);
        var report = new ReconciliationReport(Workflow.Info.RunId, startedAt, Workflow.UtcNow, [.. parts], place);
        await Workflow.ExecuteActivityAsync(
            (IReconciliationActivities reconciliation) => reconciliation.RecordReconciliationAsync(report),
            Options(TaskQueues.Orders)
        );
        return report;
    }

    private async Task CompareAsync(string name, Func<Task<Reconciled>> compare)
    {
        try
        {
            var found = await compare();
            parts.Add(new ReconciliationPart(name, found.Checked, found.Differences, found.Repaired));
        }
        catch (ActivityFailureException failure)
        {
            parts.Add(new ReconciliationPart(name, 0, 0, 0, EffectRunner.Cause(failure)));
        }
    }

    private static async Task<Reconciled> StoriesAsync()
    {
        var found = new Reconciled(0, 0, 0);
        Guid? after = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var here = new ReconciledPlace(after);
            var (onPage, last) = await Workflow.ExecuteActivityAsync(
                (IReconciliationActivities reconciliation) => reconciliation.ReconcileStoriesAsync(here),
                Options(TaskQueues.Orders)
            );
            found = Sum(found, onPage);
            if (last is null)
            {
                break;
            }

            after = last;
        }

        return found;
    }

    private async Task<Reconciled> ProjectionsAsync()
    {
        var found = new Reconciled(0, 0, 0);
        var here = await Workflow.ExecuteActivityAsync(
            (IReconciliationActivities reconciliation) => reconciliation.FindPlaceAsync(),
            Options(TaskQueues.Orders)
        );
        for (var page = 0; page < ProjectionPages; page++)
        {
            var from = here;
            var (onPage, last) = await Workflow.ExecuteActivityAsync(
                (IReconciliationActivities reconciliation) => reconciliation.ReconcileProjectionsAsync(from),
                Options(TaskQueues.Orders)
            );
            found = Sum(found, onPage);
            here = new ReconciledPlace(last);
            if (last is null)
            {
                break;
            }
        }

        place = here.After;
        return found;
    }

    private static async Task<Reconciled> SlicesAsync(
        ReconciliationInput input,
        Func<ReconciledSlice, Expression<Func<IBookActivities, Task<Reconciled>>>> compare,
        string taskQueue
    )
    {
        var found = new Reconciled(0, 0, 0);
        DateTimeOffset end = Workflow.UtcNow;
        for (var from = end - input.Window; from < end; from += Slice)
        {
            var slice = new ReconciledSlice(from, from + Slice < end ? from + Slice : end);
            found = Sum(found, await Workflow.ExecuteActivityAsync(compare(slice), Options(taskQueue)));
        }

        return found;
    }

    private static Reconciled Sum(Reconciled one, Reconciled other) =>
        new(one.Checked + other.Checked, one.Differences + other.Differences, one.Repaired + other.Repaired);

    private static ActivityOptions Options(string taskQueue) =>
        new()
        {
            TaskQueue = taskQueue,
            StartToCloseTimeout = TimeSpan.FromMinutes(1),
            ScheduleToCloseTimeout = TimeSpan.FromMinutes(3),
            RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(1), MaximumInterval = TimeSpan.FromSeconds(30) },
        };
}
