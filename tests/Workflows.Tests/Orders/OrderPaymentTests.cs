using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Tests.Shop;

namespace TemporalDelivery.Workflows.Tests.Orders;

/// <summary>A provider that does not know yet.</summary>
public sealed class OrderPaymentTests
{
    [Theory]
    [InlineData(ChargeOutcome.Settled, OrderStatus.Completed)]
    [InlineData(ChargeOutcome.Declined, OrderStatus.Failed)]
    public async Task A_pending_payment_goes_on_with_the_providers_event(ChargeOutcome outcome, OrderStatus status)
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;
        var input = AnOrder.Of(AnOrder.Ebook());

        var order = await shop.PlaceAsync(input);
        await shop.UntilAsync(journal => journal.Contains("charged 1999"));
        await order.SignalAsync(workflow =>
            workflow.PaymentEventAsync(new PaymentEvent("e-0", "another charge", ChargeOutcome.Declined, null))
        );
        await order.SignalAsync(workflow =>
            workflow.PaymentEventAsync(new PaymentEvent("e-0", $"pay-{input.OrderId}", ChargeOutcome.Pending, null))
        );
        await order.SignalAsync("PaymentEvent", [new { eventId = "e-0", outcome = "SETTLED" }]);
        await order.SignalAsync(workflow => workflow.PaymentEventAsync(null!));
        await order.SignalAsync(workflow =>
            workflow.PaymentEventAsync(new PaymentEvent("e-1", $"pay-{input.OrderId}", outcome, "no money"))
        );
        await order.SignalAsync(workflow =>
            workflow.PaymentEventAsync(new PaymentEvent("e-1", $"pay-{input.OrderId}", outcome, "no money"))
        );

        if (status == OrderStatus.Completed)
        {
            Assert.Equal(status, (await order.GetResultAsync()).Status);
        }
        else
        {
            Assert.Equal(OrderFailure.PaymentDeclined, (await OpenShop.FailureOfAsync(order)).ErrorType);
            Assert.Contains("released", shop.Floor.Journal);
        }

        Assert.Contains($"payment {outcome.WireName()}", shop.Floor.Journal);
    }

    [Fact]
    public async Task A_payment_that_is_declined_without_a_reason_says_that_it_was_declined()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;
        var input = AnOrder.Of(AnOrder.Ebook());

        var order = await shop.PlaceAsync(input);
        await order.SignalAsync(workflow =>
            workflow.PaymentEventAsync(new PaymentEvent("e-1", $"pay-{input.OrderId}", ChargeOutcome.Declined, null))
        );

        Assert.Equal("the payment was declined", (await OpenShop.FailureOfAsync(order)).Message);
    }

    [Fact]
    public async Task The_providers_event_may_come_before_its_answer()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;
        shop.Floor.Trouble("ChargePayment", times: 1);
        var input = AnOrder.Of(AnOrder.Ebook());

        var order = await shop.PlaceAsync(input);
        await order.SignalAsync(workflow =>
            workflow.PaymentEventAsync(new PaymentEvent("e-1", $"pay-{input.OrderId}", ChargeOutcome.Settled, null))
        );

        Assert.Equal(OrderStatus.Completed, (await order.GetResultAsync()).Status);
        Assert.DoesNotContain("asked for the payment", shop.Floor.Journal);
    }

    [Fact]
    public async Task While_the_providers_event_does_not_come_the_provider_is_asked_and_a_lost_event_heals_itself()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;
        shop.Floor.ChargeLater = ChargeOutcome.Settled;
        var began = await shop.NowAsync();

        var view = await (await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()))).GetResultAsync();

        Assert.Equal(OrderStatus.Completed, view.Status);
        Assert.Contains("asked for the payment", shop.Floor.Journal);
        Assert.InRange(await shop.NowAsync() - began, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_provider_that_still_does_not_know_is_asked_ever_less_often_until_the_deadline()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;
        var order = await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook()));

        await OpenShop.FailureOfAsync(order);

        var asked = (await order.FetchHistoryAsync()).Events.Count(happened =>
            happened.ActivityTaskScheduledEventAttributes?.ActivityType.Name == "CheckPayment"
        );
        // After 1, 3, 7, 15, 31 minutes and at the hour.
        Assert.Equal(6, asked);
    }

    [Fact]
    public async Task A_payment_still_pending_past_the_deadline_is_voided_and_the_order_fails()
    {
        await using var shop = await OpenShop.OpenAsync();
        shop.Floor.Charge = ChargeOutcome.Pending;

        var failure = await OpenShop.FailureOfAsync(await shop.PlaceAsync(AnOrder.Of(AnOrder.Ebook())));

        Assert.Equal(OrderFailure.PaymentTimedOut, failure.ErrorType);
        Assert.Equal(
            ["asked for the payment", "refunded", "released"],
            shop.Floor.Journal.SkipWhile(entry => entry != "asked for the payment").Take(3)
        );
    }
}
