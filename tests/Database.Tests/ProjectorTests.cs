using Dapper;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.ReadModel;

namespace TemporalDelivery.Database.Tests;

public sealed class ProjectorTests
{
    private const string Insert = """
        update orders.orders set status = 'VALIDATING' where order_id = @orderId;
        insert into orders.order_audit (order_id, attempt, from_status, to_status, event, actor)
        values (@orderId, 1, 'PENDING', 'VALIDATING', 'STARTED', 'system')
        returning audit_id
        """;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_that_commits_after_a_later_row_was_projected_is_projected_too()
    {
        await using var shop = await Shop.OpenAsync();
        var early = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        var late = await shop.AcceptAsync(Shop.Grace, ("EBOOK-SQL", 1));
        await using var slow = await shop.Source.OpenConnectionAsync(Now);
        await using var quick = await shop.Source.OpenConnectionAsync(Now);
        await using var slowTransaction = await slow.BeginTransactionAsync(Now);
        await using var quickTransaction = await quick.BeginTransactionAsync(Now);

        // The slow one takes the lower number of the sequence and commits last.
        var first = await slow.ExecuteScalarAsync<long>(Insert, new { orderId = early.OrderId }, slowTransaction);
        var second = await quick.ExecuteScalarAsync<long>(Insert, new { orderId = late.OrderId }, quickTransaction);
        Assert.True(first < second);
        await quickTransaction.CommitAsync(Now);
        await shop.ProjectAsync();
        Assert.Equal("VALIDATING", await StatusAsync(shop, late.OrderId));
        Assert.Equal("PENDING", await StatusAsync(shop, early.OrderId));

        await slowTransaction.CommitAsync(Now);
        await shop.ProjectAsync();

        Assert.Equal("VALIDATING", await StatusAsync(shop, early.OrderId));
    }

    [Fact]
    public async Task A_row_that_is_written_anew_never_gets_a_version_that_it_has_had()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        var reader = shop.Get<StatusReader>();
        var versions = new List<long> { (await reader.FindOrderAsync(order.OrderId, Now))!.Version };
        await shop.ExecuteAsync(Insert, new { orderId = order.OrderId });
        await shop.ProjectAsync();
        versions.Add((await reader.FindOrderAsync(order.OrderId, Now))!.Version);

        await shop.ExecuteAsync(
            "delete from orders.order_view; insert into orders.projection_marks (order_id) values (@orderId)",
            new { orderId = order.OrderId }
        );
        await shop.ProjectAsync();

        Assert.True((await reader.FindOrderAsync(order.OrderId, Now))!.Version > versions.Max());
        Assert.Equal(versions, versions.Distinct().Order());
    }

    [Fact]
    public async Task Nothing_is_missed_while_many_transactions_commit_in_any_order()
    {
        await using var shop = await Shop.OpenAsync();
        var orders = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1))));
        using var writing = new CancellationTokenSource();
        var projecting = Task.Run(
            async () =>
            {
                while (!writing.IsCancellationRequested)
                {
                    await shop.Get<ReadModelProjector>().ProjectAsync(3, Now);
                }
            },
            Now
        );

        await Task.WhenAll(orders.Select(order => Task.Run(() => shop.AdmitAsync(order), Now)));
        await writing.CancelAsync();
        await projecting;
        await shop.ProjectAsync();

        foreach (var order in orders)
        {
            Assert.Equal("PAYMENT_PROCESSING", await StatusAsync(shop, order.OrderId));
        }
    }

    [Fact]
    public async Task Projecting_again_what_has_not_changed_keeps_the_version()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));

        await using (var connection = await shop.Source.OpenConnectionAsync(Now))
        {
            await connection.ExecuteAsync("insert into orders.projection_marks (order_id) values (@OrderId)", new { order.OrderId });
        }

        Assert.Equal(1, await shop.Get<ReadModelProjector>().ProjectAsync(10, Now));

        Assert.Equal(1, (await shop.Get<StatusReader>().FindOrderAsync(order.OrderId, Now))!.Version);
    }

    [Fact]
    public async Task A_change_tells_the_caches_which_order_it_was_after_it_can_be_read()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        await using var listener = await shop.Source.OpenConnectionAsync(Now);
        var told = new TaskCompletionSource<string>();
        listener.Notification += (_, notification) => told.TrySetResult(notification.Payload);
        await listener.ExecuteAsync($"listen {Channels.OrderViewChanged}");

        var before = (await shop.Get<StatusReader>().FindOrderAsync(order.OrderId, Now))!.Version;
        await shop.AdmitAsync(order);
        await shop.ProjectAsync();

        Assert.True(await listener.WaitAsync(TimeSpan.FromSeconds(30), Now));
        Assert.Equal(order.OrderId.ToString(), await told.Task);
        Assert.True((await shop.Get<StatusReader>().FindOrderAsync(order.OrderId, Now))!.Version > before);
    }

    [Fact]
    public async Task One_projector_works_at_a_time()
    {
        await using var shop = await Shop.OpenAsync();
        await using var other = await shop.Source.OpenConnectionAsync(Now);
        await using var transaction = await other.BeginTransactionAsync(Now);
        await other.ExecuteAsync("select pg_advisory_xact_lock(x'54445F70726F6A'::bigint)", transaction: transaction);

        Assert.Null(await shop.Get<ReadModelProjector>().ProjectAsync(10, Now));

        await transaction.RollbackAsync(Now);
        Assert.Equal(0, await shop.Get<ReadModelProjector>().ProjectAsync(10, Now));
    }

    private static async Task<string> StatusAsync(Shop shop, Guid orderId) =>
        (await shop.Get<StatusReader>().FindOrderAsync(orderId, Now))!.Status;
}
