using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client.Exceptions;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Worker.Broker;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Worker.Tests.Broker;

[Collection(BrokerTests.Name)]
public sealed class PaymentConsumerTests(BrokerFixture broker)
{
    private const string Nowhere = "127.0.0.1:1";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_broker_and_the_webhook_bring_twice_is_applied_once()
    {
        await using var shop = await Shop.OpenAsync();
        await using var service = await OpenAsync(shop);
        var order = await shop.PendingAsync("pay_1");
        await shop.ExecuteAsync("update orders.orders set status = 'FAILED'; update orders.payments set status = 'DECLINED'");
        shop.Payments.Charges["pay_1"] = ChargeOutcome.Settled;
        await shop.RelayAsync(Nowhere);
        var body = PaymentService.Event(order, "evt-1");

        await service.SayAsync(body);
        await service.SayAsync(body);
        await shop.UntilAsync("select count(*) from messages.inbox where outcome = 'LATE'", 1L);
        Assert.Equal(InboxReceipt.Duplicate, await shop.Get<Inbox>().StoreAsync(new(EventSender.Payments, "evt-1", order, body), Now));
        await service.SayAsync(PaymentService.Event(order, "evt-2", "payment.failed"));

        await shop.UntilAsync(
            "select string_agg(event_id || ' ' || outcome, ', ' order by inbox_id) from messages.inbox",
            "evt-1 LATE, evt-2 LATE"
        );
        Assert.Equal("pay_1", Assert.Single(shop.Payments.Refunds).PaymentId);
        await NothingLeftAsync(shop, service);
    }

    [Fact]
    public async Task Something_else_under_the_same_id_is_kept_and_flagged()
    {
        await using var shop = await Shop.OpenAsync();
        await using var service = await OpenAsync(shop);
        var order = await shop.PendingAsync("pay_1");
        await shop.RelayAsync(Nowhere);

        await service.SayAsync(PaymentService.Event(order, "evt-1"));
        await service.SayAsync(PaymentService.Event(order, "evt-1", "payment.failed"));

        await shop.UntilAsync("select count(*) from messages.inbox where event_id = 'evt-1' and outcome = 'CONFLICTING'", 1L);
        await NothingLeftAsync(shop, service);
    }

    [Fact]
    public async Task What_cannot_be_an_event_is_kept_for_an_operator_and_holds_up_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        await using var service = await OpenAsync(shop);
        var order = await shop.PendingAsync("pay_1");
        var poison = new List<byte[]>
        {
            Array.Empty<byte>(),
            "no JSON"u8.ToArray(),
            "null"u8.ToArray(),
            "{\"eventId\":\"\xff\0\"}"u8.ToArray(),
            new byte[] { (byte)'"', 0xFF, 0, (byte)'"' },
            Encoding.UTF8.GetBytes("""{"eventId":"\ud800","type":"payment.succeeded"}"""),
            Encoding.UTF8.GetBytes("""{"eventId":"evt-1","type":"payment.succeeded","paymentId":"pay_1","attempt":1}"""),
            Encoding.UTF8.GetBytes(PaymentService.Event(order, "evt-1", "payment.settling")),
            Encoding.UTF8.GetBytes(PaymentService.Event(order, "evt-1", string.Concat(Enumerable.Repeat("\U0001F4A3", 300)))),
            Encoding.UTF8.GetBytes(PaymentService.Event(order, "evt-1", $"x{string.Concat(Enumerable.Repeat("\U0001F4A3", 300))}")),
            Encoding.UTF8.GetBytes(PaymentService.Event(Guid.CreateVersion7(), "evt-1")),
            Encoding.UTF8.GetBytes(PaymentService.Event(order, "evt-1") + new string(' ', 64 * 1024)),
        };

        await shop.RelayAsync(Nowhere);
        foreach (var body in poison)
        {
            await service.SayAsync(body);
            await service.SayAsync(body);
        }

        await service.SayAsync(PaymentService.Event(order, "evt-1"));

