using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Tests;

public sealed class IdempotencyTests(TemporalApplication api) : IClassFixture<TemporalApplication>
{
    private readonly HttpClient ada = api.AsCustomer(ApiApplication.Ada);
    private readonly HttpClient olga = api.AsOperator();
    private readonly string key = Guid.CreateVersion7().ToString();

    [Fact]
    public async Task A_repeated_cancellation_is_answered_as_the_first_to_the_byte()
    {
        var order = await StartedAsync();

        var first = await SendAsync(ada, $"/orders/{order}/cancel", new { reason = "changed my mind" });
        var again = await SendAsync(ada, $"/orders/{order}/cancel", new { reason = "changed my mind" });

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(first, again);
    }

    [Fact]
    public async Task A_refusal_is_repeated_too()
    {
        var order = await StartedAsync();

        var first = await SendAsync(ada, $"/orders/{order}/cancel", new { reason = StubOrderWorkflow.TooLate });
        var again = await SendAsync(ada, $"/orders/{order}/cancel", new { reason = StubOrderWorkflow.TooLate });

        Assert.Equal(HttpStatusCode.Conflict, first.StatusCode);
        Assert.Equal(first, again);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_a_422_and_does_nothing()
    {
        var order = await StartedAsync();
        await SendAsync(ada, $"/orders/{order}/cancel", new { reason = StubOrderWorkflow.TooLate });

        var other = await SendAsync(ada, $"/orders/{order}/cancel", new { reason = "changed my mind" });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Contains("KEY_REUSED", other.Body, StringComparison.Ordinal);
        Assert.Equal("PAYMENT_PROCESSING", await StatusAsync(order));
    }

    [Fact]
    public async Task A_key_is_its_actors_and_its_routes_alone()
    {
        var (order, other) = (await StartedAsync(), await StartedAsync());
        var refusal = new { reason = StubOrderWorkflow.TooLate };
        var adas = await SendAsync(ada, $"/orders/{order}/cancel", refusal);

        var operators = await SendAsync(olga, $"/orders/{order}/cancel", new { reason = "asked on the phone" });
        var ofAnother = await SendAsync(ada, $"/orders/{other}/cancel", new { reason = "changed my mind" });
        var adasAgain = await SendAsync(ada, $"/orders/{order}/cancel", refusal);

        Assert.Equal(HttpStatusCode.OK, operators.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ofAnother.StatusCode);
        Assert.Equal(adas, adasAgain);
    }

    [Fact]
    public void No_two_requests_become_the_same_update_of_a_workflow()
    {
        IdempotentRequest[] requests =
        [
            new("ada POST /x", "key", [1]),
            new("ada POST /x", "key", [2]),
            new("ada POST /x", "yek", [1]),
            new("joe POST /x", "key", [1]),
            new("ada PUT /x", "key", [1]),
        ];

        Assert.Equal(requests.Length, requests.Select(request => new IdempotentCall(request).UpdateId).Distinct().Count());
        Assert.Equal(new IdempotentCall(requests[0]).UpdateId, new IdempotentCall(requests[0] with { }).UpdateId);
    }

    [Fact]
    public async Task While_the_request_is_running_its_repetition_is_a_409_that_says_when_to_come_again()
    {
        var order = await StartedAsync();
        await SendAsync(ada, $"/orders/{order}/cancel", new { reason = StubOrderWorkflow.TooLate });
        await api.ExecuteAsync(
            "update orders.idempotency_keys set status_code = null, body = null, running_till = now() + interval '1 hour' where key = @key",
            new { key }
        );

        using var request = Request($"/orders/{order}/cancel", new { reason = StubOrderWorkflow.TooLate });
        using var answer = await ada.SendAsync(request);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("KEY_IN_USE", (await answer.JsonAsync()).GetProperty("code").GetString());
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task The_answer_of_a_host_that_died_is_the_workflows_first()
    {
        var order = await StartedAsync();
        var first = await SendAsync(ada, $"/orders/{order}/cancel", new { reason = "changed my mind" });
        await api.ExecuteAsync(
            "update orders.idempotency_keys set status_code = null, body = null, running_till = now() - interval '1 hour' where key = @key",
            new { key }
        );

        var again = await SendAsync(ada, $"/orders/{order}/cancel", new { reason = "changed my mind" });

        Assert.Equal(first, again);
    }

    [Fact]
    public async Task A_retry_whose_answer_was_lost_is_answered_202_again()
    {
        var order = await StartedAsync(StubOrderWorkflow.FailsFirst);
        await api.ExecuteAsync("update orders.orders set status = 'FAILED' where order_id = @order", new { order });
        var body = new { reason = "again", paymentToken = "tok_new" };

        var first = await SendAsync(ada, $"/orders/{order}/retry", body);
        var again = await SendAsync(ada, $"/orders/{order}/retry", body);

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(first, again);
        Assert.Equal(
            1,
            await api.CountAsync(
                $"select count(*) from orders.orders where order_id = '{order}' and attempt = 2 and payment_token = 'tok_new'"
            )
        );
    }

    [Fact]
    public async Task A_fault_of_the_request_uses_no_key_up()
    {
        var order = await StartedAsync();

        var faulty = await SendAsync(ada, $"/orders/{order}/cancel", new { reason = " " });
        var right = await SendAsync(ada, $"/orders/{order}/cancel", new { reason = "changed my mind" });
        using var malformed = Request($"/orders/{order}/cancel", new { reason = "x" });
        malformed.Headers.Remove("Idempotency-Key");
        malformed.Headers.Add("Idempotency-Key", "two words");
        using var refused = await ada.SendAsync(malformed);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, faulty.StatusCode);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Confirmations_and_resolutions_are_repeated_like_everything_else()
    {
        var delivery = await api.DeliveredAsync();
        var decision = new { resolution = "REDELIVER", reason = "once more" };

        var refused = await SendAsync(olga, $"/deliveries/{delivery}/resolution", decision);
        var refusedAgain = await SendAsync(olga, $"/deliveries/{delivery}/resolution", decision);
        var confirmed = await SendAsync(ada, $"/deliveries/{delivery}/confirm", new { note = "thanks" });
        var confirmedAgain = await SendAsync(ada, $"/deliveries/{delivery}/confirm", new { note = "thanks" });

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(refused, refusedAgain);
        Assert.Equal(HttpStatusCode.OK, confirmed.StatusCode);
        Assert.Equal(confirmed, confirmedAgain);
    }

    private async Task<Answer> SendAsync(HttpClient client, string path, object body)
    {
        using var request = Request(path, body);
        using var answer = await client.SendAsync(request);
        return new(
            answer.StatusCode,
            answer.Headers.Location?.ToString(),
            answer.Content.Headers.ContentType?.ToString(),
            await answer.Content.ReadAsStringAsync()
        );
    }

    private HttpRequestMessage Request(string path, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private async Task<Guid> StartedAsync(int lines = 1)
    {
        var order = await ada.PlaceAsync(
            new
            {
                customerId = ApiApplication.Ada,
                lines = Enumerable.Repeat(new { sku = "LAMP-DESK", quantity = 1 }, lines),
                paymentToken = "tok_ok",
            }
        );
        await api.StartedAsync(order);
        return order;
    }

    private async Task<string?> StatusAsync(Guid order) =>
        (await ada.GetFromJsonAsync<JsonElement>($"/orders/{order}?consistent=true")).GetProperty("status").GetString();

    private sealed record Answer(HttpStatusCode StatusCode, string? Location, string? ContentType, string Body);
}
