using TemporalDelivery.Activities.Reconciliation;
using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Reconciliation;
using Temporalio.Client;
using Temporalio.Testing;

namespace TemporalDelivery.Activities.Tests.Reconciliation;

/// <summary>Orders that are not over, and what a real Temporal says of their runs, which nobody works on.</summary>
public sealed class StoryReconciliationTests : IAsyncLifetime
{
    private Shop shop = null!;
    private WorkflowEnvironment temporal = null!;
    private StoryReconciliation stories = null!;

    public async ValueTask InitializeAsync()
    {
        shop = await Shop.OpenAsync();
        temporal = await TestTemporal.StartLocalAsync();
        stories = shop.Create<StoryReconciliation>(temporal.Client, new ReconciliationOptions { Quiet = TimeSpan.Zero });
    }

    public async ValueTask DisposeAsync()
    {
        await temporal.DisposeAsync();
        await shop.DisposeAsync();
    }

    [Fact]
    public async Task An_order_whose_run_goes_on_is_left_alone()
    {
        var order = await OrderAsync();
        await RunAsync(WorkflowIds.Order(order));
        await RunAsync(WorkflowIds.Delivery(await DeliveryAsync(order, "PICKED_UP")));

        Assert.Equal(new Reconciled(1, 0, 0), (await ReconcileAsync()).Found);
        Assert.Equal([], await SignalsAsync(order));
    }

    [Fact]
    public async Task An_order_without_a_run_that_goes_on_is_a_task_that_says_why()
    {
        var deleted = await OrderAsync();
        var terminated = await OrderAsync();
        await (await RunAsync(WorkflowIds.Order(terminated))).TerminateAsync("wrong button");

        Assert.Equal(new Reconciled(2, 2, 0), (await ReconcileAsync()).Found);
        Assert.Equal(new Reconciled(2, 2, 0), (await ReconcileAsync()).Found);

        Assert.Equal(
            [
                $"STORY_LOST no run of order-{deleted} is kept any more, and the order is FULFILLMENT",
                $"STORY_LOST the run of order-{terminated} is Terminated, and the order is FULFILLMENT",
            ],
            await shop.ListAsync<string>("select kind || ' ' || detail from orders.operator_tasks order by order_id")
        );
    }

    [Theory]
    [InlineData("CANCELLED", "DeliveryEnded")]
    [InlineData("SUPERSEDED", "DeliveryEnded")]
    [InlineData("PICKED_UP", "DeliveryLost")]
    public async Task An_order_that_has_not_heard_of_its_delivery_is_told(string state, string signal)
    {
        var order = await OrderAsync();
        await RunAsync(WorkflowIds.Order(order));
        await DeliveryAsync(order, state);

        Assert.Equal(new Reconciled(1, 0, 1), (await ReconcileAsync()).Found);
        Assert.Equal([signal], await SignalsAsync(order));
    }

    [Fact]
    public async Task A_delivery_whose_workflow_was_terminated_is_told_to_be_lost()
    {
        var order = await OrderAsync();
        await RunAsync(WorkflowIds.Order(order));
        await (await RunAsync(WorkflowIds.Delivery(await DeliveryAsync(order, "CREATED")))).TerminateAsync("wrong button");

        Assert.Equal(new Reconciled(1, 0, 1), (await ReconcileAsync()).Found);
        Assert.Equal(["DeliveryLost"], await SignalsAsync(order));
    }

    private async Task<ReconciledPage> ReconcileAsync()
    {
        var environment = new ActivityEnvironment();
        await environment.RunAsync(() => stories.ReconcileProjectionsAsync(new ReconciledPlace(null)));
        return await environment.RunAsync(() => stories.ReconcileStoriesAsync(new ReconciledPlace(null)));
    }

    private async Task<IReadOnlyList<string>> SignalsAsync(Guid order)
    {
        var history = await temporal.Client.GetWorkflowHandle(WorkflowIds.Order(order)).FetchHistoryAsync();
        return
        [
            .. history
                .Events.Select(each => each.WorkflowExecutionSignaledEventAttributes?.SignalName)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private Task<WorkflowHandle> RunAsync(string workflowId) =>
        temporal.Client.StartWorkflowAsync("Nobody", [], new WorkflowOptions(workflowId, "nobody"));

    private async Task<Guid> OrderAsync()
    {
        var order = Guid.CreateVersion7();
        await shop.ExecuteAsync(
            """
            insert into orders.orders (order_id, customer_id, status, total_cents, item_count, payment_token, updated_at)
            values (@order, @Ada, 'FULFILLMENT', 1999, 1, 'tok_ok', now() - interval '1 hour');
            insert into orders.payments (payment_id, order_id, attempt, status, amount_cents) values (@order, @order, 1, 'SETTLED', 1999)
            """,
            new { order, Shop.Ada }
        );
        return order;
    }

    private async Task<Guid> DeliveryAsync(Guid order, string state)
    {
        var delivery = Guid.CreateVersion7();
        await shop.ExecuteAsync(
            """
            insert into deliveries.delivery_orders (delivery_order_id, order_id, customer_id, payment_id, order_attempt, attempt, state, active,
                graph_version, address, updated_at)
            values (@delivery, @order, @Ada, @order, 1, 1, @state, @state not in ('CANCELLED', 'SUPERSEDED'), 1, '{}',
                now() - interval '1 hour');
            insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, actor)
            values (@delivery, null, 'CREATED', 'CREATED', 'system')
            """,
            new
            {
                delivery,
                order,
                state,
                Shop.Ada,
            }
        );
        return delivery;
    }
}
