using Dapper;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Database.Tests;

public sealed class MessagesTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_is_stored_once_however_often_it_comes()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop);
        var inbox = shop.Get<Inbox>();

        var receipts = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Task.Run(() => inbox.StoreAsync(Said("evt-1", delivery), Now), Now))
        );

        Assert.Single(receipts, InboxReceipt.Stored);
        Assert.Equal(5, receipts.Count(receipt => receipt == InboxReceipt.Duplicate));
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("select count(*) from messages.inbox"));
    }

    [Fact]
    public async Task Something_else_under_the_id_of_an_event_is_kept_once_and_never_handed_on()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop);
        var inbox = shop.Get<Inbox>();
        var bodies = new[] { """{"n":1}""", """{"n":2}""", """{"n":3}""" };

        var receipts = await Task.WhenAll(
            bodies.Concat(bodies).Select(body => Task.Run(() => inbox.StoreAsync(Said("evt-1", delivery, body), Now), Now))
        );

        Assert.Single(receipts, InboxReceipt.Stored);
        Assert.Single(receipts, InboxReceipt.Duplicate);
        Assert.Equal(4, receipts.Count(receipt => receipt == InboxReceipt.Conflicting));
        var due = Assert.Single(await inbox.TakeDueAsync(EventSender.Partner, [], 10, TimeSpan.Zero, Now));
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(
            bodies.Where(body => body != due.Body),
            await connection.QueryAsync<string>("select body from messages.inbox where outcome = 'CONFLICTING' order by body")
        );
    }

    [Fact]
    public async Task Each_sender_has_event_ids_and_a_queue_of_its_own()
    {
        await using var shop = await Shop.OpenAsync();
        var inbox = shop.Get<Inbox>();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        await inbox.StoreAsync(Said("evt-1", await DeliveryAsync(shop)), Now);

        var receipt = await inbox.StoreAsync(new(EventSender.Payments, "evt-1", order.OrderId, "{}"), Now);

        Assert.Equal(InboxReceipt.Stored, receipt);
        Assert.Equal(order.OrderId, Assert.Single(await inbox.TakeDueAsync(EventSender.Payments, [], 10, TimeSpan.Zero, Now)).AggregateId);
    }

    [Fact]
    public async Task An_event_of_an_unknown_type_is_kept_and_never_due()
    {
        await using var shop = await Shop.OpenAsync();
        var inbox = shop.Get<Inbox>();

        Assert.Equal(InboxReceipt.Stored, await inbox.StoreAsync(new(EventSender.Partner, "evt-1", null, "{}"), Now));
        Assert.Equal(InboxReceipt.Duplicate, await inbox.StoreAsync(new(EventSender.Partner, "evt-1", null, "{}"), Now));

        Assert.Empty(await inbox.TakeDueAsync(EventSender.Partner, [], 10, TimeSpan.Zero, Now));
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal("UNKNOWN_TYPE", await connection.ExecuteScalarAsync<string>("select outcome from messages.inbox"));
    }

    [Fact]
    public async Task An_event_about_an_unknown_delivery_or_order_is_not_stored()
    {
        await using var shop = await Shop.OpenAsync();

        Assert.Equal(InboxReceipt.UnknownAggregate, await shop.Get<Inbox>().StoreAsync(Said("evt-1", Guid.CreateVersion7()), Now));
        Assert.Equal(
            InboxReceipt.UnknownAggregate,
            await shop.Get<Inbox>().StoreAsync(Said("evt-1", Guid.CreateVersion7()) with { Sender = EventSender.Payments }, Now)
        );

        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(0, await connection.ExecuteScalarAsync<int>("select count(*) from messages.inbox"));
    }

    [Fact]
    public async Task A_stored_event_is_due_until_it_is_settled_and_put_off_when_it_fails()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await DeliveryAsync(shop);
        var inbox = shop.Get<Inbox>();
        await inbox.StoreAsync(Said("evt-1", delivery), Now);
        await inbox.StoreAsync(Said("evt-2", delivery), Now);

        var due = await inbox.TakeDueAsync(EventSender.Partner, [], 10, TimeSpan.Zero, Now);
        Assert.Equal(["evt-1", "evt-2"], due.Select(stored => stored.EventId));

        HandedOn[] handedOn =
        [
            new(due[0].InboxId, null, "Temporal is away", TimeSpan.FromHours(1)),
            new(due[1].InboxId, InboxOutcome.Unroutable, "no such workflow"),
        ];
        Assert.Empty(await inbox.TakeDueAsync(EventSender.Partner, handedOn, 10, TimeSpan.Zero, Now));
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(
            [("evt-1", null, 1), ("evt-2", "UNROUTABLE", 0)],
            await connection.QueryAsync<(string, string?, int)>("select event_id, outcome, tries from messages.inbox order by inbox_id")
        );
    }

    [Fact]
    public async Task An_event_that_was_taken_is_nobody_elses_until_the_lease_ends()
    {
        await using var shop = await Shop.OpenAsync();
        var inbox = shop.Get<Inbox>();
        var delivery = await DeliveryAsync(shop);
        foreach (var number in Enumerable.Range(0, 30))
        {
            await inbox.StoreAsync(Said($"evt-{number}", delivery), Now);
        }

        var taken = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ => Task.Run(() => inbox.TakeDueAsync(EventSender.Partner, [], 10, TimeSpan.FromHours(1), Now), Now))
        );

        Assert.Equal(30, taken.SelectMany(events => events).Select(stored => stored.EventId).Distinct().Count());
        Assert.Equal(30, taken.Sum(events => events.Count));
        Assert.All(taken.SelectMany(events => events), stored => Assert.Equal(("CREATED", false), (stored.DeliveryState, stored.IsOver)));
    }

    [Fact]
    public async Task Events_for_others_are_published_once_in_the_order_of_their_recording()
    {
        await using var shop = await Shop.OpenAsync();
        var completed = await CompletedAsync(shop, 2);

        var published = await shop.Get<Outbox>().PublishAsync(2, Now);
        var more = await shop.Get<Outbox>().PublishAsync(2, Now);

        Assert.Equal(
            [
                (1L, "order.accepted", completed[0]),
                (2L, "order.completed", completed[0]),
                (3L, "order.accepted", completed[1]),
                (4L, "order.completed", completed[1]),
            ],
            published.Concat(more).Select(@event => (@event.Position, @event.Topic, @event.AggregateId))
        );
        Assert.All(published, @event => Assert.Contains("\"totalCents\": 1999", @event.Payload, StringComparison.Ordinal));
        Assert.Empty(await shop.Get<Outbox>().PublishAsync(10, Now));
    }

    [Fact]
    public async Task Positions_have_no_gaps_and_follow_the_recording_however_many_publish()
    {
        await using var shop = await Shop.OpenAsync();
        var outbox = shop.Get<Outbox>();
        await CompletedAsync(shop, 30);

        var published = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => PublishAllAsync(outbox), Now)));

        Assert.Equal(
            Enumerable.Range(1, 60).Select(number => (long)number),
            published.SelectMany(events => events).Select(e => e.Position).Order()
        );
        await using var connection = await shop.Source.OpenConnectionAsync(Now);
        Assert.Equal(
            0,
            await connection.ExecuteScalarAsync<int>("select count(*) from messages.outbox where position is distinct from outbox_id")
        );
    }

    private static IncomingEvent Said(string eventId, Guid delivery, string body = "{}") =>
        new(EventSender.Partner, eventId, delivery, body);

    private static async Task<List<OutboxEvent>> PublishAllAsync(Outbox outbox)
    {
        var published = new List<OutboxEvent>();
        while (await outbox.PublishAsync(3, Now) is { Count: > 0 } events)
        {
            published.AddRange(events);
        }

        return published;
    }

    // Completed orders: each with its event.
    private static async Task<IReadOnlyList<Guid>> CompletedAsync(Shop shop, int count)
    {
        var completed = new List<Guid>();
        for (var number = 0; number < count; number++)
        {
            var order = await shop.PaidAsync(("EBOOK-SQL", 1));
            await shop.CompleteAsync(order);
            completed.Add(order.OrderId);
        }

        return completed;
    }

    private static async Task<Guid> DeliveryAsync(Shop shop) =>
        (await shop.StoreAsync(await shop.AdmittedAsync(("BOOK-DDIA", 1)))).Delivery!.DeliveryOrderId;
}
