using System.Collections.Concurrent;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Worker.Relays;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Worker.Tests;

public sealed class ReaderRelayTests
{
    private const string FirstOrder = "01940000-0000-7000-8000-000000000001";
    private const string SecondOrder = "01940000-0000-7000-8000-000000000002";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_that_is_new_hears_of_what_is_published_from_then_on()
    {
        await using var shop = await Shop.OpenAsync();
        await PublishAsync(shop, 1, 3, FirstOrder);
        var reader = new Listener();
        await shop.ReadAsync(reader);
        await RegisteredAsync(shop);
        Assert.Equal(3, await shop.SingleAsync<long>("select position from messages.readers where reader = 'listener'"));

        await PublishAsync(shop, 4, 5, FirstOrder);
        await shop.UntilAsync("select position from messages.readers where reader = 'listener'", 5L);

        Assert.Equal([4, 5], reader.Heard);
    }

    [Fact]
    public async Task The_events_of_one_order_are_read_in_order_and_those_of_another_beside_them()
    {
        await using var shop = await Shop.OpenAsync();
        var reader = new Listener();
        var slow = new TaskCompletionSource();
        reader.On[1] = () => slow.Task;
        await shop.ReadAsync(reader);
        await RegisteredAsync(shop);

        await PublishAsync(shop, 1, 2, FirstOrder);
        await PublishAsync(shop, 3, 4, SecondOrder);
        await reader.HearsAsync(4);
        var meanwhile = reader.Heard;
        slow.SetResult();
        await shop.UntilAsync("select position from messages.readers where reader = 'listener'", 4L);

        Assert.Equal([3, 4], meanwhile);
        Assert.Equal([3, 4, 1, 2], reader.Heard);
    }

    [Fact]
    public async Task A_reader_that_fails_comes_back_to_the_event_and_delays_no_other_reader()
    {
        await using var shop = await Shop.OpenAsync();
        var (reader, other) = (new Listener(), new Listener("other"));
        var failures = 0;
        reader.On[2] = () => ++failures <= 2 ? throw new IOException("the receiver is away") : Task.CompletedTask;
        reader.On[3] = () => failures <= 2 ? throw new IOException("away") : Task.CompletedTask;
        var away = new TaskCompletionSource();
        other.On[3] = () => away.Task;
        await shop.ReadAsync(reader);
        await shop.ReadAsync(other);
        await RegisteredAsync(shop, 3);

        await PublishAsync(shop, 1, 2, FirstOrder);
        await PublishAsync(shop, 3, 3, SecondOrder);
        await shop.UntilAsync("select position from messages.readers where reader = 'listener'", 3L);

        Assert.Equal(3, failures);
        Assert.Equal([1, 2], reader.Heard.Where(position => position < 3).Distinct());
        Assert.Equal(0, await shop.SingleAsync<long>("select count(*) from messages.parked"));
        Assert.Equal(0, await shop.SingleAsync<long>("select position from messages.readers where reader = 'other'"));
        away.SetResult();
        await shop.UntilAsync("select position from messages.readers where reader = 'other'", 3L);
    }

    [Fact]
    public async Task What_cannot_be_dealt_with_waits_with_its_order_for_an_operator_and_nothing_else_does()
    {
        await using var shop = await Shop.OpenAsync();
        var reader = new Listener();
        var isMended = false;
        reader.On[1] = () => isMended ? Task.CompletedTask : throw new PoisonMessageException("it makes no sense");
        await shop.ReadAsync(reader);
        await RegisteredAsync(shop);
        await PublishAsync(shop, 1, 2, FirstOrder);
        await PublishAsync(shop, 3, 3, SecondOrder);
        await shop.UntilAsync("select position from messages.readers where reader = 'listener'", 3L);
        await PublishAsync(shop, 4, 4, FirstOrder);
        await shop.UntilAsync("select position from messages.readers where reader = 'listener'", 4L);
        Assert.Equal([3], reader.Heard);

        await shop.CheckBacklogAsync();
        Assert.Equal(
            ($"outbox/listener/{FirstOrder}", "1/1", "MESSAGE_PARKED"),
            await shop.SingleAsync<(string, string, string)>(
                "select task_key, occasion, kind from orders.operator_tasks where closed_at is null"
            )
        );

        isMended = true;
        await shop.ResolveAsync(OperatorTaskResolution.Retry);
        await shop.UntilAsync("select count(*) from messages.parked", 0L);
        Assert.Equal([3, 1, 2, 4], reader.Heard);
    }

