using System.Text.Json;
using Dapper;
using Npgsql;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.EndToEnd;

/// <summary>
/// Whatever dies, orders end as their kind says, the outside world was asked once for each effect, and it was told of everything.
/// </summary>
public sealed class KillTests
{
    private const int Orders = 50;

    [Fact]
    public async Task Killing_worker_server_api_and_database_while_fifty_orders_are_in_flight_loses_nothing_and_repeats_nothing()
    {
        Assert.SkipWhen(PrivatePostgres.Unavailable is not null, PrivatePostgres.Unavailable ?? "");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(8));
        var cancellation = deadline.Token;
        await using var told = await Told.OpenAsync(cancellation);
        await using var shop = await Shop.StartAsync(
            told.Settings(ShopSettings.Of(pace: TimeSpan.FromSeconds(4), disorder: 0.3)),
            cancellation
        );
        await told.SubscribeAsync(shop, cancellation);
        using var customers = new Customers(shop.Address);

        var kinds = Enumerable.Range(0, Orders).Select(index => OrderKind.All[index % OrderKind.All.Count]).ToList();
        var placed = await Task.WhenAll(kinds.Select(kind => customers.PlaceAsync(kind, cancellation)));
        var seenThrough = placed.Select(order => customers.SeeThroughAsync(order, cancellation)).ToList();

        Assert.Contains(seenThrough, order => !order.IsCompleted);
        await told.KillWhileTellingAsync(shop.Worker, cancellation);
        await shop.Worker.StartAsync(cancellation);
        await shop.Temporal.KillAsync(cancellation);
        await shop.Temporal.StartAsync(cancellation);
        await shop.Api.KillAsync(cancellation);
        await shop.Api.StartAsync(cancellation);
        await shop.Postgres.KillAsync(cancellation);
        await shop.Postgres.StartAsync(cancellation);
        // An order that is placed while the dust settles is like any other.
        var late = await customers.PlaceAsync(OrderKind.All[2], cancellation);
        seenThrough.Add(customers.SeeThroughAsync(late, cancellation));

        JsonElement[] ended;
        try
        {
            ended = await Task.WhenAll(seenThrough);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            var stuck = seenThrough
                .Select((task, index) => (task, index))
                .Where(order => !order.task.IsCompletedSuccessfully)
                .Select(order => order.index < Orders ? $"{placed[order.index]} ({kinds[order.index]})" : $"{late} (late)");
            throw new TimeoutException(
                $"not ended: {string.Join(", ", stuck)}\n--- worker\n{shop.Worker.Log}\n--- temporal\n{shop.Temporal.Log}\n--- api\n{shop.Api.Log}"
            );
        }

        var charges = Ledgers.Charges(shop.PaymentsLedger);
        var refunds = Ledgers.Refunds(shop.PaymentsLedger);
        var bookings = Ledgers.Bookings(shop.PartnerLedger);
        var deliveries = Ledgers.DeliveriesOfOrders(shop.PartnerLedger);
        var vouchers = await VouchersAsync(
            shop.Postgres.ConnectionString,
            [.. placed, late],
            OrderKind.All[2].Vouchers,
            kinds,
            cancellation
        );

        Assert.All(bookings, booking => Assert.Equal(1, booking.Value));
        Assert.Empty(refunds);
        Assert.All([.. placed.Zip(kinds), (late, OrderKind.All[2])], (order, index) =>
        {
            var (id, kind) = order;
            Assert.Equal((kind.Name, kind.Ends), (kind.Name, ended[index].GetProperty("status").GetString()));
            Assert.Equal((kind.Name, kind.Charges), (kind.Name, charges.GetValueOrDefault(id)));
            Assert.Equal((kind.Name, kind.Deliveries), (kind.Name, deliveries.GetValueOrDefault(id)));
            Assert.Equal((kind.Name, kind.Vouchers), (kind.Name, vouchers.GetValueOrDefault(id)));
        });
        await told.CheckAsync(cancellation);
    }

    // A voucher is issued after the order is completed and must never be issued twice: wait until all are there, then count.
    private static async Task<Dictionary<Guid, int>> VouchersAsync(
        string connectionString,
        Guid[] orders,
        int each,
        List<OrderKind> kinds,
        CancellationToken cancellationToken
    )
    {
        var expected = (kinds.Count(kind => kind.Vouchers > 0) + 1) * each;
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var found = (
                await connection.QueryAsync<Guid>(
                    new CommandDefinition(
                        "select order_id from vouchers.vouchers where order_id = any(@orders) and state <> 'DISABLED'",
                        new { orders },
                        cancellationToken: cancellationToken
                    )
                )
            ).ToList();
            if (found.Count >= expected)
            {
                return found.GroupBy(order => order).ToDictionary(group => group.Key, group => group.Count());
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }
    }
}
