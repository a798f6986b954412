using System.Net;
using System.Net.Sockets;
using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Worker;

namespace TemporalDelivery.Worker.Tests;

public sealed class PaymentEventsTests
{
    private const string Nowhere = "127.0.0.1:1";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("payment.settled", ChargeOutcome.Settled)]
    [InlineData("payment.declined", ChargeOutcome.Declined)]
    public async Task An_event_reaches_the_order_that_waits_for_it_though_Temporal_was_away(string type, ChargeOutcome outcome)
    {
        await using var shop = await Shop.OpenAsync();
        var address = $"127.0.0.1:{FreePort()}";
        var order = await shop.PendingAsync("pay_1");
        await shop.RelayAsync(address);
        await shop.PaymentsSayAsync(order, "evt-1", type, "pay_1");
        await shop.UntilAsync("select tries > 0 from messages.inbox", true);

        await using var temporal = await TestTemporal.StartLocalAsync(address);
        using var worker = new TemporalWorker(temporal.Client, new TemporalWorkerOptions("purchases").AddWorkflow<Purchase>());
        var told = await worker.ExecuteAsync(
            async () =>
            {
                var handle = await temporal.Client.StartWorkflowAsync(
                    (Purchase purchase) => purchase.RunAsync(),
                    new WorkflowOptions(WorkflowIds.Order(order), "purchases")
                );
                return await handle.GetResultAsync().WaitAsync(TimeSpan.FromSeconds(60), Now);
            },
            Now
        );

        Assert.Equal(new PaymentEvent("evt-1", "pay_1", outcome, null), told);
        await shop.UntilAsync("select outcome from messages.inbox", "DELIVERED");
        Assert.Empty(shop.Payments.Refunds);
    }

    [Theory]
    [InlineData("FAILED", "DECLINED")]
    [InlineData("FAILED", "VOIDED")]
    [InlineData("CANCELLED", "PENDING")]
    public async Task What_is_settled_when_the_order_is_over_is_refunded_once(string status, string payment)
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PendingAsync("pay_1");
        await StandAsync(shop, status, payment);
        shop.Payments.Charges["pay_1"] = ChargeOutcome.Settled;
        await shop.RelayAsync(Nowhere);

        await shop.PaymentsSayAsync(order, "evt-1", "payment.settled", "pay_1");
        await shop.UntilAsync("select outcome from messages.inbox", "LATE");
        await shop.PaymentsSayAsync(order, "evt-2", "payment.settled", "pay_1");
        await shop.UntilAsync("select outcome from messages.inbox where event_id = 'evt-2'", "DELIVERED");

        Assert.Equal([("pay_1", $"{order}/1/late/pay_1")], shop.Payments.Refunds);
        Assert.Equal("REFUNDED", await shop.SingleAsync<string>("select status from orders.payments"));
        await NoTasksAsync(shop);
    }

    [Fact]
    public async Task What_only_the_event_calls_settled_is_not_refunded()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PendingAsync("pay_1");
        await StandAsync(shop, "FAILED", "DECLINED");
        shop.Payments.Charges["pay_1"] = ChargeOutcome.Declined;
        await shop.RelayAsync(Nowhere);

        await shop.PaymentsSayAsync(order, "evt-1", "payment.settled", "pay_1");

        await shop.UntilAsync("select outcome from messages.inbox", "LATE");
        Assert.Empty(shop.Payments.Refunds);
        Assert.Equal("DECLINED", await shop.SingleAsync<string>("select status from orders.payments"));
        await NoTasksAsync(shop);
    }

    [Fact]
    public async Task What_was_refunded_and_the_answer_lost_is_written_down_as_refunded()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PendingAsync("pay_1");
        await StandAsync(shop, "FAILED", "VOIDED");
        shop.Payments.Charges["pay_1"] = ChargeOutcome.Declined;
        shop.Payments.Refunded.Add("pay_1");
        await shop.RelayAsync(Nowhere);

        await shop.PaymentsSayAsync(order, "evt-1", "payment.settled", "pay_1");

        await shop.UntilAsync("select outcome from messages.inbox", "LATE");
        Assert.Empty(shop.Payments.Refunds);
        Assert.Equal("REFUNDED", await shop.SingleAsync<string>("select status from orders.payments"));
        await NoTasksAsync(shop);
    }

    [Fact]
    public async Task A_second_charge_of_an_attempt_is_refunded_and_the_first_stays()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PendingAsync("pay_1");
        await StandAsync(shop, "COMPLETED", "SETTLED");
        shop.Payments.Charges["pay_2"] = ChargeOutcome.Settled;
        await shop.RelayAsync(Nowhere);

        await shop.PaymentsSayAsync(order, "evt-1", "payment.settled", "pay_1");
        await shop.PaymentsSayAsync(order, "evt-2", "payment.settled", "pay_2");

        await shop.UntilAsync("select outcome from messages.inbox where event_id = 'evt-2'", "LATE");
        Assert.Equal("pay_2", Assert.Single(shop.Payments.Refunds).PaymentId);
        Assert.Equal("SETTLED pay_1", await shop.SingleAsync<string>("select status || ' ' || provider_payment_id from orders.payments"));
    }

    [Fact]
    public async Task What_is_settled_for_an_earlier_attempt_is_refunded_and_not_told_to_the_later_one()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PendingAsync("pay_1");
        await StandAsync(shop, "PAYMENT_PROCESSING", "VOIDED");
        await shop.SingleAsync<int>("update orders.orders set attempt = 2 returning attempt");
        shop.Payments.Charges["pay_1"] = ChargeOutcome.Settled;
        await shop.RelayAsync(Nowhere);

        await shop.PaymentsSayAsync(order, "evt-1", "payment.settled", "pay_1");

        await shop.UntilAsync("select outcome from messages.inbox", "LATE");
        Assert.Equal("pay_1", Assert.Single(shop.Payments.Refunds).PaymentId);
    }

    [Fact]
    public async Task What_the_provider_does_not_refund_is_an_operators()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PendingAsync("pay_1");
        await StandAsync(shop, "FAILED", "DECLINED");
        shop.Payments.Charges["pay_1"] = ChargeOutcome.Settled;
        shop.Payments.RefusesRefunds = new ApplicationFailureException("too old", errorType: "REQUEST_REFUSED", nonRetryable: true);
        await shop.RelayAsync(Nowhere);

        await shop.PaymentsSayAsync(order, "evt-1", "payment.settled", "pay_1");

        await shop.UntilAsync("select outcome from messages.inbox", "LATE");
        Assert.Equal(
            ("PAYMENT_SETTLED_LATE", $"order-{order}/settled-late/pay_1", true),
            await shop.SingleAsync<(string, string, bool)>("select kind, task_key, closed_at is null from orders.operator_tasks")
        );
    }

    [Fact]
    public async Task A_refund_that_fails_is_tried_again_and_the_operators_task_closes_when_it_is_made()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PendingAsync("pay_1");
        await StandAsync(shop, "FAILED", "DECLINED");
        shop.Payments.Charges["pay_1"] = ChargeOutcome.Settled;
        shop.Payments.RefusesRefunds = new HttpRequestException("503");
        await shop.PaymentsSayAsync(order, "evt-1", "payment.settled", "pay_1");
        await shop.SingleAsync<int>("update messages.inbox set tries = 10 returning tries");
        await shop.RelayAsync(Nowhere);
        await shop.UntilAsync("select count(*) from orders.operator_tasks where closed_at is null", 1L);
        await shop.UntilAsync("select tries from messages.inbox", 11);

        shop.Payments.RefusesRefunds = null;
        await shop.SingleAsync<int>("update messages.inbox set next_try_at = now() returning tries");

        await shop.UntilAsync("select count(*) from orders.operator_tasks where closed_at is null", 0L);
        Assert.Single(shop.Payments.Refunds);
    }

    [Fact]
    public async Task What_is_settled_for_a_lost_workflow_waits_for_the_one_that_is_resumed()
    {
        await using var shop = await Shop.OpenAsync();
        await using var temporal = await TestTemporal.StartLocalAsync();
        var order = await shop.PendingAsync("pay_1");
        await shop.PaymentsSayAsync(order, "evt-1", "payment.settled", "pay_1");
        await shop.SingleAsync<int>("update messages.inbox set tries = 20 returning tries");
        await shop.RelayAsync(temporal.Client.Connection.Options.TargetHost!);
        await shop.UntilAsync("select tries from messages.inbox", 21);

        await temporal.Client.StartWorkflowAsync("OrderWorkflow", [], new($"order-{order}", "nobody"));
        await shop.SingleAsync<int>("update messages.inbox set next_try_at = now() returning tries");

        await shop.UntilAsync("select outcome from messages.inbox", "DELIVERED");
        Assert.Empty(shop.Payments.Refunds);
        await NoTasksAsync(shop);
    }

    [Fact]
    public async Task An_event_waits_while_the_order_is_being_undone()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PendingAsync("pay_1");
        await shop.SingleAsync<bool>("update orders.orders set undoing = true returning undoing");
        await shop.RelayAsync(Nowhere);

        await shop.PaymentsSayAsync(order, "evt-1", "payment.settled", "pay_1");

        await shop.UntilAsync("select tries > 1 and outcome is null from messages.inbox", true);
        Assert.Empty(shop.Payments.Refunds);
    }

    private static async Task StandAsync(Shop shop, string status, string payment)
    {
        await shop.SingleAsync<string>($"update orders.orders set status = '{status}' returning status");
        await shop.SingleAsync<string>($"update orders.payments set status = '{payment}' returning status");
    }

    private static async Task NoTasksAsync(Shop shop) =>
        Assert.Equal(0L, await shop.SingleAsync<long>("select count(*) from orders.operator_tasks"));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