    [Fact]
    public async Task What_an_operator_drops_lets_go_on_what_waited_behind_it()
    {
        await using var shop = await Shop.OpenAsync();
        var reader = new Listener();
        reader.On[1] = () => throw new PoisonMessageException("it makes no sense");
        await shop.ReadAsync(reader);
        await RegisteredAsync(shop);
        await PublishAsync(shop, 1, 3, FirstOrder);
        await shop.UntilAsync("select count(*) from messages.parked", 3L);

        await shop.CheckBacklogAsync();
        await shop.ResolveAsync(OperatorTaskResolution.Drop);

        await shop.UntilAsync("select count(*) from messages.parked", 0L);
        Assert.Equal([2, 3], reader.Heard);
    }

    [Fact]
    public async Task What_comes_behind_an_event_while_an_operator_drops_it_goes_on_too()
    {
        await using var shop = await Shop.OpenAsync();
        var reader = new Listener();
        var round = new TaskCompletionSource();
        reader.On[1] = () => throw new PoisonMessageException("it makes no sense");
        reader.On[3] = () => round.Task;
        await shop.ReadAsync(reader);
        await RegisteredAsync(shop);
        await PublishAsync(shop, 1, 1, FirstOrder);
        await shop.UntilAsync("select count(*) from messages.parked", 1L);
        await shop.CheckBacklogAsync();
        await shop.ExecuteAsync($"{PublishSql(2, 2, FirstOrder)}; {PublishSql(3, 3, SecondOrder)}");
        await reader.BeginsAsync(3);

        await shop.ResolveAsync(OperatorTaskResolution.Drop);
        round.SetResult();

        await shop.UntilAsync("select position from messages.readers where reader = 'listener'", 3L);
        await shop.UntilAsync("select count(*) from messages.parked", 0L);
        Assert.Equal([3, 2], reader.Heard);
    }

    [Fact]
    public async Task An_operator_drops_what_the_task_tells_of_and_nothing_that_has_taken_its_place()
    {
        await using var shop = await Shop.OpenAsync();
        var reader = new Listener();
        reader.On[1] = reader.On[2] = () => throw new PoisonMessageException("it makes no sense");
        await shop.ReadAsync(reader);
        await RegisteredAsync(shop);
        await PublishAsync(shop, 1, 2, FirstOrder);
        await shop.UntilAsync("select count(*) from messages.parked", 2L);
        await shop.CheckBacklogAsync();

        reader.On.Remove(1);
        await shop.ExecuteAsync("update messages.parked set next_try_at = now() where position = 1");
        await shop.UntilAsync("select string_agg(position || ' ' || reason, '') from messages.parked", "2 it makes no sense");
        await shop.ResolveAsync(OperatorTaskResolution.Drop);
        await PublishAsync(shop, 3, 3, SecondOrder);
        await shop.UntilAsync("select position from messages.readers where reader = 'listener'", 3L);

        Assert.Equal(2, await shop.SingleAsync<long>("select position from messages.parked"));
    }

    [Fact]
    public async Task A_reader_whose_row_was_deleted_begins_anew_at_the_end()
    {
        await using var shop = await Shop.OpenAsync();
        var reader = new Listener();
        await shop.ReadAsync(reader);
        await RegisteredAsync(shop);
        await PublishAsync(shop, 1, 1, FirstOrder);
        await reader.HearsAsync(1);
        await shop.UntilAsync("select position from messages.readers where reader = 'listener'", 1L);

        await shop.ExecuteAsync("delete from messages.readers where reader = 'listener'");
        await RegisteredAsync(shop);
        await PublishAsync(shop, 2, 2, FirstOrder);
        await shop.UntilAsync("select position from messages.readers where reader = 'listener'", 2L);

        Assert.Equal([1, 2], reader.Heard);
    }

