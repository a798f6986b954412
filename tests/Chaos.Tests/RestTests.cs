namespace TemporalDelivery.Chaos.Tests;

/// <summary>As long as something is to be done, nothing is at rest.</summary>
public sealed class RestTests(ShopInTheEvening shop) : IClassFixture<ShopInTheEvening>
{
    private const string Endpoint = """
        insert into messages.webhook_endpoints (endpoint_id, owner, url, topics, secret, paused_at, pause_reason)
        values (gen_random_uuid(), 'operator:jane', 'http://merchant', '{}', '', PAUSED);
        insert into messages.webhook_deliveries (endpoint_id, position, order_id)
        select endpoint_id, 1, gen_random_uuid() from messages.webhook_endpoints
        """;

    [Fact]
    public async Task In_the_evening_nothing_is_left() => Assert.Equal("", await shop.LeftAsync());

    [Theory]
    [InlineData("1 vouchers to earn", "delete from vouchers.vouchers")]
    [InlineData("1 vouchers to earn", "update vouchers.vouchers set activated_at = null")]
    [InlineData("1 events to publish", "update messages.outbox set position = null where topic = 'order.failed'")]
    [InlineData(
        "2 events that mail has to read",
        "update messages.readers set position = (select max(position) - 2 from messages.outbox) where reader = 'mail'"
    )]
    [InlineData(
        "1 mails to send",
        "insert into messages.mails (mail_id, event_id, position, customer_id, order_id, kind, language, facts) "
            + "select gen_random_uuid(), gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), '', 'en', '{}'"
    )]
    [InlineData("1 deliveries under way", "update deliveries.delivery_orders set active = true where state = 'CANCELLED'")]
    [InlineData(
        "1 deliveries under way, 1 orders under way, 1 orders without a run",
        "update orders.operator_tasks set kind = 'STORY_LOST'"
    )]
    public async Task Whatever_is_left_is_named(string left, string spoil) => Assert.Equal(left, await shop.LeftAsync(spoil));

    [Theory]
    [InlineData("1 webhooks to send", "null, null")]
    [InlineData("", "now(), 'gone'")]
    public async Task An_endpoint_that_is_paused_is_not_waited_for(string left, string paused) =>
        Assert.Equal(left, await shop.LeftAsync(Endpoint.Replace("PAUSED", paused, StringComparison.Ordinal)));

    [Fact]
    public async Task Workflows_of_what_is_over_have_still_to_end() =>
        Assert.Equal(
            "1 workflows of what is over",
            await shop.LeftAsync("", $"order-{ShopInTheEvening.Order("a1")}", $"order-{ShopInTheEvening.Order("a5")}")
        );
}
