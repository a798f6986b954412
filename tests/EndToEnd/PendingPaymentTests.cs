using Dapper;
using Npgsql;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.EndToEnd;

/// <summary>A charge that stays pending, and the payment provider's event about it.</summary>
public sealed class PendingPaymentTests
{
    private static readonly OrderKind Pending = new("pending", ["EBOOK-SQL"], "COMPLETED", 1, 0, 0, PaymentToken: "tok_pending");

    [Fact]
    public async Task An_acknowledged_event_settles_its_order_though_every_process_that_heard_it_was_killed()
    {
        Assert.SkipWhen(PrivatePostgres.Unavailable is not null, PrivatePostgres.Unavailable ?? "");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(4));
        var cancellation = deadline.Token;
        await using var shop = await Shop.StartAsync(TimeSpan.FromSeconds(3), disorder: 0, TemporalStore.Postgres, cancellation);
        using var customers = new Customers(shop.Address);
        await using var connection = new NpgsqlConnection(shop.Postgres.ConnectionString);
        await connection.OpenAsync(cancellation);
        var order = await customers.PlaceAsync(Pending, cancellation);

        // The provider decides in three seconds. From here on the worker can tell nobody what it hears.
        await UntilAsync("select exists (select from orders.payments where order_id = @order and provider_payment_id is not null)");
        shop.TemporalWire.Hold();
        await UntilAsync("select exists (select from messages.inbox where aggregate_id = @order)");
        await shop.Api.KillAsync(cancellation);
        await shop.Worker.KillAsync(cancellation);
        Assert.True(await IsTrueAsync("select outcome is null from messages.inbox where aggregate_id = @order"));

        shop.TemporalWire.Release();
        await shop.Worker.StartAsync(cancellation);

        await UntilAsync("select status = 'COMPLETED' from orders.orders where order_id = @order");
        Assert.True(await IsTrueAsync("select status = 'SETTLED' from orders.payments where order_id = @order"));
        Assert.Equal(1, Ledgers.Charges(shop.PaymentsLedger).GetValueOrDefault(order));
        Assert.Empty(Ledgers.Refunds(shop.PaymentsLedger));
        Assert.True(await IsTrueAsync("select count(*) = 0 from orders.operator_tasks"));

        Task<bool> IsTrueAsync(string sql) =>
            connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, new { order }, cancellationToken: cancellation));

        async Task UntilAsync(string condition)
        {
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!await IsTrueAsync(condition))
            {
                await tick.WaitForNextTickAsync(cancellation);
            }
        }
    }
}
