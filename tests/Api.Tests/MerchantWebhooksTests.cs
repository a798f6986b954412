using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Api.Tests;

public sealed class MerchantWebhooksTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient shopfront = api.AsClient("shopfront");

    [Fact]
    public async Task An_endpoint_shows_its_secret_once_and_is_found_listed_and_forgotten()
    {
        var made = await AddAsync("https://shop.example.com/hook", "order.*", "delivery.confirmed", "order.*");
        var path = $"/webhook-endpoints/{Text(made, "endpointId")}";

        Assert.StartsWith("whsec_", Text(made, "secret"), StringComparison.Ordinal);
        Assert.Equal(32, Convert.FromBase64String(Text(made, "secret")!["whsec_".Length..]).Length);
        Assert.Equal("client:shopfront", Text(made, "owner"));
        Assert.Equal("""["order.*","delivery.confirmed"]""", made.GetProperty("topics").GetRawText());
        var found = await shopfront.GetFromJsonAsync<JsonElement>(path);
        Assert.False(found.TryGetProperty("secret", out var shown) && shown.ValueKind != JsonValueKind.Null);
        Assert.Contains(
            Text(made, "endpointId")!,
            await shopfront.GetStringAsync("/webhook-endpoints?limit=200"),
            StringComparison.Ordinal
        );

        Assert.Equal(HttpStatusCode.NoContent, (await shopfront.DeleteAsync(path)).StatusCode);

        Assert.Equal(HttpStatusCode.NotFound, (await shopfront.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shopfront.GetAsync($"{path}/deliveries")).StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await shopfront.PostAsJsonAsync($"{path}/resend", new { since = DateTime.UtcNow })).StatusCode
        );
    }

    [Fact]
    public async Task A_request_that_is_sent_again_makes_one_endpoint_and_answers_the_same()
    {
        var key = Guid.CreateVersion7().ToString();

        var answers = new[] { await SendAsync(), await SendAsync() };

        Assert.Equal(answers[0], answers[1]);

        async Task<string> SendAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/webhook-endpoints")
            {
                Content = JsonContent.Create(new { url = "https://once.example.com/hook", topics = new[] { "order.*" } }),
                Headers = { { "Idempotency-Key", key } },
            };
            using var answer = await shopfront.SendAsync(request);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Theory]
    [InlineData("""{"topics":["order.*"]}""", "URL_INVALID")]
    [InlineData("""{"url":"shop","topics":["order.*"]}""", "URL_INVALID")]
    [InlineData("""{"url":"http://shop.example.com","topics":["order.*"]}""", "URL_NOT_HTTPS")]
    [InlineData("""{"url":"file:///etc/passwd","topics":["order.*"]}""", "URL_NOT_HTTPS")]
    [InlineData("""{"url":"https://u:p@shop.example.com","topics":["order.*"]}""", "URL_INVALID")]
    [InlineData("""{"url":"https://shop.example.com/\r\nhost: x","topics":["order.*"]}""", "URL_INVALID")]
    [InlineData("""{"url":"https://\u2488com/","topics":["order.*"]}""", "URL_INVALID")]
    [InlineData("""{"url":"https://127.0.0.1/hook","topics":["order.*"]}""", "URL_NOT_PUBLIC")]
    [InlineData("""{"url":"https://[::1]/hook","topics":["order.*"]}""", "URL_NOT_PUBLIC")]
    [InlineData("""{"url":"https://2130706433/hook","topics":["order.*"]}""", "URL_NOT_PUBLIC")]
    [InlineData("""{"url":"https://localhost/hook","topics":["order.*"]}""", "URL_NOT_PUBLIC")]
    [InlineData("""{"url":"https://postgres/hook","topics":["order.*"]}""", "URL_NOT_PUBLIC")]
    [InlineData("""{"url":"https://shop.example.com","topics":[]}""", "TOPICS_MISSING")]
    [InlineData("""{"url":"https://shop.example.com"}""", "TOPICS_MISSING")]
    [InlineData("""{"url":"https://shop.example.com","topics":["customer.voucher_earned"]}""", "UNKNOWN_TOPIC")]
    public async Task What_is_wrong_with_an_endpoint_is_said_and_nothing_is_made(string body, string code)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));

        using var answer = await shopfront.PostAsync("/webhook-endpoints", content);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains($"\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_rotated_is_another_and_says_until_when_the_old_one_signs_too()
    {
        var made = await AddAsync("https://rotating.example.com/hook", "order.*");
        var path = $"/webhook-endpoints/{Text(made, "endpointId")}/rotate-secret";

        var rotated = await (await shopfront.PostAsJsonAsync(path, new { overlapHours = 2 })).Content.ReadFromJsonAsync<JsonElement>();
        using var refused = await shopfront.PostAsJsonAsync(path, new { overlapHours = 200 });

        Assert.NotEqual(Text(made, "secret"), Text(rotated, "secret"));
        Assert.InRange(
            rotated.GetProperty("oldSecretTill").GetDateTime(),
            DateTime.UtcNow.AddMinutes(100),
            DateTime.UtcNow.AddMinutes(125)
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Fact]
    public async Task What_became_of_telling_an_endpoint_is_listed_the_latest_first_and_sent_again_on_demand()
    {
        var made = await AddAsync("https://listing.example.com/hook", "order.accepted");
        var (path, endpoint) = ($"/webhook-endpoints/{Text(made, "endpointId")}", Guid.Parse(Text(made, "endpointId")!));
        var since = DateTimeOffset.UtcNow.AddMinutes(-1);
        await api.ExecuteAsync(
            """
            insert into messages.outbox (event_id, topic, aggregate_id, occasion, payload, position)
            select gen_random_uuid(), 'order.accepted', gen_random_uuid(), 'told', '{}',
                n + (select coalesce(max(position), 0) from messages.outbox)
            from generate_series(1, 3) n
            """,
            new { }
        );

        using var resent = await shopfront.PostAsJsonAsync($"{path}/resend", new { since });
        var events = (await resent.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("events").GetInt32();
        var first = await shopfront.GetFromJsonAsync<JsonElement>($"{path}/deliveries?limit=2&waiting=true");
        var rest = await shopfront.GetFromJsonAsync<JsonElement>($"{path}/deliveries?limit=200&cursor={Text(first, "next")}");
        var listed = first.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()).ToList();

        Assert.True(events >= 3);
        Assert.Equal(events, listed.Count);
        Assert.All(listed, webhook => Assert.Equal(("WAITING", "order.accepted"), (Text(webhook, "state"), Text(webhook, "topic"))));
        Assert.Equal(events, (await shopfront.GetFromJsonAsync<JsonElement>(path)).GetProperty("waiting").GetInt32());
        var one = new { eventId = Text(listed[0], "eventId") };
        Assert.Equal(HttpStatusCode.OK, (await shopfront.PostAsJsonAsync($"{path}/resend", one)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shopfront.PostAsJsonAsync($"{path}/resend", new { eventId = endpoint })).StatusCode);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await shopfront.PostAsJsonAsync($"{path}/resend", new { one.eventId, since })).StatusCode
        );
    }

    [Fact]
    public async Task Customers_have_no_endpoints()
    {
        using var answer = await api.AsCustomer(ApiApplication.Ada).GetAsync("/webhook-endpoints");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private async Task<JsonElement> AddAsync(string url, params string[] topics)
    {
        using var answer = await shopfront.PostAsJsonAsync("/webhook-endpoints", new { url, topics });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
