using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using TemporalDelivery.Database.Merchants;
using TemporalDelivery.Worker.Merchants;

namespace TemporalDelivery.Worker.Tests.Merchants;

public sealed class WebhookTests
{
    private const string FirstOrder = "01940000-0000-7000-8000-000000000001";
    private const string SecondOrder = "01940000-0000-7000-8000-000000000002";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_endpoint_is_told_of_its_topics_signed_and_of_no_others()
    {
        await using var shop = await Shop.OpenAsync();
        await using var merchant = await Merchant.OpenAsync();
        await AddAsync(shop, merchant, "order.completed", "delivery.*");

        await shop.TellMerchantsAsync();
        await PublishAsync(
            shop,
            (1, "order.accepted", FirstOrder),
            (2, "delivery.delivered", FirstOrder),
            (3, "order.completed", FirstOrder)
        );
        await PublishAsync(shop, (4, "customer.reminder", FirstOrder));
        await TakenAsync(shop, 2);

        Assert.Equal(["delivery.delivered", "order.completed"], merchant.Heard.Select(told => told.Type));
        Assert.All(merchant.Heard, told => Assert.Equal([true], told.SignedBy));
        Assert.All(merchant.Heard, told => Assert.Equal(FirstOrder, told.Data.GetProperty("orderId").GetString()));
        Assert.Equal(
            merchant.Heard.Select(told => told.Id),
            (await DeliveriesAsync(shop)).Select(webhook => webhook.EventId.ToString()).Reverse()
        );
    }

    [Fact]
    public async Task What_is_not_taken_holds_up_its_order_and_no_other_and_comes_again_until_it_is()
    {
        await using var shop = await Shop.OpenAsync();
        await using var merchant = await Merchant.OpenAsync();
        await AddAsync(shop, merchant, "order.*");
        var isAway = true;
        merchant.Answer = (told, _) => Task.FromResult(isAway && told.Type == "order.accepted" ? Results.StatusCode(503) : Results.Ok());
        await shop.TellMerchantsAsync();
        await PublishAsync(shop, (1, "order.accepted", FirstOrder), (2, "order.completed", FirstOrder), (3, "order.failed", SecondOrder));
        await TakenAsync(shop, 1);
        await shop.UntilAsync("select answered from messages.webhook_deliveries where position = 1", 503);
        Assert.DoesNotContain(merchant.Heard, told => told.Type == "order.completed");
        Assert.Equal(
            1,
            await shop.SingleAsync<long>("select count(distinct next_try_at) from messages.webhook_deliveries where state = 'WAITING'")
        );

        isAway = false;
        await DueAsync(shop);
        await TakenAsync(shop, 3);

        Assert.Equal(
            ["order.accepted", "order.completed"],
            merchant.Heard.Where(told => told.Data.GetProperty("orderId").GetString() == FirstOrder).Select(told => told.Type).Distinct()
        );
        Assert.Equal(merchant.Heard.Count(told => told.Type == "order.accepted"), (await DeliveriesAsync(shop))[^1].Tries);
    }

    [Fact]
    public async Task An_endpoint_that_is_away_delays_no_other()
    {
        await using var shop = await Shop.OpenAsync();
        await using var merchant = await Merchant.OpenAsync();
        await using var slow = await Merchant.OpenAsync();
        var stuck = new TaskCompletionSource();
        slow.Answer = async (_, context) =>
        {
            await stuck.Task.WaitAsync(context.RequestAborted);
            return Results.Ok();
        };
        await AddAsync(shop, merchant, "order.*");
        var endpoint = await AddAsync(shop, slow, "order.*");
        await AddAsync(shop, "http://127.0.0.1:1/hook", "order.*");
        await shop.TellMerchantsAsync();

        await PublishAsync(shop, [.. Enumerable.Range(1, 20).Select(n => (n, "order.accepted", Order(n)))]);
        await shop.UntilAsync("select count(*) from messages.webhook_deliveries", 60L);
        await TakenAsync(shop, 20);

        Assert.Equal(20, merchant.Heard.DistinctBy(told => told.Id).Count());
        Assert.Equal(8, slow.Heard.Count);
        Assert.Equal(
            1,
            await shop.SingleAsync<int>($"select max(tries) from messages.webhook_deliveries where endpoint_id = '{endpoint}'")
        );
        Assert.Equal(
            0,
            await shop.SingleAsync<long>(
                $"select count(*) from messages.webhook_deliveries where endpoint_id = '{endpoint}' and detail is not null"
            )
        );
        stuck.SetResult();
    }

