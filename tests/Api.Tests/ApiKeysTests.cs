using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TemporalDelivery.Api.ApiKeys;

namespace TemporalDelivery.Api.Tests;

public sealed class ApiKeysTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient admin = api.AsAdmin();
    private readonly HttpClient anybody = api.Anybody();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_shown_once_and_only_its_hash_is_stored()
    {
        using var answer = await admin.PostAsJsonAsync("/api-keys", new { name = "shopfront", role = "client" }, Now);
        var made = await answer.JsonAsync();
        var key = made.GetProperty("key").GetString()!;

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.StartsWith(made.GetProperty("prefix").GetString()!, key, StringComparison.Ordinal);
        Assert.Equal("operator:root", made.GetProperty("createdBy").GetString());
        Assert.InRange((made.GetProperty("expiresAt").GetDateTime() - DateTime.UtcNow).TotalDays, 364, 365);
        var listed = await ListedAsync(made.GetProperty("keyId").GetGuid());
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("key").ValueKind);
        Assert.DoesNotContain(key, listed.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await api.CountAsync($"select count(*) from identity.api_keys k where k::text like '%{key}%'"));
        Assert.Equal(1, await api.CountAsync($"select count(*) from identity.api_keys where hash = sha256('{key}')"));
    }

    [Fact]
    public async Task A_client_places_orders_for_customers_and_is_written_down()
    {
        var (_, key) = await MadeAsync("client", "shopfront");
        using var placed = await SendAsync(HttpMethod.Post, "/orders", key, Stories.Order(ApiApplication.Grace));

        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        var order = (await placed.JsonAsync()).GetProperty("orderId").GetGuid();
        Assert.Equal(
            1,
            await api.CountAsync($"select count(*) from orders.order_audit where order_id = '{order}' and actor = 'client:shopfront'")
        );
        using var read = await SendAsync(HttpMethod.Get, $"/orders/{order}", key);
        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
    }

    [Fact]
    public async Task A_key_may_do_what_its_scopes_say_and_no_more()
    {
        var (_, orders) = await MadeAsync("client", "narrow", "orders");
        var (_, endpoints) = await MadeAsync("client", "narrow", "webhook-endpoints");

        Assert.Equal(
            HttpStatusCode.Created,
            (await SendAsync(HttpMethod.Post, "/orders", orders, Stories.Order(ApiApplication.Ada))).StatusCode
        );
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Get, "/webhook-endpoints", orders)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/webhook-endpoints", endpoints)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await SendAsync(HttpMethod.Post, "/orders", endpoints, Stories.Order(ApiApplication.Ada))).StatusCode
        );
    }

    [Fact]
    public async Task A_revoked_key_is_refused_by_every_host_with_the_next_request()
    {
        await using var other = await api.AnotherAsync();
        var (id, key) = await MadeAsync("client", "leaver");
        Assert.Equal(HttpStatusCode.OK, (await other.CreateClient().GetAsync("/webhook-endpoints", key)).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"/api-keys/{id}", Now)).StatusCode);

        foreach (var client in new[] { anybody, other.CreateClient() })
        {
            using var refused = await client.GetAsync("/webhook-endpoints", key);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("Bearer error=\"invalid_token\"", refused.Headers.WwwAuthenticate.ToString());
        }

        var listed = await ListedAsync(id);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"/api-keys/{id}", Now)).StatusCode);
        Assert.Equal(listed.GetProperty("revokedAt").GetString(), (await ListedAsync(id)).GetProperty("revokedAt").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await admin.DeleteAsync($"/api-keys/{Guid.NewGuid()}", Now)).StatusCode);
    }

    [Fact]
    public async Task A_key_ends_when_its_time_is_over_and_is_forgotten_a_month_later()
    {
        var (id, key) = await MadeAsync("client", "old");
        await api.ExecuteAsync("update identity.api_keys set expires_at = now() where key_id = @id", new { id });
        Assert.Equal(HttpStatusCode.Unauthorized, (await anybody.GetAsync("/webhook-endpoints", key)).StatusCode);

        await api.ExecuteAsync("update identity.api_keys set expires_at = now() - interval '31 days' where key_id = @id", new { id });
        await MadeAsync("client", "new");
        Assert.Equal(0, await api.CountAsync($"select count(*) from identity.api_keys where key_id = '{id}'"));
    }

    [Fact]
    public async Task Its_last_use_is_written_at_most_once_a_minute()
    {
        var (id, key) = await MadeAsync("client", "busy");
        Assert.Equal(JsonValueKind.Null, (await ListedAsync(id)).GetProperty("lastUsedAt").ValueKind);
        await anybody.GetAsync("/webhook-endpoints", key);
        var first = (await ListedAsync(id)).GetProperty("lastUsedAt").GetDateTime();
        await anybody.GetAsync("/webhook-endpoints", key);
        Assert.Equal(first, (await ListedAsync(id)).GetProperty("lastUsedAt").GetDateTime());

        await api.ExecuteAsync(
            "update identity.api_keys set last_used_at = last_used_at - interval '61 seconds' where key_id = @id",
            new { id }
        );
        await anybody.GetAsync("/webhook-endpoints", key);
        Assert.True((await ListedAsync(id)).GetProperty("lastUsedAt").GetDateTime() > first);
    }

    [Theory]
    [InlineData("""{"name":"Shop Front","role":"client"}""", "#/name")]
    [InlineData("""{"name":"x","role":"admin"}""", "#/role")]
    [InlineData("""{"name":"x","role":"client","scopes":["orders","everything"]}""", "#/scopes/1")]
    [InlineData("""{"name":"x","role":"partner","scopes":["orders"]}""", "#/scopes/0")]
    [InlineData("""{"name":"x","role":"client","expiresInDays":731}""", "#/expiresInDays")]
    [InlineData("{}", "#/name", "#/role")]
    public async Task What_no_key_can_be_is_refused(string body, params string[] pointers)
    {
        using var answer = await admin.PostAsync("/api-keys", Stories.Raw(body), Now);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(pointers, await answer.PointersAsync());
    }

    [Theory]
    [InlineData("tdk_")]
    [InlineData("tdk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("TDK_AAAA")]
    public async Task What_is_no_key_is_a_401(string key)
    {
        using var answer = await anybody.GetAsync("/webhook-endpoints", key);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public void Keys_are_made_of_256_random_bits()
    {
        var keys = Enumerable.Range(0, 1_000).Select(_ => ApiKey.Create()).ToHashSet();

        Assert.Equal(1_000, keys.Count);
        Assert.All(keys, key => Assert.Equal(4 + 43, key.Length));
    }

    private async Task<(Guid Id, string Key)> MadeAsync(string role, string name, params string[] scopes)
    {
        using var answer = await admin.PostAsJsonAsync(
            "/api-keys",
            new
            {
                name,
                role,
                scopes,
            },
            Now
        );
        var made = await answer.JsonAsync();
        return (made.GetProperty("keyId").GetGuid(), made.GetProperty("key").GetString()!);
    }

    private async Task<JsonElement> ListedAsync(Guid id) =>
        (await admin.GetFromJsonAsync<JsonElement>("/api-keys?limit=200", Now))
            .GetProperty("items")
            .EnumerateArray()
            .Single(key => key.GetProperty("keyId").GetGuid() == id);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string key, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await anybody.SendAsync(request, Now);
    }
}
