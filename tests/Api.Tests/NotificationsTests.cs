using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Api.Tests;

public sealed class NotificationsTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    private readonly HttpClient ada = api.AsCustomer(ApiApplication.Ada);
    private readonly HttpClient grace = api.AsCustomer(ApiApplication.Grace);
    private readonly HttpClient olga = api.AsOperator();

    [Fact]
    public async Task A_customer_sees_their_own_mails_the_newest_first_and_goes_on_where_the_page_ended()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        var mails = new List<Guid>();
        for (var count = 0; count < 5; count++)
        {
            mails.Insert(0, await MailAsync(order, ApiApplication.Ada));
        }

        await MailAsync(await grace.PlaceAsync(Stories.Order(ApiApplication.Grace)), ApiApplication.Grace);

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await ada.GetFromJsonAsync<JsonElement>($"/notifications?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(Of(page, order).Select(mail => mail.GetProperty("notificationId").GetGuid()));
            cursor = page.GetProperty("next").GetString();
        } while (cursor is not null);

        Assert.Equal(mails, seen);
        Assert.All(await ListAsync(ada, $"?customerId={ApiApplication.Ada}&limit=200"), mail =>
            Assert.Equal(ApiApplication.Ada, mail.GetProperty("customerId").GetGuid())
        );
    }

    [Fact]
    public async Task A_customer_sees_nobody_elses()
    {
        using var answer = await ada.GetAsync($"/notifications?customerId={ApiApplication.Grace}");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Whoever_does_not_say_who_they_are_sees_nothing()
    {
        using var answer = await api.Anybody().GetAsync($"/notifications?customerId={ApiApplication.Ada}");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task An_operator_sees_anyones_with_what_became_of_each()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        var delivery = await api.DeliveryAsync(order, "DELIVERED");
        var another = await grace.PlaceAsync(Stories.Order(ApiApplication.Grace));
        await MailAsync(order, ApiApplication.Ada, "ORDER_ACCEPTED", "SENT", 1);
        await MailAsync(order, ApiApplication.Ada, "DELIVERED", "BOUNCED", 1, "550 no such user", delivery);
        await MailAsync(another, ApiApplication.Grace, "ORDER_FAILED", "WAITING", 3, "connection refused by mail.internal");

        var adas = Of(await PageAsync(olga, $"?customerId={ApiApplication.Ada}"), order);
        var all = Of(await PageAsync(olga, ""), another);

        Assert.Equal("DELIVERED BOUNCED", $"{adas[0].GetProperty("kind")} {adas[0].GetProperty("state")}");
        Assert.Equal(delivery, adas[0].GetProperty("deliveryOrderId").GetGuid());
        Assert.Equal("550 no such user", adas[0].GetProperty("lastError").GetString());
        Assert.Null(adas[0].GetProperty("sentAt").GetString());
        Assert.Equal("ORDER_ACCEPTED SENT", $"{adas[1].GetProperty("kind")} {adas[1].GetProperty("state")}");
        Assert.True(adas[1].GetProperty("sentAt").GetDateTime() >= adas[1].GetProperty("recordedAt").GetDateTime());
        Assert.Null(adas[1].GetProperty("nextTryAt").GetString());
        Assert.Equal("WAITING", all[0].GetProperty("state").GetString());
        Assert.Equal(3, all[0].GetProperty("tries").GetInt32());
        Assert.Equal(JsonValueKind.String, all[0].GetProperty("nextTryAt").ValueKind);
        Assert.Equal("connection refused by mail.internal", all[0].GetProperty("lastError").GetString());
    }

    [Fact]
    public async Task A_customer_hears_why_their_address_takes_no_mail_and_nothing_of_our_servers()
    {
        var order = await ada.PlaceAsync(Stories.Order(ApiApplication.Ada));
        await MailAsync(order, ApiApplication.Ada, "ORDER_ACCEPTED", "BOUNCED", 1, "550 no such user");
        await MailAsync(order, ApiApplication.Ada, "ORDER_FAILED", "WAITING", 1, "connection refused by mail.internal");

        var mails = Of(await PageAsync(ada, ""), order);

        Assert.Null(mails[0].GetProperty("lastError").GetString());
        Assert.Equal("550 no such user", mails[1].GetProperty("lastError").GetString());
    }

    [Theory]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("limit=201", "limit")]
    public async Task A_question_that_makes_no_sense_is_a_400(string query, string pointer)
    {
        using var answer = await olga.GetAsync($"/notifications?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([pointer], await answer.PointersAsync());
    }

    private static Task<JsonElement> PageAsync(HttpClient client, string query) =>
        client.GetFromJsonAsync<JsonElement>($"/notifications{query}");

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(HttpClient client, string query) =>
        [.. (await PageAsync(client, query)).GetProperty("items").EnumerateArray()];

    private static List<JsonElement> Of(JsonElement page, Guid order) =>
        [.. page.GetProperty("items").EnumerateArray().Where(mail => mail.GetProperty("orderId").GetGuid() == order)];

    private async Task<Guid> MailAsync(
        Guid order,
        Guid customer,
        string kind = "ORDER_ACCEPTED",
        string state = "SENT",
        int tries = 1,
        string? error = null,
        Guid? delivery = null
    )
    {
        // Within a millisecond ids have no order.
        var mail = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddSeconds(recorded++));
        await api.ExecuteAsync(
            """
            insert into messages.mails
                (mail_id, event_id, position, customer_id, order_id, delivery_order_id, kind, language, facts, state, tries, last_error,
                settled_at)
            values (@mail, gen_random_uuid(), 1, @customer, @order, @delivery, @kind, 'en', '{}', @state, @tries, @error,
                case when @state <> 'WAITING' then now() end)
            """,
            new
            {
                mail,
                customer,
                order,
                delivery,
                kind,
                state,
                tries,
                error,
            }
        );
        return mail;
    }

    private static int recorded;
}
