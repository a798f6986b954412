using System.Net;
using System.Net.Http.Json;

namespace TemporalDelivery.Api.Tests;

public sealed class PlacingOrdersTests(ApiApplication api) : IClassFixture<ApiApplication>, IAsyncLifetime
{
    private readonly HttpClient ada = api.AsCustomer(ApiApplication.Ada);
    private readonly string key = Guid.NewGuid().ToString();
    private long before;

    public async ValueTask InitializeAsync() => before = await api.CountOrdersAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_accepted_order_is_PENDING_at_the_catalogues_prices_and_can_be_read_at_once()
    {
        using var answer = await ada.PostAsJsonAsync("/orders", Stories.Order(ApiApplication.Ada, "LAMP-DESK", 2));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var placed = await answer.JsonAsync();
        Assert.Equal("PENDING", placed.GetProperty("status").GetString());
        Assert.Equal(17800, placed.GetProperty("totalCents").GetInt64());
        var read = await ada.GetFromJsonAsync<System.Text.Json.JsonElement>(answer.Headers.Location);
        Assert.Equal(placed.ToString(), read.ToString());
    }

    [Fact]
    public async Task Several_orders_are_accepted_together()
    {
        using var answer = await ada.PostAsJsonAsync(
            "/orders",
            new[] { Stories.Order(ApiApplication.Ada), Stories.Order(ApiApplication.Ada, "EBOOK-SQL") }
        );

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal([8900, 1999], (await answer.JsonAsync()).EnumerateArray().Select(order => order.GetProperty("totalCents").GetInt32()));
        Assert.Equal(before + 2, await api.CountOrdersAsync());
    }

    [Fact]
    public async Task One_bad_order_keeps_all_of_the_request_out_and_every_fault_is_told()
    {
        using var answer = await ada.PostAsJsonAsync(
            "/orders",
            new object[]
            {
                Stories.Order(ApiApplication.Ada),
                new
                {
                    customerId = ApiApplication.Ada,
                    lines = new[] { new { sku = "NO-SUCH", quantity = 0 }, new { sku = "BOOK-RETIRED", quantity = 100_000 } },
                },
            }
        );

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(
            ["#/1/lines/0/sku", "#/1/lines/0/quantity", "#/1/lines/1/sku", "#/1/lines/1/quantity", "#/1/paymentToken"],
            await answer.PointersAsync()
        );
        Assert.Equal(before, await api.CountOrdersAsync());
    }

    [Fact]
    public async Task An_unknown_customer_is_refused()
    {
        var stranger = Guid.CreateVersion7();
        using var answer = await api.AsCustomer(stranger).PostAsJsonAsync("/orders", Stories.Order(stranger, "EBOOK-SQL"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(["#/customerId"], await answer.PointersAsync());
        Assert.Equal(before, await api.CountOrdersAsync());
    }

    [Fact]
    public async Task Physical_articles_need_an_address_and_digital_ones_do_not()
    {
        var addressless = api.AsCustomer(ApiApplication.Addressless);
        using var lamp = await addressless.PostAsJsonAsync("/orders", Stories.Order(ApiApplication.Addressless));
        using var book = await addressless.PostAsJsonAsync("/orders", Stories.Order(ApiApplication.Addressless, "EBOOK-SQL"));

        Assert.Equal(["#/deliveryAddress"], await lamp.PointersAsync());
        Assert.Equal(HttpStatusCode.Created, book.StatusCode);
    }

    [Theory]
    [InlineData("", "#")]
    [InlineData("{", "#")]
    [InlineData("null", "#")]
    [InlineData("[]", "#")]
    [InlineData("[null]", "#/0")]
    [InlineData("\"order\"", "#")]
    [InlineData("""{"customerId":"ada"}""", "#/customerId")]
    [InlineData("""{"customerId":7}""", "#/customerId")]
    [InlineData("""{"lines":{}}""", "#/lines")]
    [InlineData("""{"lines":[{"sku":4}]}""", "#/lines/0/sku")]
    [InlineData("""{"lines":[{"quantity":"1"}]}""", "#/lines/0/quantity")]
    [InlineData("""{"lines":[{"quantity":1.5}]}""", "#/lines/0/quantity")]
    [InlineData("""{"lines":[{"quantity":99999999999}]}""", "#/lines/0/quantity")]
    [InlineData("""{"lines":[{"sku":"\u0000"}]}""", "#/lines/0/sku")]
    [InlineData("""{"lines":[{"sku":"\ud800"}]}""", "#/lines/0/sku")]
    [InlineData("""{"paymentTokem":"tok_ok"}""", "#/paymentTokem")]
    [InlineData("""{"paymentToken":"a","paymentToken":"b"}""", "#/paymentToken")]
    public async Task What_cannot_be_read_is_a_400_that_says_where(string body, string pointer)
    {
        using var answer = await ada.PostAsync("/orders", Stories.Raw(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([pointer], await answer.PointersAsync());
        Assert.Equal(before, await api.CountOrdersAsync());
    }

    [Fact]
    public async Task A_text_without_end_is_refused()
    {
        using var answer = await ada.PostAsync("/orders", Stories.Raw($$"""{"voucherCode":"{{new string('x', 5_000)}}"}"""));

        Assert.Equal(["#/voucherCode"], await answer.PointersAsync());
    }

    [Fact]
    public async Task A_body_without_end_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = Stories.Raw(new string(' ', 2_000_000)) };
        // Who writes on meanwhile may find the connection closed instead of the answer.
        request.Headers.ExpectContinue = true;
        using var answer = await ada.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task The_same_key_and_body_get_the_same_answer_and_one_order()
    {
        using var first = await PostAsync(key, Stories.Order(ApiApplication.Ada));
        using var again = await PostAsync(key, Stories.Order(ApiApplication.Ada));

        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(before + 1, await api.CountOrdersAsync());
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        using var first = await PostAsync(key, Stories.Order(ApiApplication.Ada));
        using var other = await PostAsync(key, Stories.Order(ApiApplication.Ada, quantity: 2));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(["Idempotency-Key"], await other.PointersAsync());
        Assert.Equal(before + 1, await api.CountOrdersAsync());
    }

    [Fact]
    public async Task The_same_key_at_once_many_times_is_one_order_and_one_answer()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ =>
                {
                    using var answer = await PostAsync(key, Stories.Order(ApiApplication.Ada));
                    return (answer.StatusCode, Body: await answer.Content.ReadAsStringAsync());
                })
        );

        Assert.Single(answers.Distinct());
        Assert.Equal(before + 1, await api.CountOrdersAsync());
    }

