using System.Net;

namespace TemporalDelivery.Api.Tests;

public sealed class PaymentWebhookTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient provider = api.Anybody();
    private readonly string eventId = $"evt_{Guid.NewGuid():N}";

    [Fact]
    public async Task A_signed_event_is_stored_once_and_acknowledged_each_time()
    {
        var order = await OrderAsync();

        using var first = await SendAsync(Event(order));
        using var again = await SendAsync(Event(order), key: api.PaymentKeys[1]);

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal(1, await api.CountEventsAsync(eventId));
        Assert.Equal(
            1,
            await api.CountAsync($"select count(*) from messages.inbox where sender = 'payments' and aggregate_id = '{order}'")
        );
    }

    [Fact]
    public async Task The_partners_secret_does_not_sign_for_the_payment_provider()
    {
        var order = await OrderAsync();

        using var forged = await SendAsync(Event(order), key: api.PartnerKeys[0]);
        using var stale = await SendAsync(Event(order), at: DateTimeOffset.UtcNow.AddMinutes(-6));

        Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, stale.StatusCode);
        Assert.Equal(0, await api.CountEventsAsync(eventId));
    }

    [Fact]
    public async Task Something_else_under_the_same_id_is_kept_and_flagged()
    {
        var order = await OrderAsync();
        using var first = await SendAsync(Event(order));

        using var other = await SendAsync(Event(order, type: "payment.declined"));

        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
        Assert.Equal(1, await api.CountEventsAsync(eventId, "CONFLICTING"));
    }

    [Fact]
    public async Task What_we_do_not_know_is_kept_and_flagged()
    {
        using var answer = await SendAsync($$"""{"eventId":"{{eventId}}","type":"payout.paid","attempt":"none"}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(1, await api.CountEventsAsync(eventId, "UNKNOWN_TYPE"));
    }

    [Fact]
    public async Task An_event_about_no_order_or_that_says_too_little_is_refused()
    {
        using var unknown = await SendAsync(Event(Guid.CreateVersion7()));
        using var little = await SendAsync("""{"type":"payment.settled","attempt":0}""");

        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, little.StatusCode);
        Assert.Equal(["#/eventId", "#/paymentId", "#/orderId", "#/attempt"], await little.PointersAsync());
    }

    // With a field that we do not know.
    private string Event(Guid order, string type = "payment.settled") =>
        $$"""
            {"eventId":"{{eventId}}","type":"{{type}}","paymentId":"pay_1","orderId":"{{order}}","attempt":1,
            "occurredAt":"2026-11-21T08:00:00Z","fee":{"cents":7} }
            """;

    private Task<HttpResponseMessage> SendAsync(string body, byte[]? key = null, DateTimeOffset? at = null)
    {
        var timestamp = (at ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds();
        var signature = SignedWebhook.Sign(key ?? api.PaymentKeys[0], eventId, timestamp, body);
        return provider.SendAsync(SignedWebhook.Request("payments", eventId, timestamp, body, signature));
    }

    private Task<Guid> OrderAsync() => api.AsCustomer(ApiApplication.Ada).PlaceAsync(Stories.Order(ApiApplication.Ada));
}