    [Fact]
    public async Task A_parked_event_that_fails_again_is_told_again()
    {
        await using var shop = await Shop.OpenAsync();
        var reader = new Listener();
        reader.On[1] = () => throw new PoisonMessageException("it makes no sense");
        await shop.ReadAsync(reader);
        await RegisteredAsync(shop);
        await PublishAsync(shop, 1, 1, FirstOrder);
        await shop.UntilAsync("select count(*) from messages.parked", 1L);
        await shop.CheckBacklogAsync();

        await shop.ResolveAsync(OperatorTaskResolution.Retry);
        await shop.UntilAsync("select tries from messages.parked", 2);
        await shop.CheckBacklogAsync();

        Assert.Equal(
            ("1/2", 2),
            await shop.SingleAsync<(string, int)>("select occasion, occurrence from orders.operator_tasks where closed_at is null")
        );
    }

    [Fact]
    public async Task Of_two_hosts_one_reads_and_the_other_goes_on_when_it_dies()
    {
        await using var shop = await Shop.OpenAsync();
        var (first, second) = (new Listener(), new Listener());
        var stuck = new TaskCompletionSource();
        first.On[1] = second.On[1] = () => stuck.Task;
        var host = await shop.ReadAsync(first);
        await RegisteredAsync(shop);
        await PublishAsync(shop, 1, 2, FirstOrder);
        await first.BeginsAsync(1);
        await shop.ReadAsync(second);

        await shop.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'");
        await second.BeginsAsync(1);
        stuck.SetResult();
        await shop.UntilAsync("select position from messages.readers where reader = 'listener'", 2L);

        Assert.Contains(2, second.Heard.Concat(first.Heard));
        await host.StopAsync(Now);
    }

    private static Task RegisteredAsync(Shop shop, long readers = 2) => shop.UntilAsync("select count(*) from messages.readers", readers);

    private static Task PublishAsync(Shop shop, int from, int to, string order) => shop.ExecuteAsync(PublishSql(from, to, order));

    private static string PublishSql(int from, int to, string order) =>
        $$"""
            insert into messages.outbox (event_id, topic, aggregate_id, occasion, payload, position, published_at)
            select gen_random_uuid(), 'order.completed', '{{order}}', n::text, '{"orderId":"{{order}}"}', n, now()
            from generate_series({{from}}, {{to}}) n
            """;

    /// <summary>Hears of events by position, and does what the test wants at one of them.</summary>
    internal sealed class Listener(string name = "listener") : IOutboxReader
    {
        private readonly ConcurrentQueue<int> heard = [];
        private readonly ConcurrentDictionary<int, TaskCompletionSource> begun = new();
        private readonly ConcurrentDictionary<int, TaskCompletionSource> done = new();

        public string Name => name;

        public Dictionary<int, Func<Task>> On { get; } = [];

        public IReadOnlyList<int> Heard => [.. heard];

        public bool Wants(string topic) => topic == "order.completed";

        public Task BeginsAsync(int position) => Of(begun, position).Task.WaitAsync(Now);

        public Task HearsAsync(int position) => Of(done, position).Task.WaitAsync(Now);

        public async Task ReadAsync(OutboxEvent message, CancellationToken cancellationToken)
        {
            var position = (int)message.Position;
            Of(begun, position).TrySetResult();
            if (On.TryGetValue(position, out var act))
            {
                await act();
            }

            heard.Enqueue(position);
            Of(done, position).TrySetResult();
        }

        private static TaskCompletionSource Of(ConcurrentDictionary<int, TaskCompletionSource> moments, int position) =>
            moments.GetOrAdd(position, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
