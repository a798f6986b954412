using Refit;
using TemporalDelivery.Activities.Partner;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Activities.Tests;

public sealed class PartnerTests
{
    private static readonly DeliveryBooking Booking = new(
        Guid.CreateVersion7(),
        Guid.CreateVersion7(),
        1,
        new Address("Ada", "Way 1", null, "10115", "Berlin", "DE"),
        [new OrderLine("BOOK-DDIA", "Designing", 2, 4550, LineKind.Physical)]
    );

    [Fact]
    public async Task A_booking_is_keyed_by_its_delivery_order()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(201, $$"""{"deliveryOrderId":"{{Booking.DeliveryOrderId}}","accepted":true}""");

        var result = await shop.RunAsync<PartnerActivities, BookingResult>(partner => partner.BookDeliveryAsync(Booking));

        Assert.Equal(new BookingResult(true, null), result);
        var asked = Assert.Single(shop.Partner.Requests);
        Assert.Equal(("POST /deliveries", Booking.DeliveryOrderId.ToString()), (asked.Call, asked.Key));
        Assert.Equal(
            ("Berlin", "BOOK-DDIA", 2),
            ((string)asked.Body!["address"]!["city"]!, (string)asked.Body["lines"]![0]!["sku"]!, (int)asked.Body["lines"]![0]!["quantity"]!)
        );
    }

    [Fact]
    public async Task A_refused_booking_is_an_answer()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(200, $$"""{"deliveryOrderId":"{{Booking.DeliveryOrderId}}","accepted":false,"reason":"too heavy"}""");

        Assert.Equal(
            new BookingResult(false, "too heavy"),
            await shop.RunAsync<PartnerActivities, BookingResult>(partner => partner.BookDeliveryAsync(Booking))
        );
    }

    [Fact]
    public async Task A_partner_that_is_out_of_order_is_left_to_the_retries()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(500, "{}");

        await Assert.ThrowsAnyAsync<ApiException>(() =>
            shop.RunAsync<PartnerActivities, BookingResult>(partner => partner.BookDeliveryAsync(Booking))
        );
    }

    [Fact]
    public async Task What_the_partner_knows_comes_with_its_events()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(
            200,
            """
            {"deliveryOrderId":"00000000-0000-0000-0000-000000000001","state":"PICKED_UP","partnerDeliveryNumber":"PD-1",
             "events":[{"eventId":"evt-1","type":"PICKED_UP","partnerDeliveryNumber":"PD-1","occurredAt":"2026-11-21T10:00:00+00:00"}]}
            """
        );

        var report = await AskAsync(shop);

        Assert.True(report.Known);
        Assert.Equal(
            new PartnerEvent(
                "evt-1",
                "PICKED_UP",
                "PD-1",
                null,
                null,
                DateTimeOffset.Parse("2026-11-21T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
            ),
            Assert.Single(report.Events)
        );
    }

    [Fact]
    public async Task A_delivery_that_the_partner_does_not_know_is_an_answer()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(404, """{"title":"Not Found"}""");

        var report = await AskAsync(shop);

        Assert.False(report.Known);
        Assert.Empty(report.Events);
    }

    [Theory]
    [InlineData(200, """{"state":"CANCELLED"}""", true)]
    [InlineData(404, """{"title":"Not Found"}""", true)]
    [InlineData(409, """{"title":"Conflict","detail":"Delivery 7 has been picked up."}""", false)]
    public async Task A_cancellation_is_refused_only_when_it_was_picked_up(int status, string body, bool cancelled)
    {
        await using var shop = await Shop.OpenAsync();
        shop.Partner.Answers(status, body);

        var result = await shop.RunAsync<PartnerActivities, BookingCancellation>(partner =>
            partner.CancelBookingAsync(new(Booking.DeliveryOrderId))
        );

        Assert.Equal(new BookingCancellation(cancelled, cancelled ? null : "Delivery 7 has been picked up."), result);
    }

    private static Task<PartnerReport> AskAsync(Shop shop) =>
        shop.RunAsync<PartnerActivities, PartnerReport>(partner => partner.AskPartnerAsync(new(Booking.DeliveryOrderId)));
}
