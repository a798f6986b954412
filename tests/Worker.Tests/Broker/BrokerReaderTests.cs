using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Worker.Broker;

namespace TemporalDelivery.Worker.Tests.Broker;

[Collection(BrokerTests.Name)]
public sealed class BrokerReaderTests(BrokerFixture fixture)
{
    private const string Nowhere = "127.0.0.1:1";
    private static readonly DateTime Noon = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);

    private readonly MessageBroker broker = new(fixture.Options());

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_published_is_in_the_queue_when_it_is_read_and_bears_what_a_receiver_needs()
    {
        await using var reader = new BrokerReader(broker, new BrokerHealth(broker));
        await using var management = await ConnectAsync();
        var told = Event("order.completed");

        await reader.ReadAsync(told, Now);

        var message = Assert.Single(await management.TakeAllAsync(broker.Topology.OrderManagement));
        var properties = message.BasicProperties;
        Assert.Equal(
            (told.EventId.ToString(), "order.completed", "order.completed", "application/json", DeliveryModes.Persistent),
            (properties.MessageId, properties.Type, message.RoutingKey, properties.ContentType, properties.DeliveryMode)
        );
        Assert.Equal(new DateTimeOffset(Noon).ToUnixTimeSeconds(), properties.Timestamp.UnixTime);
        Assert.Equal(told.OrderId.ToString(), Encoding.UTF8.GetString((byte[])properties.Headers!["order-id"]!));
        Assert.Equal(told.Payload, Encoding.UTF8.GetString(message.Body.Span));
    }

    [Fact]
    public async Task What_no_queue_takes_is_not_read_and_the_queue_is_made_again()
    {
        await using var reader = new BrokerReader(broker, new BrokerHealth(broker));
        await using var management = await ConnectAsync();
        await reader.ReadAsync(Event("order.completed"), Now);
        await management.Channel.QueueDeleteAsync(broker.Topology.OrderManagement, false, false, cancellationToken: Now);

        var returned = await Assert.ThrowsAsync<IOException>(() => reader.ReadAsync(Event("order.failed"), Now));
        await reader.ReadAsync(Event("order.failed"), Now);

        Assert.IsType<PublishReturnException>(returned.InnerException);
        Assert.Equal(1u, await management.CountAsync(broker.Topology.OrderManagement));
    }

    [Fact]
    public async Task What_a_full_queue_refuses_is_not_read_until_there_is_room()
    {
        await using var reader = new BrokerReader(broker, new BrokerHealth(broker));
        await using var management = await ConnectAsync();
        var small = $"{broker.Topology.Exchange}.small";
        await management.Channel.QueueDeclareAsync(
            small,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" },
            cancellationToken: Now
        );
        await management.Channel.QueueBindAsync(small, broker.Topology.Exchange, "order.failed", cancellationToken: Now);
        await reader.ReadAsync(Event("order.failed"), Now);

        var refusal = await Assert.ThrowsAsync<PublishException>(() => reader.ReadAsync(Event("order.failed"), Now));
        await management.TakeAllAsync(small);
        await reader.ReadAsync(Event("order.failed"), Now);

        Assert.False(refusal.IsReturn);
    }

    [Fact]
    public async Task A_broker_that_does_not_confirm_in_time_is_a_failure()
    {
        await using var reader = new BrokerReader(broker, new BrokerHealth(broker)) { ConfirmationTime = TimeSpan.FromMilliseconds(500) };
        await reader.ReadAsync(Event("order.completed"), Now);
        fixture.Server.Pause();
        try
        {
            await Assert.ThrowsAsync<TimeoutException>(() => reader.ReadAsync(Event("order.completed"), Now));
        }
        finally
        {
            fixture.Server.Continue();
        }

        await PaymentService.UntilAsync("it publishes again", async () =>
        {
            try
            {
                await reader.ReadAsync(Event("order.completed"), Now);
                return true;
            }
            catch (Exception failure) when (failure is TimeoutException or IOException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task A_broker_that_is_killed_under_load_loses_nothing_and_delays_nobody_else()
    {
        await using var shop = await Shop.OpenAsync();
        (shop.Settings["Broker:Url"], shop.Settings["Broker:Exchange"]) = (fixture.Server.Url, broker.Topology.Exchange);
        await shop.ReadAsync(new ReaderRelayTests.Listener("other"));
        var host = await shop.RelayAsync(Nowhere);
        await shop.UntilAsync("select count(*) from messages.readers where reader in ('other', 'broker')", 2L);
        var order = await shop.PendingAsync("pay_1");
        var isBack = new TaskCompletionSource();
        var payments = Task.Run(() => PayAsync(order, 200, isBack.Task), Now);

        await RecordAsync(shop, 600);
        await using (var management = await ConnectAsync())
        {
            await PaymentService.UntilAsync("some of it is published", async () =>
                await management.CountAsync(broker.Topology.OrderManagement) > 150
            );
            await fixture.Server.KillAsync(Now);
        }

        await RecordAsync(shop, 100);
        await shop.UntilAsync("select count(*) from messages.outbox where position is null", 0L);
        await shop.UntilAsync(Behind("other"), 0L);
        var behind = await shop.SingleAsync<long>(Behind("broker"));
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "broker", Now);
        await fixture.Server.RestartAsync(Now);
        isBack.SetResult();
        await RecordAsync(shop, 100);
        await shop.UntilAsync("select count(*) from messages.outbox where position is null", 0L);
        await shop.UntilAsync(Behind("broker"), 0L);
        await payments;

        await using var receiver = await ConnectAsync();
        var messages = await receiver.TakeAllAsync(broker.Topology.OrderManagement);
        TestContext.Current.SendDiagnosticMessage("{0} messages, {1} of them twice", messages.Count, messages.Count - 800);
        Assert.Equal(await shop.SingleAsync<string>(PerOrder), PerOrderIn(messages));
        Assert.InRange(behind, 100, 699);
        Assert.Equal((HealthStatus.Degraded, "no messages come from it"), (health.Status, health.Entries["broker"].Description));
        await shop.UntilAsync("select count(distinct event_id) from messages.inbox", 200L);
        Assert.Equal(200L, await shop.SingleAsync<long>("select count(*) from messages.inbox"));
        Assert.Equal(0u, await receiver.CountAsync(broker.Topology.DeadPayments));
    }

    private Task<PaymentService> ConnectAsync() => PaymentService.ConnectAsync(broker);

    // Says each until the broker has it, as the payment service does.
    private async Task PayAsync(Guid order, int count, Task isBack)
    {
        var service = await ConnectAsync();
        for (var number = 1; number <= count; number++)
        {
            try
            {
                await service.SayAsync(PaymentService.Event(order, $"evt-{number}"));
            }
            catch (Exception away) when (away is IOException or TimeoutException or RabbitMQClientException)
            {
                await service.DisposeAsync();
                await isBack.WaitAsync(Now);
                service = await ConnectAsync();
                number--;
            }
        }

        await service.DisposeAsync();
    }

    private static OutboxEvent Event(string topic) =>
        new(Guid.CreateVersion7(), 1, topic, Guid.CreateVersion7(), Guid.CreateVersion7(), """{"orderId":"x","name":"Zoë"}""", Noon);

    // Of twenty orders in turn.
    private static Task RecordAsync(Shop shop, int count) =>
        shop.ExecuteAsync(
            $$"""
            insert into messages.outbox (event_id, topic, aggregate_id, occasion, payload)
            select gen_random_uuid(), (array['order.completed', 'order.failed', 'delivery.confirmed'])[1 + n % 3], order_id,
                gen_random_uuid()::text, jsonb_build_object('orderId', order_id)
            from generate_series(1, {{count}}) n,
                lateral (select ('01940000-0000-7000-8000-0000000000' || 10 + n % 20)::uuid as order_id) o
            order by n
            """
        );

    private static string Behind(string reader) =>
        $"""
            select count(*) from messages.outbox where position > (select position from messages.readers where reader = '{reader}')
            """;

    private const string PerOrder = """
        select string_agg(line, E'\n' order by line)
        from (
            select order_id || ': ' || string_agg(event_id::text, ' ' order by position) as line
            from (select *, payload ->> 'orderId' as order_id from messages.outbox) o
            where topic <> 'order.accepted'
            group by order_id) lines
        """;

    private static string PerOrderIn(IEnumerable<BasicGetResult> messages) =>
        string.Join(
            '\n',
            messages
                .GroupBy(
                    message => Encoding.UTF8.GetString((byte[])message.BasicProperties.Headers!["order-id"]!),
                    message => message.BasicProperties.MessageId
                )
                .Select(ofOrder => $"{ofOrder.Key}: {string.Join(' ', ofOrder.Distinct())}")
                .Order(StringComparer.Ordinal)
        );
}
