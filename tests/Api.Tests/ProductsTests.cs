using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Tests;

public sealed class ProductsTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient olga = api.As("admin:olga");
    private readonly HttpClient anybody = api.Anybody();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Anybody_sees_what_is_on_sale_page_by_page_and_never_how_much_there_is()
    {
        var skus = new List<string>();
        string? next = null;
        do
        {
            using var answer = await anybody.GetAsync($"/products?limit=3{(next is null ? "" : $"&cursor={next}")}", Now);
            Assert.Equal("no-cache, private", Sorted(answer.Headers.CacheControl!));
            var page = await answer.JsonAsync();
            skus.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("sku").GetString()!));
            next = page.GetProperty("next").GetString();
        } while (next is not null);

        Assert.Superset(new HashSet<string> { "BOOK-REFACTORING", "EBOOK-TEMPORAL", "VASE-RARE" }, skus.ToHashSet());
        Assert.DoesNotContain("BOOK-RETIRED", skus);
        Assert.Equal(skus.Distinct(), skus);
        Assert.Equal(
            """{"sku":"VASE-RARE","name":"Rare vase","kind":"PHYSICAL","priceCents":25000,"currency":"EUR","""
                + "\"onSale\":true,\"available\":false}",
            await anybody.GetStringAsync("/products/VASE-RARE", Now)
        );
    }

    [Fact]
    public async Task Operators_see_the_stock_too_and_what_is_not_on_sale()
    {
        var listed = (await olga.GetFromJsonAsync<JsonElement>("/products?onSale=false&limit=200", Now)).GetProperty("items");
        var retired = await olga.GetFromJsonAsync<JsonElement>("/products/BOOK-RETIRED", Now);

        Assert.Contains("BOOK-RETIRED", listed.EnumerateArray().Select(item => item.GetProperty("sku").GetString()));
        Assert.All(listed.EnumerateArray(), item => Assert.False(item.GetProperty("onSale").GetBoolean()));
        Assert.Equal((1_000_000, 0, 0), (Int(retired, "onHand"), Int(retired, "reserved"), Int(retired, "inTransit")));
        Assert.False(retired.GetProperty("available").GetBoolean());
        Assert.Equal(HttpStatusCode.Unauthorized, (await anybody.GetAsync("/products?onSale=false", Now)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await api.AsCustomer(ApiApplication.Ada).GetAsync("/products?onSale=false", Now)).StatusCode
        );
    }

    [Theory]
    [InlineData("/products/NO-SUCH", HttpStatusCode.NotFound)]
    [InlineData("/products/A%01", HttpStatusCode.NotFound)]
    [InlineData("/products/book-ddia", HttpStatusCode.NotFound)]
    [InlineData("/products?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("/products?cursor=a", HttpStatusCode.BadRequest)]
    [InlineData("/products?cursor=AA", HttpStatusCode.BadRequest)]
    [InlineData("/products?onSale=perhaps", HttpStatusCode.BadRequest)]
    public async Task What_is_not_there_or_cannot_be_read_is_said(string path, HttpStatusCode status) =>
        Assert.Equal(status, (await anybody.GetAsync(path, Now)).StatusCode);

    [Fact]
    public async Task A_product_is_made_changed_and_seen_at_once_by_who_has_it_cached()
    {
        var sku = await MadeAsync();
        var (tag, hidden) = await TagAsync(anybody, sku);

        Assert.Equal(HttpStatusCode.NotModified, hidden);
        using var dearer = await PutAsync(sku, new { priceCents = 600 });
        Assert.Equal(HttpStatusCode.OK, dearer.StatusCode);
        using var seen = await GetAsync(anybody, sku, tag);

        Assert.Equal(600, Int(await seen.JsonAsync(), "priceCents"));
        Assert.Equal("CREATED null 500 operator:olga new | CHANGED 500 600 operator:olga why", await AuditAsync(sku));
    }

    [Fact]
    public async Task Who_has_it_cached_sees_at_once_that_it_has_come_in()
    {
        var sku = await MadeAsync();
        using var before = await anybody.GetAsync($"/products/{sku}", Now);

        await StockAsync(sku, 2);
        using var after = await GetAsync(anybody, sku, before.Headers.ETag!.Tag);

        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.True((await after.JsonAsync()).GetProperty("available").GetBoolean());
    }

    [Fact]
    public async Task A_change_of_what_has_changed_since_is_refused_and_so_is_a_new_one_of_what_there_is()
    {
        var sku = await MadeAsync();
        var (tag, _) = await TagAsync(olga, sku);
        await StockAsync(sku, 2);

        using var first = await PutAsync(sku, new { priceCents = 600 }, ("If-Match", tag));
        using var second = await PutAsync(sku, new { priceCents = 700 }, ("If-Match", tag));
        using var again = await PutAsync(sku, new { kind = "PHYSICAL", priceCents = 700 }, ("If-None-Match", "*"));
        using var nothing = await PutAsync(sku + "-X", new { kind = "PHYSICAL" }, ("If-Match", "*"));
        using var odd = await PutAsync(sku, new { }, ("If-None-Match", "\"1\""));

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, again.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, nothing.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, odd.StatusCode);
        Assert.Equal(600, Int(await olga.GetFromJsonAsync<JsonElement>($"/products/{sku}", Now), "priceCents"));
    }

    [Fact]
    public async Task A_kind_is_needed_once_and_never_changed()
    {
        var sku = await MadeAsync();

        using var kindless = await PutAsync(sku + "-X", new { });
        using var other = await PutAsync(sku, new { kind = "DIGITAL" });

        Assert.Equal(["#/kind"], await kindless.PointersAsync());
        Assert.Equal(["#/kind"], await other.PointersAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("PHYSICAL", (await olga.GetFromJsonAsync<JsonElement>($"/products/{sku}", Now)).GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("NEW", """{"name":"x","priceCents":0,"onSale":true,"reason":"why"}""", "#/priceCents")]
    [InlineData("NEW", """{"name":"x","priceCents":-1,"onSale":true,"reason":"why"}""", "#/priceCents")]
    [InlineData("NEW", """{"name":"x","priceCents":100000001,"onSale":true,"reason":"why"}""", "#/priceCents")]
    [InlineData("NEW", """{"name":" ","priceCents":1,"onSale":true,"reason":"why"}""", "#/name")]
    [InlineData("NEW", """{"name":"a\nb","priceCents":1,"onSale":true,"reason":"why"}""", "#/name")]
    [InlineData("NEW", """{"name":"x","kind":"GAS","priceCents":1,"onSale":true,"reason":"why"}""", "#/kind")]
    [InlineData("new%20one", """{"name":"x","priceCents":1,"onSale":true,"reason":"why"}""", "sku")]
    [InlineData("NEW%0A", """{"name":"x","priceCents":1,"onSale":true,"reason":"why"}""", "sku")]
    [InlineData("A%2FB", """{"name":"x","priceCents":1,"onSale":true,"reason":"why"}""", "sku")]
    [InlineData("-", "{}", "sku", "#/name", "#/priceCents", "#/onSale", "#/reason")]
    public async Task Every_fault_of_a_product_is_told_and_nothing_is_changed(string sku, string body, params string[] pointers)
    {
        using var answer = await olga.PutAsync($"/products/{sku}", Stories.Raw(body), Now);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(pointers, await answer.PointersAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await olga.GetAsync("/products/NEW", Now)).StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"x","priceCents":12.5,"onSale":true,"reason":"why"}""", "#/priceCents")]
    [InlineData("""{"name":"x","priceCents":99999999999999999999,"onSale":true,"reason":"why"}""", "#/priceCents")]
    [InlineData("""{"name":"x","price":1,"onSale":true,"reason":"why"}""", "#/price")]
    public async Task What_is_of_the_wrong_type_is_told_where(string body, string pointer)
    {
        using var answer = await olga.PutAsync("/products/NEW", Stories.Raw(body), Now);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([pointer], await answer.PointersAsync());
    }

    [Theory]
    [InlineData("""{"change":0,"reason":"counted"}""", "#/change")]
    [InlineData("""{"change":1000001,"reason":"counted"}""", "#/change")]
    [InlineData("""{"change":-2147483648,"reason":"counted"}""", "#/change")]
    [InlineData("""{"change":1}""", "#/reason")]
    [InlineData("{}", "#/change", "#/reason")]
    public async Task Every_fault_of_a_change_of_stock_is_told(string body, params string[] pointers)
    {
        using var answer = await olga.PostAsync("/products/LAMP-DESK/stock", Stories.Raw(body), Now);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(pointers, await answer.PointersAsync());
    }

    [Fact]
    public async Task No_more_is_written_off_than_is_free_and_no_more_put_there_than_can_be_counted()
    {
        var sku = await MadeAsync();
        await StockAsync(sku, 5);
        await api.ExecuteAsync("update orders.stock set reserved = 3 where sku = @sku", new { sku });

        using var refused = await StockAsync(sku, -3);
        using var taken = await StockAsync(sku, -2);
        await api.ExecuteAsync("update orders.stock set on_hand = 1000000000 where sku = @sku", new { sku });
        using var full = await StockAsync(sku, 1);
        using var unknown = await StockAsync("NO-SUCH", 1);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(2, Int(await refused.JsonAsync(), "free"));
        var left = await taken.JsonAsync();
        Assert.Equal((3, 3), (Int(left, "onHand"), Int(left, "reserved")));
        Assert.Equal(HttpStatusCode.Conflict, full.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_with_the_host_is_not_made_twice()
    {
        var sku = await MadeAsync();
        using var first = await StockAsync(sku, 4, ("Idempotency-Key", sku));
        // The host dies between the effect and the answer: nothing is stored under the key, and its lease ends.
        await api.ExecuteAsync(
            "update orders.idempotency_keys set status_code = null, body = null, running_till = now() where key = @sku",
            new { sku }
        );

        using var again = await StockAsync(sku, 4, ("Idempotency-Key", sku));
        using var other = await StockAsync(sku, 5, ("Idempotency-Key", sku));

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(4, Int(await again.JsonAsync(), "onHand"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Fact]
    public async Task An_order_keeps_the_price_that_it_was_accepted_at()
    {
        var sku = await MadeAsync();
        await StockAsync(sku, 5);
        var ada = api.AsCustomer(ApiApplication.Ada);
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada, sku, 2));

        using var dearer = await PutAsync(sku, new { priceCents = 900 });
        var admitted = await AdmitAsync(order);

        Assert.Equal(new OrderAdmission(OrderStatus.PaymentProcessing), admitted);
        Assert.Equal(1000, await api.CountAsync($"select amount_cents from orders.payments where order_id = '{order}'"));
        Assert.Equal(1000, await api.CountAsync($"select total_cents from orders.orders where order_id = '{order}'"));
        Assert.Equal(2, Int(await olga.GetFromJsonAsync<JsonElement>($"/products/{sku}", Now), "reserved"));
        var later = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada, sku, 1));
        Assert.Equal(900, await api.CountAsync($"select total_cents from orders.orders where order_id = '{later}'"));
    }

    [Fact]
    public async Task What_is_taken_off_sale_before_it_was_validated_fails_the_order()
    {
        var sku = await MadeAsync();
        await StockAsync(sku, 5);
        var ada = api.AsCustomer(ApiApplication.Ada);
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada, sku));

        using var off = await PutAsync(sku, new { onSale = false });

        Assert.Equal(OrderFailure.OrderInvalid, (await AdmitAsync(order)).FailureType);
        using var refused = await ada.PostAsJsonAsync("/orders", Stories.Order(ApiApplication.Ada, sku), Now);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Fact]
    public async Task Only_the_staff_changes_products()
    {
        var body = Stories.Raw("""{"name":"x","kind":"DIGITAL","priceCents":1,"onSale":true,"reason":"why"}""");

        Assert.Equal(HttpStatusCode.Unauthorized, (await anybody.PutAsync("/products/NEW", body, Now)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.AsCustomer(ApiApplication.Ada).PutAsync("/products/NEW", body, Now)).StatusCode);
        using var stock = await api.AsCustomer(ApiApplication.Ada).PostAsJsonAsync("/products/LAMP-DESK/stock", new { change = 1 }, Now);
        Assert.Equal(HttpStatusCode.Forbidden, stock.StatusCode);
    }

    // VALIDATING, as the worker does it.
    private async Task<OrderAdmission> AdmitAsync(Guid order)
    {
        await using var stores = new ServiceCollection().AddSingleton(api.Database.DataSource).AddDatabase().BuildServiceProvider();
        return await stores.GetRequiredService<OrderSteps>().AdmitOrderAsync(new OrderAttempt(order, 1));
    }

    private async Task<string> MadeAsync()
    {
        var sku = $"SHELF-{Guid.NewGuid():N}".ToUpperInvariant();
        using var made = await PutAsync(sku, new { kind = "PHYSICAL", reason = "new" }, ("If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(0, Int(await made.JsonAsync(), "onHand"));
        return sku;
    }

    private async Task<HttpResponseMessage> PutAsync(string sku, object changes, params (string Name, string Value)[] headers)
    {
        var body = new Dictionary<string, object>
        {
            ["name"] = "Shelf",
            ["priceCents"] = 500,
            ["onSale"] = true,
            ["reason"] = "why",
        };
        foreach (var property in changes.GetType().GetProperties())
        {
            body[property.Name] = property.GetValue(changes)!;
        }

        return await SendAsync(olga, HttpMethod.Put, $"/products/{sku}", body, headers);
    }

    private Task<HttpResponseMessage> StockAsync(string sku, int change, params (string Name, string Value)[] headers) =>
        SendAsync(olga, HttpMethod.Post, $"/products/{sku}/stock", new { change, reason = "counted" }, headers);

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string sku, string tag) =>
        SendAsync(client, HttpMethod.Get, $"/products/{sku}", null, ("If-None-Match", tag));

    private static async Task<(string Tag, HttpStatusCode Again)> TagAsync(HttpClient client, string sku)
    {
        using var first = await client.GetAsync($"/products/{sku}", Now);
        using var second = await GetAsync(client, sku, first.Headers.ETag!.Tag);
        return (first.Headers.ETag!.Tag, second.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        object? body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, Now);
    }

    private async Task<string> AuditAsync(string sku)
    {
        await using var connection = await api.Database.DataSource.OpenConnectionAsync(Now);
        return string.Join(
            " | ",
            await connection.QueryAsync<string>(
                """
                select concat_ws(' ', event, coalesce(was ->> 'priceCents', 'null'), became ->> 'priceCents', actor, reason)
                from orders.product_audit
                where sku = @sku
                order by audit_id
                """,
                new { sku }
            )
        );
    }

    private static string Sorted(CacheControlHeaderValue header) =>
        string.Join(", ", header.ToString().Split(", ").Order(StringComparer.Ordinal));

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
