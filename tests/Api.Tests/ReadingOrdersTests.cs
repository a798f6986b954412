using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Api.Tests;

public sealed class ReadingOrdersTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient ada = api.AsCustomer(ApiApplication.Ada);

    [Fact]
    public async Task An_unchanged_order_is_not_sent_twice()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        using var first = await ada.GetAsync($"/orders/{order}");

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/orders/{order}")
        {
            Headers = { IfNoneMatch = { first.Headers.ETag! } },
        };
        using var second = await ada.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
    }

    [Fact]
    public async Task A_changed_order_is_sent_again_with_another_tag_as_soon_as_the_database_says_so()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        using var first = await ada.GetAsync($"/orders/{order}");

        await ChangeAsync(order, "VALIDATING");
        HttpResponseMessage next;
        do
        {
            next = await ada.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, $"/orders/{order}") { Headers = { IfNoneMatch = { first.Headers.ETag! } } }
            );
        } while (next.StatusCode == HttpStatusCode.NotModified);

        Assert.Equal("VALIDATING", (await next.JsonAsync()).GetProperty("status").GetString());
        Assert.NotEqual(first.Headers.ETag, next.Headers.ETag);
        next.Dispose();
    }

    [Fact]
    public async Task What_changed_while_the_listeners_connection_was_broken_is_seen()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        using var first = await ada.GetAsync($"/orders/{order}");

        await api.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'temporal-delivery-api-listener' and datname = current_database()"
        );
        await ChangeAsync(order, "VALIDATING");

        string? status;
        do
        {
            status = (await ada.GetFromJsonAsync<JsonElement>($"/orders/{order}")).GetProperty("status").GetString();
        } while (status == "PENDING");
        Assert.Equal("VALIDATING", status);
    }

    [Fact]
    public async Task Somebody_elses_order_is_not_told_from_one_that_does_not_exist()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));

        using var anothers = await api.AsCustomer(ApiApplication.Grace).GetAsync($"/orders/{order}");
        using var nobodys = await api.AsCustomer(ApiApplication.Grace).GetAsync($"/orders/{Guid.CreateVersion7()}");
        using var byOperator = await api.AsOperator().GetAsync($"/orders/{order}");

        Assert.Equal(HttpStatusCode.NotFound, anothers.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, nobodys.StatusCode);
        Assert.Equal(HttpStatusCode.OK, byOperator.StatusCode);
    }

    [Fact]
    public async Task A_list_goes_on_where_its_page_ended_newest_first()
    {
        var grace = api.AsCustomer(ApiApplication.Grace);
        var placed = new List<Guid>();
        for (var count = 0; count < 5; count++)
        {
            placed.Add(await grace.PlaceAsync(Stories.Order(ApiApplication.Grace, "EBOOK-SQL")));
        }

        await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await grace.GetFromJsonAsync<JsonElement>($"/orders?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(order => order.GetProperty("orderId").GetGuid()));
            cursor = page.GetProperty("next").GetString();
        } while (cursor is not null);

        placed.Reverse();
        Assert.Equal(placed, seen);
    }

    [Fact]
    public async Task A_list_can_be_narrowed_to_a_status_and_to_a_customer()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        await ChangeAsync(order, "CANCELLED");

        var cancelled = await api.AsOperator().GetFromJsonAsync<JsonElement>($"/orders?customerId={ApiApplication.Ada}&status=CANCELLED");
        using var anothers = await ada.GetAsync($"/orders?customerId={ApiApplication.Grace}");

        Assert.Equal(order, Assert.Single(cancelled.GetProperty("items").EnumerateArray()).GetProperty("orderId").GetGuid());
        Assert.Equal(HttpStatusCode.Forbidden, anothers.StatusCode);
    }

    [Theory]
    [InlineData("/orders?cursor=nonsense", "cursor")]
    [InlineData("/orders?limit=0", "limit")]
    [InlineData("/orders?limit=100000", "limit")]
    [InlineData("/orders?status=HAPPY", "status")]
    [InlineData("/orders?limit=many", null)]
    [InlineData("/orders?customerId=ada", null)]
    public async Task A_question_that_makes_no_sense_is_a_400(string path, string? pointer)
    {
        using var answer = await ada.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        if (pointer is not null)
        {
            Assert.Equal([pointer], await answer.PointersAsync());
        }
    }

    [Fact]
    public async Task The_workflows_own_word_needs_Temporal_and_says_so()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));

        using var answer = await ada.GetAsync($"/orders/{order}?consistent=true");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(RetryConditionHeaderValue.Parse("1"), answer.Headers.RetryAfter);
    }

    // What the projector does: the row, its document, and the word to the caches.
    private Task ChangeAsync(Guid order, string status) =>
        api.ExecuteAsync(
            """
            update orders.order_view set status = @status, document = jsonb_set(document, '{status}', to_jsonb(@status)), version = version + 1 where order_id = @order;
            select pg_notify('order_view_changed', @order::text)
            """,
            new { order, status }
        );
}