    [Fact]
    public async Task A_key_belongs_to_the_customer_who_used_it()
    {
        using var hers = await PostAsync(key, Stories.Order(ApiApplication.Ada));
        using var request = Request(key, Stories.Order(ApiApplication.Grace));
        using var anothers = await api.AsCustomer(ApiApplication.Grace).SendAsync(request);

        Assert.Equal(HttpStatusCode.Created, anothers.StatusCode);
        Assert.Equal(before + 2, await api.CountOrdersAsync());
    }

    [Fact]
    public async Task A_key_that_is_no_key_is_refused()
    {
        using var answer = await PostAsync(new string('k', 300), Stories.Order(ApiApplication.Ada));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["Idempotency-Key"], await answer.PointersAsync());
        Assert.Equal(before, await api.CountOrdersAsync());
    }

    [Fact]
    public async Task A_body_of_faults_is_answered_with_less_than_it_says()
    {
        var lines = string.Join(',', Enumerable.Repeat("{}", 60_000));
        var orders = string.Join(',', Enumerable.Repeat($$"""{"lines":[{{string.Join(',', Enumerable.Repeat("{}", 100))}}]}""", 100));

        using var manyLines = await ada.PostAsync(
            "/orders",
            Stories.Raw($$"""{"customerId":"{{ApiApplication.Ada}}","lines":[{{lines}}]}""")
        );
        using var manyFaults = await ada.PostAsync("/orders", Stories.Raw($"[{orders}]"));

        Assert.Equal(["#/lines", "#/paymentToken"], await manyLines.PointersAsync());
        var listed = (await manyFaults.JsonAsync()).GetProperty("errors").EnumerateArray().ToList();
        Assert.Equal(100, listed.Count);
        Assert.Equal("and 20101 more", listed[^1].GetProperty("detail").GetString());
        Assert.InRange((await manyFaults.Content.ReadAsByteArrayAsync()).Length, 1, 20_000);
    }

    [Fact]
    public async Task A_customer_places_orders_for_themselves_and_an_operator_for_anybody()
    {
        using var forAnother = await ada.PostAsJsonAsync("/orders", Stories.Order(ApiApplication.Grace));
        using var byOperator = await api.AsOperator().PostAsJsonAsync("/orders", Stories.Order(ApiApplication.Grace));

        Assert.Equal(HttpStatusCode.Forbidden, forAnother.StatusCode);
        Assert.Equal(HttpStatusCode.Created, byOperator.StatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string idempotencyKey, object order) => ada.SendAsync(Request(idempotencyKey, order));

    private static HttpRequestMessage Request(string idempotencyKey, object order)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = JsonContent.Create(order) };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return request;
    }
}
