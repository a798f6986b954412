using TemporalDelivery.Workflows;
using Temporalio.Client;

namespace TemporalDelivery.Api.Tests;

public sealed class AcceptedOrdersRelayTests(TemporalApplication api) : IClassFixture<TemporalApplication>
{
    [Fact(Timeout = 60_000)]
    public async Task An_order_that_cannot_be_started_holds_up_no_other_and_says_why()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var bad = Guid.CreateVersion7();
        await api.Temporal.StartWorkflowAsync("OrderWorkflow", [], new WorkflowOptions(WorkflowIds.Order(bad), "nobody"));
        await api.ExecuteAsync(
            """
            insert into orders.orders (order_id, customer_id, status, attempt, total_cents, item_count, payment_token)
                values (@bad, @Ada, 'PENDING', 2, 100, 1, 'tok_ok');
            insert into orders.starts (order_id, attempt, accepted_at) values (@bad, 2, now() - interval '1 hour')
            """,
            new { bad, ApiApplication.Ada }
        );
        await UntilAsync(
            "select count(*) from orders.starts where tries > 0 and last_error = 'the run of the attempt before has not failed (yet)'",
            cancellation
        );

        var good = await api.AsCustomer(ApiApplication.Ada).PlaceAsync(Stories.Order(ApiApplication.Ada));
        await UntilAsync("select count(*) from orders.starts where started_at is not null", cancellation);

        var run = await api.Temporal.GetWorkflowHandle(WorkflowIds.Order(good)).DescribeAsync();
        Assert.Equal(1, await run.Memo["attempt"].ToValueAsync<int>());
        Assert.Equal(1, await api.CountAsync("select count(*) from orders.starts where started_at is null"));
    }

    private async Task UntilAsync(string count, CancellationToken cancellation)
    {
        while (await api.CountAsync(count) == 0)
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