    [Fact]
    public async Task What_was_sent_and_not_stored_is_sent_again_under_the_same_id()
    {
        await using var shop = await Shop.OpenAsync();
        await using var merchant = await Merchant.OpenAsync();
        await AddAsync(shop, merchant, "order.*");
        await PublishAsync(shop, (1, "order.accepted", FirstOrder));
        var outbox = shop.Get<WebhookOutbox>();
        await outbox.RecordAsync(1, Now);
        await outbox.RecordAsync(1, Now);

        // As a host that dies between the sending and the storing.
        var call = new WebhookCall(WebhookHttp.Create(new WebhookOptions { AllowPrivateNetworks = true }), TimeProvider.System);
        var due = Assert.Single(await outbox.TakeDueAsync(10, Lease, [], Now));
        Assert.True((await call.SendAsync(due, Now)).IsTaken);
        Assert.Empty(await outbox.TakeDueAsync(10, Lease, [], Now));
        await DueAsync(shop);
        await shop.TellMerchantsAsync();
        await TakenAsync(shop, 1);

        Assert.Equal(2, merchant.Heard.Count);
        Assert.Single(merchant.Heard.DistinctBy(told => told.Id));
    }

    [Fact]
    public async Task What_is_not_taken_for_a_day_pauses_the_endpoint_which_an_operator_hears_of_and_goes_on_when_resumed()
    {
        await using var shop = await Shop.OpenAsync();
        await using var merchant = await Merchant.OpenAsync();
        var endpoint = await AddAsync(shop, merchant, "order.*");
        var isAway = true;
        merchant.Answer = (_, _) => Task.FromResult(isAway ? Results.Text("we are closed", statusCode: 500) : Results.Ok());
        await shop.TellMerchantsAsync();
        await PublishAsync(shop, (1, "order.accepted", FirstOrder));
        await shop.UntilAsync("select coalesce(max(answered), 0) from messages.webhook_deliveries", 500);
        await shop.ExecuteAsync("update messages.webhook_deliveries set tried_since = now() - interval '25 hours'");
        await DueAsync(shop);
        await shop.UntilAsync("select pause_reason from messages.webhook_endpoints", "500: we are closed");
        await PublishAsync(shop, (2, "order.completed", FirstOrder));
        await shop.UntilAsync("select count(*) from messages.webhook_deliveries", 2L);
        await shop.CheckBacklogAsync();
        Assert.Equal(
            ($"webhooks/{endpoint}", "MESSAGES_WAITING"),
            await shop.SingleAsync<(string, string)>("select task_key, kind from orders.operator_tasks where closed_at is null")
        );

        isAway = false;
        Assert.True(await shop.Get<WebhookEndpointStore>().ResumeAsync(endpoint, Now));
        await TakenAsync(shop, 2);
        await shop.CheckBacklogAsync();

        Assert.Equal(0, await shop.SingleAsync<long>("select count(*) from orders.operator_tasks where closed_at is null"));
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_paused_at_once()
    {
        await using var shop = await Shop.OpenAsync();
        await using var merchant = await Merchant.OpenAsync();
        await AddAsync(shop, merchant, "order.*");
        merchant.Answer = (_, _) => Task.FromResult(Results.StatusCode(410));
        await shop.TellMerchantsAsync();

        await PublishAsync(shop, (1, "order.accepted", FirstOrder));

        await shop.UntilAsync("select pause_reason from messages.webhook_endpoints", "410");
    }

    [Fact]
    public async Task Of_many_endpoints_the_one_that_has_waited_longest_is_next()
    {
        await using var shop = await Shop.OpenAsync();
        var outbox = shop.Get<WebhookOutbox>();
        var quick = await AddAsync(shop, "http://127.0.0.1:1/hook", "order.*");
        var patient = await AddAsync(shop, "http://127.0.0.1:1/hook", "order.*");
        await shop.ExecuteAsync(
            $"update messages.webhook_endpoints set next_try_at = now() - interval '1 hour' where endpoint_id = '{patient}'"
        );
        for (var number = 1; number <= 20; number++)
        {
            await PublishAsync(shop, (number, "order.accepted", Order(number)));
            await outbox.RecordAsync(number, Now);
        }

        var first = await outbox.TakeDueAsync(8, Lease, [], Now);
        await outbox.StoreAsync([.. first.Select(due => new SentWebhook(due, true, false, 200, "", TimeSpan.Zero))], Now);
        var second = await outbox.TakeDueAsync(8, Lease, [], Now);
        var third = await outbox.TakeDueAsync(8, Lease, [quick], Now);

        Assert.Equal(
            [(patient, 8), (quick, 8), (patient, 8)],
            new[] { first, second, third }.Select(taken => (taken.Select(due => due.EndpointId).Distinct().Single(), taken.Count))
        );
    }

    [Fact]
    public async Task What_is_on_its_way_while_the_host_stops_is_stored()
    {
        await using var shop = await Shop.OpenAsync();
        await using var merchant = await Merchant.OpenAsync();
        await AddAsync(shop, merchant, "order.*");
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        merchant.Answer = async (_, context) =>
        {
            asked.SetResult();
            await answer.Task.WaitAsync(context.RequestAborted);
            return Results.Ok();
        };
        var host = await shop.TellMerchantsAsync();
        await PublishAsync(shop, (1, "order.accepted", FirstOrder));
        await asked.Task.WaitAsync(Now);

        var stopping = host.StopAsync(Now);
        answer.SetResult();
        await stopping;

        Assert.Equal("DELIVERED", await shop.SingleAsync<string>("select state from messages.webhook_deliveries"));
    }

    [Fact]
    public async Task Both_secrets_sign_until_the_old_one_has_run_out()
    {
        await using var shop = await Shop.OpenAsync();
        await using var merchant = await Merchant.OpenAsync();
        var endpoint = await AddAsync(shop, merchant, "order.*");
        merchant.Secrets.Add([.. Enumerable.Repeat((byte)7, 32)]);
        var store = shop.Get<WebhookEndpointStore>();
        await shop.TellMerchantsAsync();

        Assert.True(await store.RotateAsync(endpoint, [.. Enumerable.Repeat((byte)6, 32)], TimeSpan.FromHours(1), "r-1", Now));
        Assert.True(await store.RotateAsync(endpoint, merchant.Secrets[1], TimeSpan.FromHours(1), "r-1", Now));
        await PublishAsync(shop, (1, "order.accepted", FirstOrder));
        await TakenAsync(shop, 1);
        await shop.ExecuteAsync("update messages.webhook_endpoints set old_secret_till = now()");
        await PublishAsync(shop, (2, "order.completed", FirstOrder));
        await TakenAsync(shop, 2);

        Assert.Equal([true, true], merchant.Heard[0].SignedBy);
        Assert.Equal([false, true], merchant.Heard[1].SignedBy);
    }

    [Fact]
    public async Task One_event_or_all_since_a_moment_are_sent_again()
    {
        await using var shop = await Shop.OpenAsync();
        await using var merchant = await Merchant.OpenAsync();
        await PublishAsync(
            shop,
            (1, "order.accepted", FirstOrder),
            (2, "order.accepted", SecondOrder),
            (3, "customer.reminder", FirstOrder)
        );
        await shop.ExecuteAsync("update messages.outbox set recorded_at = now() - interval '2 hours' where position = 1");
        var endpoint = await AddAsync(shop, merchant, "order.*");
        var store = shop.Get<WebhookEndpointStore>();
        var first = await shop.SingleAsync<Guid>("select event_id from messages.outbox where position = 1");
        var reminder = await shop.SingleAsync<Guid>("select event_id from messages.outbox where position = 3");
        await shop.TellMerchantsAsync();

        Assert.Equal(1, await store.ResendAsync(endpoint, null, DateTimeOffset.UtcNow.AddHours(-1), Now));
        await TakenAsync(shop, 1);
        Assert.Equal(2, await store.ResendAsync(endpoint, null, DateTimeOffset.UtcNow.AddHours(-3), Now));
        await TakenAsync(shop, 2);
        Assert.Equal(1, await store.ResendAsync(endpoint, first, null, Now));
        await TakenAsync(shop, 2);
        await shop.UntilAsync("select count(*) from messages.webhook_deliveries where state = 'WAITING'", 0L);

        Assert.Equal(0, await store.ResendAsync(endpoint, reminder, null, Now));
        Assert.Equal(2, merchant.Heard.Count(told => told.Id == first.ToString()));
        Assert.Equal(2, merchant.Heard.Count(told => told.Id != first.ToString()));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/hook")]
    [InlineData("http://localhost:9/hook")]
    [InlineData("http://[::ffff:127.0.0.1]:9/hook")]
    [InlineData("http://10.1.2.3/hook")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    public async Task Nothing_inside_is_called_wherever_a_name_leads(string url)
    {
        var call = new WebhookCall(WebhookHttp.Create(new WebhookOptions()), TimeProvider.System);

        var sent = await call.SendAsync(Webhook(url), Now);

        Assert.Equal((false, null), (sent.IsTaken, sent.Answered));
        Assert.Contains("is not out in the world", sent.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://shop.example.com/hook", "{}")]
    [InlineData("https://shop.example.com/hook", "no JSON")]
    public async Task Whatever_is_wrong_with_one_call_is_said_of_it_and_fails_no_other(string url, string payload)
    {
        var call = new WebhookCall(WebhookHttp.Create(new WebhookOptions()), TimeProvider.System);

        var sent = await call.SendAsync(Webhook(url) with { Payload = payload }, Now);

        Assert.Equal((false, null), (sent.IsTaken, sent.Answered));
        Assert.NotEmpty(sent.Detail);
    }

    [Fact]
    public async Task An_answer_that_is_no_http_is_stored_as_far_as_a_text_can_bear_it()
    {
        await using var shop = await Shop.OpenAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync();
        await AddAsync(shop, $"http://{listener.LocalEndpoint}/hook", "order.*");

        await shop.TellMerchantsAsync();
        await PublishAsync(shop, (1, "order.accepted", FirstOrder));
        await shop.UntilAsync("select max(detail) from messages.webhook_deliveries", "Received an invalid status line: 'gibberish'.");
        listener.Stop();
        await answering;

        async Task AnswerAsync()
        {
            using var client = await listener.AcceptTcpClientAsync(Now);
            await using var stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[16], Now);
            await stream.WriteAsync("\0gibberish\r\n\r\n"u8.ToArray(), Now);
            await stream.CopyToAsync(Stream.Null, Now);
        }
    }

    [Fact]
    public async Task No_redirect_is_followed_and_no_more_than_the_beginning_of_an_answer_is_read()
    {
        await using var merchant = await Merchant.OpenAsync();
        await using var other = await Merchant.OpenAsync();
        var call = new WebhookCall(WebhookHttp.Create(new WebhookOptions { AllowPrivateNetworks = true }), TimeProvider.System);
        merchant.Answer = (_, _) => Task.FromResult(Results.Redirect(other.Url, preserveMethod: true));
        var redirected = await call.SendAsync(Webhook(merchant.Url), Now);
        merchant.Answer = (_, _) => Task.FromResult(Results.Text(new string('a', 100_000) + "\u0007"));

        var sent = await call.SendAsync(Webhook(merchant.Url), Now);

        Assert.Equal((false, 307), (redirected.IsTaken, redirected.Answered));
        Assert.Empty(other.Heard);
        Assert.Equal((true, 500), (sent.IsTaken, sent.Detail.Length));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("100.64.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd12::1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:192.168.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("::ffff:0:7f00:1", false)]
    [InlineData("::7f00:1", false)]
    [InlineData("2001:0:7f00:1::", false)]
    [InlineData("4000::1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    public void Only_what_is_routed_to_one_host_is_out_in_the_world(string address, bool isOut) =>
        Assert.Equal(isOut, PublicAddress.Is(IPAddress.Parse(address)));

    private static DueWebhook Webhook(string url) =>
        new(Guid.CreateVersion7(), 1, url, [1], null, Guid.CreateVersion7(), "order.accepted", "{}", DateTime.UtcNow);

    private static string Order(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"01940000-0000-7000-8000-{number:000000000000}");

    private static Task<Guid> AddAsync(Shop shop, Merchant merchant, params string[] topics) =>
        AddAsync(shop, merchant.Url, merchant.Secrets[0], topics);

    private static Task<Guid> AddAsync(Shop shop, string url, params string[] topics) => AddAsync(shop, url, [1], topics);

    private static async Task<Guid> AddAsync(Shop shop, string url, byte[] secret, string[] topics)
    {
        var id = Guid.CreateVersion7();
        Assert.True(await shop.Get<WebhookEndpointStore>().AddAsync(id, "operator:jane", url, topics, secret, Now));
        return id;
    }

    private static async Task PublishAsync(Shop shop, params (int Position, string Topic, string Order)[] events)
    {
        foreach (var (position, topic, order) in events)
        {
            await shop.ExecuteAsync(
                $$"""
                insert into messages.outbox (event_id, topic, aggregate_id, payload, position, published_at)
                values (gen_random_uuid(), '{{topic}}', '{{order}}', '{"orderId":"{{order}}"}', {{position}}, now())
                """
            );
        }
    }

    private static Task TakenAsync(Shop shop, long count) =>
        shop.UntilAsync("select count(*) from messages.webhook_deliveries where state = 'DELIVERED'", count);

    private static async Task DueAsync(Shop shop) =>
        await shop.ExecuteAsync(
            "update messages.webhook_deliveries set next_try_at = now(); update messages.webhook_endpoints set next_try_at = now()"
        );

    private static async Task<IReadOnlyList<StoredWebhook>> DeliveriesAsync(Shop shop)
    {
        var store = shop.Get<WebhookEndpointStore>();
        var endpoint = Assert.Single((await store.ListAsync(owner: null, cursor: null, 10, Now)).Items);
        return (await store.DeliveriesAsync(endpoint.EndpointId, null, null, 100, Now)).Items;
    }
}
