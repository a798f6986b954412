using TemporalDelivery.Activities.Reconciliation;
using TemporalDelivery.Workflows.Reconciliation;

namespace TemporalDelivery.Activities.Tests.Reconciliation;

public sealed class PlacesTests
{
    [Fact]
    public async Task After_a_report_without_places_the_next_pass_begins_anew()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into orders.reconciliations (run_id, finished_at, report)
            values ('earlier', now(),
                '{"id": "earlier", "startedAt": "2026-11-29T12:00:00Z", "finishedAt": "2026-11-29T12:00:01Z", "parts": []}')
            """
        );

        var places = await shop.RunAsync<StoryReconciliation, ReconciledPlaces>(stories => stories.FindPlacesAsync());

        Assert.Equal(new ReconciledPlaces(null, null), places);
    }
}
