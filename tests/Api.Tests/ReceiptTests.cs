using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Api.Tests;

/// <summary>Whoever has a parcel's PIN confirms its receipt, and nobody needs to know who that is.</summary>
public sealed class ReceiptTests(TemporalApplication api) : IClassFixture<TemporalApplication>
{
    private readonly HttpClient anybody = api.Anybody();

    [Fact(Timeout = 60_000)] // Its wait has no end of its own when the cache is not told.
    public async Task The_PIN_is_shown_to_the_customer_only_and_only_until_the_delivery_is_over()
    {
        var delivery = await api.DeliveredAsync();

        using var customers = await api.AsCustomer(ApiApplication.Ada)
            .GetAsync($"/deliveries/{delivery}", TestContext.Current.CancellationToken);
        using var operators = await api.AsOperator().GetAsync($"/deliveries/{delivery}");
        var pin = (await customers.JsonAsync()).GetProperty("pin").GetString();
        await EndAsync(delivery);
        for (var time = 0; time < 6; time++)
        {
            using var late = await ConfirmAsync(anybody, delivery, Other(pin!));
            Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        }

        Assert.Matches("^[0-9]{6}$", pin);
        Assert.False((await operators.JsonAsync()).TryGetProperty("pin", out _));
        Assert.NotEqual(customers.Headers.ETag, operators.Headers.ETag);
    }

    [Fact]
    public async Task Whoever_has_the_PIN_confirms_without_credentials_and_the_workflow_hears_that()
    {
        var delivery = await api.DeliveredAsync();
        var pin = await PinAsync(delivery);

        using var confirmed = await ConfirmAsync(anybody, delivery, pin);
        using var again = await ConfirmAsync(anybody, delivery, pin);

        Assert.Equal(HttpStatusCode.OK, confirmed.StatusCode);
        var view = await confirmed.JsonAsync();
        Assert.Equal(
            ("DELIVERY_CONFIRMED", "recipient"),
            (view.GetProperty("state").GetString(), view.GetProperty("lastActor").GetString())
        );
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Without_a_PIN_nobody_but_the_customer_confirms()
    {
        var delivery = await api.DeliveredAsync();

        using var nobody = await anybody.PostAsync($"/deliveries/{delivery}/confirm", null);

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Contains("/oauth/token", (await nobody.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_with_a_PIN_is_judged_by_the_PIN_alone_whoever_sends_it()
    {
        var delivery = await api.DeliveredAsync();
        var pin = await PinAsync(delivery);

        using var wrongByOwner = await ConfirmAsync(api.AsCustomer(ApiApplication.Ada), delivery, Other(pin));
        using var rightByStranger = await ConfirmAsync(api.AsCustomer(ApiApplication.Grace), delivery, pin);

        Assert.Equal(HttpStatusCode.Forbidden, wrongByOwner.StatusCode);
        Assert.Equal("recipient", (await rightByStranger.JsonAsync()).GetProperty("lastActor").GetString());
    }

    [Fact]
    public async Task After_five_wrong_PINs_none_is_accepted_for_an_hour_and_an_operator_is_told()
    {
        var delivery = await api.DeliveredAsync();
        var pin = await PinAsync(delivery);
        var answers = new List<string>();
        for (var time = 0; time < 4; time++)
        {
            using var wrong = await ConfirmAsync(anybody, delivery, Other(pin));
            Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
            answers.Add((await wrong.JsonAsync()).GetProperty("detail").GetString()!);
        }

        using var fifth = await ConfirmAsync(anybody, delivery, Other(pin));
        using var right = await ConfirmAsync(anybody, delivery, pin);
        var tasks = await api.AsOperator().GetFromJsonAsync<JsonElement>("/operator-tasks?kind=RECEIPT_LOCKED");

        Assert.Equal("This is not the parcel's PIN. After 4 more wrong ones, all are refused for an hour.", answers[0]);
        Assert.Equal("This is not the parcel's PIN. After 1 more wrong one, all are refused for an hour.", answers[3]);
        foreach (var locked in new[] { fifth, right })
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
            Assert.Equal("PIN_LOCKED", (await locked.JsonAsync()).GetProperty("code").GetString());
            Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(61));
        }

        Assert.Contains(tasks.GetProperty("items").EnumerateArray(), task =>
            task.GetProperty("deliveryOrderId").GetGuid() == delivery && task.GetProperty("kind").GetString() == "RECEIPT_LOCKED"
        );
        using var owners = await api.AsCustomer(ApiApplication.Ada).PostAsync($"/deliveries/{delivery}/confirm", null);
        Assert.Equal(HttpStatusCode.OK, owners.StatusCode);
    }

    [Theory]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("12345a")]
    [InlineData("")]
    [InlineData("١٢٣٤٥٦")]
    public async Task What_is_no_PIN_is_refused_and_not_counted(string pin)
    {
        var delivery = await api.DeliveredAsync();

        for (var time = 0; time < 6; time++)
        {
            using var answer = await ConfirmAsync(anybody, delivery, pin);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Equal(["#/pin"], await answer.PointersAsync());
        }
    }

    [Fact]
    public async Task The_PIN_of_a_parcel_that_does_not_exist_is_a_404()
    {
        using var answer = await ConfirmAsync(anybody, Guid.CreateVersion7(), "123456");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_confirmation_by_PIN_that_is_repeated_under_its_idempotency_key_is_answered_alike()
    {
        var delivery = await api.DeliveredAsync();
        var pin = await PinAsync(delivery);
        var key = Guid.NewGuid().ToString();

        using var first = await ConfirmAsync(anybody, delivery, pin, key);
        using var again = await ConfirmAsync(anybody, delivery, pin, key);
        var wrongKey = Guid.NewGuid().ToString();
        var next = await api.DeliveredAsync();
        var other = Other(await PinAsync(next));
        for (var time = 0; time < 6; time++)
        {
            using var wrong = await ConfirmAsync(anybody, next, other, wrongKey);
            Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
    }

    private async Task<string> PinAsync(Guid delivery) => (await ReadAsync(delivery)).GetProperty("pin").GetString()!;

    private static Task<HttpResponseMessage> ConfirmAsync(HttpClient client, Guid delivery, string pin, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/deliveries/{delivery}/confirm")
        {
            Content = JsonContent.Create(new { pin }),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return client.SendAsync(request);
    }

    private static string Other(string pin) => pin == "000000" ? "000001" : "000000";

    // Returns when readers see it: the PIN is gone then.
    private async Task EndAsync(Guid delivery)
    {
        await api.ExecuteAsync(
            """
            update deliveries.delivery_view set state = 'DELIVERY_CONFIRMED', version = nextval('orders.view_versions')
            where delivery_order_id = @delivery;
            select pg_notify('delivery_view_changed', @delivery::text)
            """,
            new { delivery }
        );
        while ((await ReadAsync(delivery)).TryGetProperty("pin", out _))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Task<JsonElement> ReadAsync(Guid delivery) =>
        api.AsCustomer(ApiApplication.Ada).GetFromJsonAsync<JsonElement>($"/deliveries/{delivery}");
}
