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
/// and the delivery partner. A Temporal Schedule starts it every few minutes. What cannot be compared does not keep the rest from being
/// compared. Each pass is bounded, and goes on where the last one has left off: every order has its turn, however many there are. After a
/// page that failed the next pass begins anew, so that a page that always fails does not keep those before it from their turn.
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
        await FindPlacesAsync();
        parts.Add(await StoriesAsync());
        parts.Add(await SlicesAsync("charges", input, slice => books => books.ReconcileChargesAsync(slice), TaskQueues.Orders));
        parts.Add(await SlicesAsync("parcels", input, slice => books => books.ReconcileParcelsAsync(slice), TaskQueues.Deliveries));
        parts.Add(await ProjectionsAsync());
        var report = new ReconciliationReport(Workflow.Info.RunId, startedAt, Workflow.UtcNow, [.. parts], places);
        await Workflow.ExecuteActivityAsync(
            (IReconciliationActivities reconciliation) => reconciliation.RecordReconciliationAsync(report),
            Options(TaskQueues.Orders)
        );
        return report;
    }

    private async Task FindPlacesAsync()
    {
        try
        {
            places = await Workflow.ExecuteActivityAsync(
                (IReconciliationActivities reconciliation) => reconciliation.FindPlacesAsync(),
                Options(TaskQueues.Orders)
            );
        }
        catch (ActivityFailureException failure)
        {
            parts.Add(new ReconciliationPart("places", 0, 0, 0, EffectRunner.Cause(failure)));
        }
    }

    private Task<ReconciliationPart> StoriesAsync() =>
        PagesAsync(
            "stories",
            StoryPages,
            places.Stories,
            place => reconciliation => reconciliation.ReconcileStoriesAsync(place),
            last => places = places with { Stories = last }
        );

    private Task<ReconciliationPart> ProjectionsAsync() =>
        PagesAsync(
            "projections",
            ProjectionPages,
            places.Projections,
            place => reconciliation => reconciliation.ReconcileProjectionsAsync(place),
            last => places = places with { Projections = last }
        );

    private static async Task<ReconciliationPart> PagesAsync(
        string name,
        int pages,
        Guid? after,
        Func<ReconciledPlace, Expression<Func<IReconciliationActivities, Task<ReconciledPage>>>> compare,
        Action<Guid?> leaveOff
    )
    {
        var part = new ReconciliationPart(name, 0, 0, 0);
        for (var page = 0; page < pages; page++)
        {
            try
            {
                var found = await Workflow.ExecuteActivityAsync(compare(new ReconciledPlace(after)), Options(TaskQueues.Orders));
                part = part.And(found.Found);
                after = found.Last;
            }
            catch (ActivityFailureException failure)
            {
                part = part with { Failure = EffectRunner.Cause(failure) };
                after = null;
            }

            leaveOff(after);
            if (after is null)
            {
                break;
            }
        }

        return part;
    }

    private static async Task<ReconciliationPart> SlicesAsync(
        string name,
        ReconciliationInput input,
        Func<ReconciledSlice, Expression<Func<IBookActivities, Task<Reconciled>>>> compare,
        string taskQueue
    )
    {
        var part = new ReconciliationPart(name, 0, 0, 0);
        DateTimeOffset end = Workflow.UtcNow;
        for (var from = end - input.Window; from < end; from += Slice)
        {
            var isLast = from + Slice >= end;
            var slice = new ReconciledSlice(from, isLast ? end : from + Slice, isLast);

            // Whoever has failed through all tries once may be down: the other slices do not wait as long for them.
            var options = Options(taskQueue);
            options.RetryPolicy!.MaximumAttempts = part.Failure is null ? 0 : 1;
            try
            {
                part = part.And(await Workflow.ExecuteActivityAsync(compare(slice), options));
            }
            catch (ActivityFailureException failure)
            {
                part = part with { Failure = part.Failure ?? EffectRunner.Cause(failure) };
            }
        }

        return part;
    }

    private static ActivityOptions Options(string taskQueue) =>
        new()
        {
            TaskQueue = taskQueue,
            StartToCloseTimeout = TimeSpan.FromMinutes(1),
            ScheduleToCloseTimeout = TimeSpan.FromMinutes(3),
            RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(1), MaximumInterval = TimeSpan.FromSeconds(30) },
        };
}
