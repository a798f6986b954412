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
/// made. Each pass is bounded, and goes on where the last one has left off: every order has its turn, however many there are.
/// </summary>
[Workflow]
public sealed class ReconciliationWorkflow
{
    private const int StoryPages = 100;
    private const int ProjectionPages = 10;
    private static readonly TimeSpan Slice = TimeSpan.FromHours(1);

    private readonly List<ReconciliationPart> parts = [];
    private ReconciledPlaces places = new(null, null);

    /// <summary>Makes the pass.</summary>
    [WorkflowRun]
    public async Task<ReconciliationReport> RunAsync(ReconciliationInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var startedAt = Workflow.UtcNow;
        places = await Workflow.ExecuteActivityAsync(
            (IReconciliationActivities reconciliation) => reconciliation.FindPlacesAsync(),
            Options(TaskQueues.Orders)
        );
        await CompareAsync("stories", StoriesAsync);
        await CompareAsync("charges", () => SlicesAsync(input, slice => books => books.ReconcileChargesAsync(slice), TaskQueues.Orders));
        await CompareAsync("parcels", () =>
            SlicesAsync(input, slice => books => books.ReconcileParcelsAsync(slice), TaskQueues.Deliveries)
        );
        await CompareAsync("projections", ProjectionsAsync);
        var report = new ReconciliationReport(Workflow.Info.RunId, startedAt, Workflow.UtcNow, [.. parts], places);
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

    private Task<Reconciled> StoriesAsync() =>
        PagesAsync(
            StoryPages,
            places.Stories,
            place => reconciliation => reconciliation.ReconcileStoriesAsync(place),
            last => places = places with { Stories = last }
        );

    private Task<Reconciled> ProjectionsAsync() =>
        PagesAsync(
            ProjectionPages,
            places.Projections,
            place => reconciliation => reconciliation.ReconcileProjectionsAsync(place),
            last => places = places with { Projections = last }
        );

    private static async Task<Reconciled> PagesAsync(
        int pages,
        Guid? after,
        Func<ReconciledPlace, Expression<Func<IReconciliationActivities, Task<ReconciledPage>>>> compare,
        Action<Guid?> leaveOff
    )
    {
        var found = new Reconciled(0, 0, 0);
        for (var page = 0; page < pages; page++)
        {
            var (onPage, last) = await Workflow.ExecuteActivityAsync(compare(new ReconciledPlace(after)), Options(TaskQueues.Orders));
            found = Sum(found, onPage);
            leaveOff(last);
            if (last is null)
            {
                break;
            }

            after = last;
        }

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
            var isLast = from + Slice >= end;
            var slice = new ReconciledSlice(from, isLast ? end : from + Slice, isLast);
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
