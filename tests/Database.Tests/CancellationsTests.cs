using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

public sealed class CancellationsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pending_order_is_cancelled_at_once_and_never_started()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));

        var standing = await CancelAsync(shop, order.OrderId);
        var again = await CancelAsync(shop, order.OrderId);

        Assert.IsType<CancellationStanding.Granted>(standing);
        Assert.Equal(new CancellationStanding.Over("CANCELLED"), again);
        Assert.Empty(await shop.TakeStartsAsync());
        var admission = await shop.AdmitAsync(order);
        Assert.Equal(new OrderAdmission(OrderStatus.Cancelled, Reason: "changed my mind"), admission);
    }

    [Fact]
    public async Task An_order_is_cancelled_before_its_first_step_or_asked_to_be_after_it_and_never_both()
    {
        await using var shop = await Shop.OpenAsync();
        var orders = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1))));

        var races = await Task.WhenAll(
            orders.Select(async order =>
            {
                var admission = Task.Run(() => shop.AdmitAsync(order), Now);
                var standing = await CancelAsync(shop, order.OrderId);
                return (Admission: await admission, standing);
            })
        );

        Assert.All(races, race =>
            Assert.Equal(race.Admission.Status == OrderStatus.Cancelled, race.standing is CancellationStanding.Granted)
        );
    }

    [Fact]
    public async Task One_who_asks_while_another_has_asked_shares_the_outcome_and_the_same_request_gets_its_own_again()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await AdmittedAsync(shop);

        var first = await CancelAsync(shop, order, "first");
        var second = await CancelAsync(shop, order, "second");
        await shop.Get<Cancellations>().SettleAsync("first", "picked up", Now);
        var firstAgain = await CancelAsync(shop, order, "first");
        var third = await CancelAsync(shop, order, "third");

        Assert.Equal("first", Assert.IsType<CancellationStanding.Open>(first).Cancellation.Cancellation.Id);
        Assert.Equal(first, second);
        Assert.Equal(new CancellationStanding.Refused("picked up"), firstAgain);
        Assert.Equal("third", Assert.IsType<CancellationStanding.Open>(third).Cancellation.Cancellation.Id);
    }

    [Fact]
    public async Task Status_reads_say_that_it_is_asked_for_and_then_why_it_was_refused()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await AdmittedAsync(shop);
        await shop.ProjectAsync();
        var before = await ReadAsync(shop, order);

        await CancelAsync(shop, order, "id");
        await shop.ProjectAsync();
        var asked = await ReadAsync(shop, order);
        await shop.Get<Cancellations>().SettleAsync("id", "picked up", Now);
        await shop.ProjectAsync();
        var refused = await ReadAsync(shop, order);

        Assert.Contains("\"cancelRequested\": false", before.Json, StringComparison.Ordinal);
        Assert.Contains("\"cancelRequested\": true", asked.Json, StringComparison.Ordinal);
        Assert.Contains("\"cancelRefusal\": \"picked up\"", refused.Json, StringComparison.Ordinal);
        Assert.Contains("\"cancelRequested\": false", refused.Json, StringComparison.Ordinal);
        Assert.True(before.Version < asked.Version && asked.Version < refused.Version);
    }

    [Fact]
    public async Task A_cancellation_that_is_due_is_taken_once_and_one_whose_order_is_over_is_settled_by_that()
    {
        await using var shop = await Shop.OpenAsync();
        var (running, failed, retried) = (await AdmittedAsync(shop), await AdmittedAsync(shop), await AdmittedAsync(shop));
        foreach (var order in new[] { running, failed, retried })
        {
            await CancelAsync(shop, order, order.ToString(), TimeSpan.Zero);
        }

        await shop.ExecuteAsync("update orders.orders set status = 'FAILED' where order_id = @failed", new { failed });
        await shop.ExecuteAsync("update orders.orders set attempt = 2 where order_id = @retried", new { retried });

        var taken = await shop.Get<Cancellations>().TakeDueAsync(10, Lease, Now);
        var takenAgain = await shop.Get<Cancellations>().TakeDueAsync(10, Lease, Now);

        Assert.Equal(running, Assert.Single(taken).Cancellation.OrderId);
        Assert.Empty(takenAgain);
        Assert.Equal(new CancellationStanding.Refused("the order is FAILED"), await CancelAsync(shop, failed, failed.ToString()));
        Assert.IsType<CancellationStanding.Refused>(await CancelAsync(shop, retried, retried.ToString()));
    }

    [Fact]
    public async Task An_undo_that_is_refused_is_a_task_because_nobody_waits_for_its_answer()
    {
        await using var shop = await Shop.OpenAsync();
        var (undone, cancelled) = (await AdmittedAsync(shop), await AdmittedAsync(shop));
        await CancelAsync(shop, undone, "undo 7");
        await CancelAsync(shop, cancelled, "8");

        await shop.Get<Cancellations>().SettleAsync("undo 7", "picked up", Now);
        await shop.Get<Cancellations>().SettleAsync("8", "picked up", Now);

        Assert.Equal(
            (undone, "CANCEL_REFUSED", "it was to be undone, and goes on: picked up"),
            Assert.Single(await shop.ListAsync<(Guid, string, string)>("select order_id, kind, detail from orders.operator_tasks"))
        );
    }

    private static async Task<Guid> AdmittedAsync(Shop shop)
    {
        var order = await shop.AcceptAsync(Shop.Ada, ("EBOOK-SQL", 1));
        await shop.AdmitAsync(order);
        return order.OrderId;
    }

    private static Task<CancellationStanding> CancelAsync(Shop shop, Guid orderId, string? id = null, TimeSpan? lease = null) =>
        shop.Get<Cancellations>()
            .RequestAsync(
                new OrderCancellation(id ?? Guid.CreateVersion7().ToString(), orderId, Actor.Customer(Shop.Ada), "changed my mind"),
                lease ?? Lease,
                Now
            );

    private static async Task<OrderDocument> ReadAsync(Shop shop, Guid order) =>
        (await shop.Get<StatusReader>().FindOrderAsync(order, Now))!;
}