        await shop.UntilAsync("select count(*) from messages.inbox where event_id = 'evt-1' and handled_at is null", 1L);
        Assert.Equal(poison.Count, await shop.SingleAsync<long>("select count(*) from messages.inbox where outcome = 'UNROUTABLE'"));
        await NothingLeftAsync(shop, service);
        await shop.Get<BacklogTasks>().CheckAsync(TimeSpan.FromMinutes(10), Now);
        Assert.Equal(
            "EVENTS_REFUSED inbox/payments/UNROUTABLE",
            await shop.SingleAsync<string>("select kind || ' ' || task_key from orders.operator_tasks")
        );
        Assert.EndsWith(
            $"it has {poison[^1].Length} bytes, more than 65536",
            await shop.SingleAsync<string>(
                "select outcome_detail from messages.inbox where outcome = 'UNROUTABLE' order by inbox_id desc limit 1"
            ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Messages_are_stored_in_their_order_however_many_workers_there_are()
    {
        await using var shop = await Shop.OpenAsync();
        await using var service = await OpenAsync(shop);
        var order = await shop.PendingAsync("pay_1");
        var ids = Enumerable.Range(1, 100).Select(number => $"evt-{number}").ToList();
        await shop.RelayAsync(Nowhere);
        await shop.RelayAsync(Nowhere);

        await Task.WhenAll(ids.Select(id => service.SayAsync(PaymentService.Event(order, id))));

        await shop.UntilAsync("select count(*) from messages.inbox", 100L);
        Assert.Equal(
            string.Join(' ', ids),
            await shop.SingleAsync<string>("select string_agg(event_id, ' ' order by inbox_id) from messages.inbox")
        );
        await NothingLeftAsync(shop, service);
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_is_acknowledged_and_afterwards_all_of_it_is_there()
    {
        await using var shop = await Shop.OpenAsync();
        await using var service = await OpenAsync(shop);
        var order = await shop.PendingAsync("pay_1");
        await shop.RelayAsync(Nowhere);
        await service.UntilConsumedAsync();
        await shop.LetNobodyInAsync();
        foreach (var number in Enumerable.Range(1, 40))
        {
            await service.SayAsync(PaymentService.Event(order, $"evt-{number}"));
        }

        // A consumer that acknowledged any would have been given more.
        await service.UntilAsync(service.Topology.Payments, 40 - 16);
        await shop.StopAsync();
        await service.UntilAsync(service.Topology.Payments, 40);
        await shop.LetAllInAsync();
        await shop.RelayAsync(Nowhere);

        await shop.UntilAsync("select count(*) from messages.inbox where outcome is distinct from 'CONFLICTING'", 40L);
        Assert.Equal(40L, await shop.SingleAsync<long>("select count(*) from messages.inbox"));
        await NothingLeftAsync(shop, service);
    }

    [Fact]
    public async Task What_the_database_refuses_as_an_event_is_kept_for_an_operator()
    {
        await using var shop = await Shop.OpenAsync();
        await using var service = await OpenAsync(shop);
        var order = await shop.PendingAsync("pay_1");
        await shop.ExecuteAsync("alter table messages.inbox add constraint no_curse check (event_id <> 'evt-cursed')");
        await shop.RelayAsync(Nowhere);

        await service.SayAsync(PaymentService.Event(order, "evt-cursed"));
        await service.SayAsync(PaymentService.Event(order, "evt-1"));

        await shop.UntilAsync("select count(*) from messages.inbox where event_id = 'evt-1'", 1L);
        Assert.Contains(
            "no_curse",
            await shop.SingleAsync<string>("select outcome_detail from messages.inbox where outcome = 'UNROUTABLE'"),
            StringComparison.Ordinal
        );
        await NothingLeftAsync(shop, service);
    }

    [Fact]
    public async Task What_the_database_refuses_whatever_is_tried_goes_to_the_dead_letters_and_is_seen()
    {
        await using var shop = await Shop.OpenAsync();
        await using var service = await OpenAsync(shop);
        var order = await shop.PendingAsync("pay_1");
        await shop.ExecuteAsync("alter table messages.inbox add check (body not like '%evt-cursed%')");
        var host = await shop.RelayAsync(Nowhere);

        await service.SayAsync(PaymentService.Event(order, "evt-cursed"));
        await service.SayAsync(PaymentService.Event(order, "evt-1"));

        await service.UntilAsync(service.Topology.DeadPayments, 1);
        await shop.UntilAsync("select string_agg(event_id, ' ') from messages.inbox", "evt-1");
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "broker", Now);
        Assert.Equal(
            (HealthStatus.Degraded, $"1 messages in {service.Topology.DeadPayments} could not be dealt with"),
            (health.Status, health.Entries["broker"].Description)
        );
    }

    [Fact]
    public async Task A_queue_that_somebody_deletes_is_made_again()
    {
        await using var shop = await Shop.OpenAsync();
        await using var service = await OpenAsync(shop);
        var order = await shop.PendingAsync("pay_1");
        await shop.RelayAsync(Nowhere);
        await service.UntilConsumedAsync();

        await service.Channel.QueueDeleteAsync(service.Topology.Payments, ifUnused: false, ifEmpty: false, cancellationToken: Now);
        await PaymentService.UntilAsync("the queue is there", async () =>
        {
            try
            {
                await service.SayAsync(PaymentService.Event(order, "evt-1"));
                return true;
            }
            catch (PublishReturnException)
            {
                return false;
            }
        });

        await shop.UntilAsync("select count(*) from messages.inbox", 1L);
    }

    private async Task<PaymentService> OpenAsync(Shop shop)
    {
        var options = broker.Options();
        shop.Settings["Broker:Url"] = options.Url;
        shop.Settings["Broker:Exchange"] = options.Exchange;
        return await PaymentService.ConnectAsync(new MessageBroker(options));
    }

    // Neither waiting nor taken and unacknowledged, which shows when whoever has taken it is gone.
    private static async Task NothingLeftAsync(Shop shop, PaymentService service)
    {
        await shop.StopAsync();
        Assert.Equal(0u, await service.CountAsync(service.Topology.Payments));
        Assert.Equal(0u, await service.CountAsync(service.Topology.DeadPayments));
    }
}
