using System.Net;
using System.Security.Cryptography;

namespace TemporalDelivery.Api.Tests;

public sealed class PartnerWebhookTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient partner = api.Anybody();
    private readonly string eventId = $"evt-{Guid.NewGuid()}";

    [Fact]
    public async Task A_signed_event_is_stored_and_then_acknowledged()
    {
        var delivery = await DeliveryAsync();

        using var answer = await SendAsync(Event(delivery));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_redelivery_is_acknowledged_and_has_no_effect()
    {
        var delivery = await DeliveryAsync();
        using var first = await SendAsync(Event(delivery));

        using var again = await SendAsync(Event(delivery));

        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Something_else_under_the_same_id_is_acknowledged_kept_and_flagged()
    {
        var delivery = await DeliveryAsync();
        using var first = await SendAsync(Event(delivery));

        using var other = await SendAsync(Event(delivery, type: "FAILED"));
        using var otherAgain = await SendAsync(Event(delivery, type: "FAILED"));

        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, otherAgain.StatusCode);
        Assert.Equal(2, await CountAsync());
        Assert.Equal(1, await CountAsync("CONFLICTING"));
    }

    [Fact]
    public async Task An_event_of_a_type_that_we_do_not_know_is_acknowledged_kept_and_flagged()
    {
        using var answer = await SendAsync($$"""{"eventId":"{{eventId}}","type":"DRIVER_CHANGED","reason":{"driver":7} }""");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(1, await CountAsync("UNKNOWN_TYPE"));
    }

    [Fact]
    public async Task Fields_that_we_do_not_know_and_long_notes_are_no_reason_to_refuse_an_event()
    {
        var delivery = await DeliveryAsync();

        using var answer = await SendAsync(
            $$"""
            {"eventId":"{{eventId}}","type":"FAILED","deliveryOrderId":"{{delivery}}","occurredAt":"2026-11-21T08:00:00Z",
            "note":"{{new string('x', 20_000)}}","driver":{"name":"Joe","moods":[1,2]} }
            """
        );

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(1, await CountAsync());
    }

    [Theory]
    [InlineData("\"123456\"")]
    [InlineData("123456")]
    [InlineData("{\"digits\":[1,2]}")]
    [InlineData("null")]
    public async Task Whatever_comes_as_a_PIN_is_no_reason_to_refuse_an_event(string pin)
    {
        var delivery = await DeliveryAsync();

        using var answer = await SendAsync(
            $$"""
            {"eventId":"{{eventId}}","type":"DELIVERED","deliveryOrderId":"{{delivery}}","occurredAt":"2026-11-21T08:00:00Z","pin":{{pin}}}
            """
        );

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Either_secret_is_right_while_one_is_being_replaced_and_one_right_signature_is_enough()
    {
        var delivery = await DeliveryAsync();

        using var answer = await SendAsync(Event(delivery), key: api.PartnerKeys[1], furtherSignatures: "v1,bm90aGluZw== v2,x");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Fact]
    public async Task A_forged_signature_is_refused()
    {
        var delivery = await DeliveryAsync();

        using var forged = await SendAsync(Event(delivery), key: RandomNumberGenerator.GetBytes(32));
        using var unsigned = await partner.PostAsync("/webhooks/partner", Stories.Raw(Event(delivery)));
        using var tampered = await SendAsync(Event(delivery), sent: Event(delivery, type: "FAILED"));

        Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, unsigned.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, tampered.StatusCode);
        Assert.Equal("application/problem+json", forged.Content.Headers.ContentType?.MediaType);
        Assert.Equal(0, await CountAsync());
    }

    [Theory]
    [InlineData(-301)]
    [InlineData(301)]
    public async Task A_stale_event_and_one_from_the_future_are_refused_though_signed(int seconds)
    {
        var delivery = await DeliveryAsync();

        using var answer = await SendAsync(Event(delivery), at: DateTimeOffset.UtcNow.AddSeconds(seconds + Math.Sign(seconds)));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task An_event_of_four_minutes_ago_is_taken()
    {
        var delivery = await DeliveryAsync();

        using var answer = await SendAsync(Event(delivery), at: DateTimeOffset.UtcNow.AddMinutes(-4));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Fact]
    public async Task An_event_for_an_unknown_delivery_is_a_404_and_nothing_is_stored()
    {
        using var answer = await SendAsync(Event(Guid.CreateVersion7()));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(0, await CountAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"eventId":4}""")]
    [InlineData("""{"eventId":"e","type":"PICKED_UP","deliveryOrderId":"x"}""")]
    public async Task A_signed_event_that_cannot_be_read_is_a_400(string body)
    {
        using var answer = await SendAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Single(await answer.PointersAsync());
    }

    [Fact]
    public async Task A_signed_event_that_says_too_little_is_refused_with_all_that_is_missing()
    {
        using var ofType = await SendAsync("""{"type":"PICKED_UP"}""");
        using var ofNone = await SendAsync("{}");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, ofType.StatusCode);
        Assert.Equal(["#/eventId", "#/deliveryOrderId", "#/occurredAt"], await ofType.PointersAsync());
        Assert.Equal(["#/eventId", "#/type"], await ofNone.PointersAsync());
    }

    [Fact]
    public async Task A_timestamp_that_is_no_number_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/partner") { Content = Stories.Raw("{}") };
        request.Headers.Add("webhook-id", "x");
        request.Headers.Add("webhook-timestamp", "now");
        request.Headers.Add("webhook-signature", "v1,x");
        using var answer = await partner.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private string Event(Guid delivery, string type = "PICKED_UP") =>
        $$"""{"eventId":"{{eventId}}","type":"{{type}}","deliveryOrderId":"{{delivery}}","partnerDeliveryNumber":"PD-1","occurredAt":"2026-11-21T08:00:00Z"}""";

    private async Task<HttpResponseMessage> SendAsync(
        string body,
        byte[]? key = null,
        DateTimeOffset? at = null,
        string? sent = null,
        string? furtherSignatures = null
    )
    {
        var timestamp = (at ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds();
        var signature = SignedWebhook.Sign(key ?? api.PartnerKeys[0], eventId, timestamp, body);
        var signatures = furtherSignatures is null ? signature : $"{furtherSignatures} {signature}";
        return await partner.SendAsync(SignedWebhook.Request("partner", eventId, timestamp, sent ?? body, signatures));
    }

    private Task<long> CountAsync(string? outcome = null) => api.CountEventsAsync(eventId, outcome);

    private async Task<Guid> DeliveryAsync() =>
        await api.DeliveryAsync(await api.AsCustomer(ApiApplication.Ada).PlaceAsync(Stories.Order(ApiApplication.Ada)), "CREATED");
}
