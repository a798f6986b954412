using System.Collections.Concurrent;
using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Workflows.Reconciliation;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Worker;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>What one pass leaves, the next one does.</summary>
public sealed class ReconciliationPassTests
{
    private static readonly ReconciliationInput Day = new(TimeSpan.FromHours(24));

    [Fact]
    public async Task Every_order_has_its_turn_however_many_there_are()
    {
        var books = new Books(storyPages: 250, projectionPages: 25);

        var passes = await PassAsync(books, times: 4);

        Assert.Equal([100, 100, 50, 100], passes.Select(pass => pass.Parts[0].Checked));
        Assert.Equal([10, 10, 5, 10], passes.Select(pass => pass.Parts[3].Checked));
        Assert.Equal([.. Enumerable.Range(0, 250), .. Enumerable.Range(0, 100)], books.Stories);
        Assert.Equal([.. Enumerable.Range(0, 25), .. Enumerable.Range(0, 10)], books.Projections);
    }

    [Fact]
    public async Task Open_tasks_are_looked_at_again_once_in_a_pass()
    {
        var books = new Books(storyPages: 1, projectionPages: 1);

        await PassAsync(books, times: 1);

        Assert.Equal([.. Enumerable.Repeat(false, 23), true], books.ChargeSlices);
        Assert.Equal([.. Enumerable.Repeat(false, 23), true], books.ParcelSlices);
    }

    [Fact]
    public async Task A_page_that_always_fails_keeps_no_order_before_it_from_its_turn()
    {
        var books = new Books(storyPages: 250, projectionPages: 25) { BadStoryPage = 130, BadProjectionPage = 12 };

        var passes = await PassAsync(books, times: 3);

        Assert.Equal([100, 30, 100], passes.Select(pass => pass.Parts[0].Checked));
        Assert.Equal([10, 2, 10], passes.Select(pass => pass.Parts[3].Checked));
        Assert.Equal([null, "torn", null], passes.Select(pass => pass.Parts[0].Failure));
        Assert.Equal([null, "torn", null], passes.Select(pass => pass.Parts[3].Failure));
    }

    [Fact]
    public async Task A_slice_that_always_fails_keeps_no_other_slice_from_its_turn()
    {
        var books = new Books(storyPages: 1, projectionPages: 1) { BadSlices = 2 };

        var pass = Assert.Single(await PassAsync(books, times: 1));

        Assert.Equal([.. Enumerable.Repeat(false, 21), true], books.ChargeSlices);
        Assert.Equal([.. Enumerable.Repeat(false, 21), true], books.ParcelSlices);
        Assert.Equal([("charges", "torn"), ("parcels", "torn")], pass.Parts.Skip(1).Take(2).Select(part => (part.Name, part.Failure)));
    }

    [Fact]
    public async Task A_pass_that_does_not_know_where_the_last_one_left_off_begins_anew_and_says_so()
    {
        var books = new Books(storyPages: 1, projectionPages: 1) { HasNoPlaces = true };

        var pass = Assert.Single(await PassAsync(books, times: 1));

        Assert.Equal(["places", "stories", "charges", "parcels", "projections"], pass.Parts.Select(part => part.Name));
        Assert.Equal("torn", pass.Parts[0].Failure);
        Assert.Equal([0], books.Stories);
        Assert.Equal([0], books.Projections);
    }

    private static async Task<IReadOnlyList<ReconciliationReport>> PassAsync(Books books, int times)
    {
        await using var environment = await TestTemporal.StartTimeSkippingAsync();
        using var orders = new TemporalWorker(
            environment.Client,
            new TemporalWorkerOptions(TaskQueues.Orders).AddWorkflow<ReconciliationWorkflow>().AddAllActivities(books)
        );
        using var deliveries = new TemporalWorker(
            environment.Client,
            new TemporalWorkerOptions(TaskQueues.Deliveries).AddAllActivities(books)
        );
        var passes = new List<ReconciliationReport>();
        await orders.ExecuteAsync(
            () =>
                deliveries.ExecuteAsync(
                    async () =>
                    {
                        for (var time = 0; time < times; time++)
                        {
                            var pass = await environment.Client.StartWorkflowAsync(
                                (ReconciliationWorkflow workflow) => workflow.RunAsync(Day),
                                new WorkflowOptions($"pass-{time}", TaskQueues.Orders)
                            );
                            passes.Add(await pass.GetResultAsync());
                            HistoryArchive.Keep(await pass.FetchHistoryAsync());
                        }
                    },
                    TestContext.Current.CancellationToken
                ),
            TestContext.Current.CancellationToken
        );
        return passes;
    }

    /// <summary>Orders on so many pages, one on each; the id of each says on which.</summary>
    public sealed class Books(int storyPages, int projectionPages) : IReconciliationActivities, IBookActivities
    {
        private readonly ConcurrentQueue<int> stories = new();
        private readonly ConcurrentQueue<int> projections = new();
        private readonly ConcurrentQueue<bool> chargeSlices = new();
        private readonly ConcurrentQueue<bool> parcelSlices = new();
        private readonly ConcurrentDictionary<ConcurrentQueue<bool>, int> slices = new();
        private ReconciliationReport? last;

        public int? BadStoryPage { get; init; }

        public int? BadProjectionPage { get; init; }

        // The first ones of a pass.
        public int BadSlices { get; init; }

        public bool HasNoPlaces { get; init; }

        public IReadOnlyList<int> Stories => [.. stories];

        public IReadOnlyList<int> Projections => [.. projections];

        public IReadOnlyList<bool> ChargeSlices => [.. chargeSlices];

        public IReadOnlyList<bool> ParcelSlices => [.. parcelSlices];

        [Activity]
        public Task<ReconciledPage> ReconcileStoriesAsync(ReconciledPlace place) =>
            Task.FromResult(Look(place, storyPages, BadStoryPage, stories));

        [Activity]
        public Task<ReconciledPage> ReconcileProjectionsAsync(ReconciledPlace place) =>
            Task.FromResult(Look(place, projectionPages, BadProjectionPage, projections));

        [Activity]
        public Task<ReconciledPlaces> FindPlacesAsync() =>
            HasNoPlaces ? throw Torn() : Task.FromResult(last?.Places ?? new ReconciledPlaces(null, null));

        [Activity]
        public Task RecordReconciliationAsync(ReconciliationReport report)
        {
            last = report;
            return Task.CompletedTask;
        }

        [Activity]
        public Task<Reconciled> ReconcileChargesAsync(ReconciledSlice slice) => Task.FromResult(Look(slice, chargeSlices));

        [Activity]
        public Task<Reconciled> ReconcileParcelsAsync(ReconciledSlice slice) => Task.FromResult(Look(slice, parcelSlices));

        private static ReconciledPage Look(ReconciledPlace place, int pages, int? bad, ConcurrentQueue<int> seen)
        {
            var page = place.After is { } after ? after.ToByteArray()[0] + 1 : 0;
            if (page == bad)
            {
                throw Torn();
            }

            seen.Enqueue(page);
            return new(new(1, 0, 0), page + 1 < pages ? new Guid([(byte)page, .. new byte[15]]) : null);
        }

        private Reconciled Look(ReconciledSlice slice, ConcurrentQueue<bool> seen)
        {
            if (slices.AddOrUpdate(seen, 1, (_, asked) => asked + 1) <= BadSlices)
            {
                throw Torn();
            }

            seen.Enqueue(slice.IsLast);
            return new(0, 0, 0);
        }

        private static ApplicationFailureException Torn() => new("torn", nonRetryable: true);
    }
}
