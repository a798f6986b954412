using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TemporalDelivery.Database.ReadModel;

namespace TemporalDelivery.Api.Tests;

/// <summary>What is said of changes that cannot be made fits what things are, and not what they were.</summary>
public sealed class ChangesTests(TemporalApplication api) : IClassFixture<TemporalApplication>
{
    private readonly HttpClient ada = api.AsCustomer(ApiApplication.Ada);

    [Fact]
    public async Task A_retry_is_refused_for_what_the_order_is_by_the_tables()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        await api.ExecuteAsync(
            """
            update orders.orders set status = 'COMPLETED' where order_id = @order;
            update orders.order_view set status = 'FAILED', document = document || '{"status": "FAILED"}' where order_id = @order
            """,
            new { order }
        );

        using var answer = await ada.PostAsJsonAsync($"/orders/{order}/retry", new { reason = "again" });

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var problem = await answer.JsonAsync();
        Assert.Equal("NOT_FAILED", problem.GetProperty("code").GetString());
        Assert.EndsWith("this one is COMPLETED.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PICKED_UP", "NOT_RUNNING")]
    [InlineData("DELIVERY_CONFIRMED", "OVER")]
    public async Task A_delivery_that_nothing_works_on_is_over_only_when_it_is(string state, string code)
    {
        var delivery = await api.DeliveryAsync(await ada.PlaceAsync(Stories.Order(ApiApplication.Ada)), state);

        using var answer = await ada.PostAsJsonAsync($"/deliveries/{delivery}/dispute", new { reason = "DAMAGED" });

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(code, (await answer.JsonAsync()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_was_not_bought_had_nothing_taken_off()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        await api.ExecuteAsync(
            "update orders.orders set status = 'FAILED', discount_cents = 500, failure_type = 'OUT_OF_STOCK' where order_id = @order",
            new { order }
        );

        var written = await api.Get<StatusReader>().ReadOrderAsync(order, TestContext.Current.CancellationToken);

        Assert.Equal(0, JsonElement.Parse(written.Json).GetProperty("discountCents").GetInt64());
    }

    [Fact]
    public async Task A_change_of_another_version_than_the_one_that_was_seen_is_a_412()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        using var seen = await ada.GetAsync($"/orders/{order}");

        using var outdated = await CancelAsync(new EntityTagHeaderValue("\"999999\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, outdated.StatusCode);
        Assert.Equal("OUTDATED", (await outdated.JsonAsync()).GetProperty("code").GetString());

        using var done = await CancelAsync(seen.Headers.ETag!);
        Assert.NotEqual(HttpStatusCode.PreconditionFailed, done.StatusCode);

        async Task<HttpResponseMessage> CancelAsync(EntityTagHeaderValue tag)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/orders/{order}/cancel")
            {
                Content = JsonContent.Create(new { reason = "changed my mind" }),
            };
            request.Headers.IfMatch.Add(tag);
            return await ada.SendAsync(request);
        }
    }
}
