using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using TemporalDelivery.Tests.Processes;

namespace TemporalDelivery.Chaos;

/// <summary>Spoils two things on purpose, so that whoever trusts the audit has seen it find something.</summary>
internal static class Sabotage
{
    /// <summary>Deletes the row of a refund in the product's table, and doubles a charge in the payment provider's ledger.</summary>
    /// <exception cref="InvalidOperationException">No order was refunded, or none was charged: there is nothing to spoil.</exception>
    public static async Task CommitAsync(NpgsqlConnection connection, Shop shop, Clock clock, CancellationToken cancellationToken)
    {
        var refund = await DeleteRefundAsync(connection, cancellationToken);
        clock.Say($"sabotage: the row of the refund of order {refund} is gone");

        // It must not write any more when somebody else does.
        await shop.Payments.KillAsync(cancellationToken);
        var charge = await DoubleChargeAsync(connection, shop.PaymentsLedger, cancellationToken);
        clock.Say($"sabotage: the charge of order {charge} is in the ledger twice");
    }

    /// <summary>Returns the order whose refund it was.</summary>
    public static async Task<Guid> DeleteRefundAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Delivery orders refer to payments.
        var order = await connection.QuerySingleOrDefaultAsync<Guid?>(
            """
            set local session_replication_role = replica;
            delete from orders.payments p
            where p.payment_id = (
                select payment_id from orders.payments join orders.orders o using (order_id)
                where payments.status = 'REFUNDED' and o.status in ('FAILED', 'CANCELLED')
                order by order_id limit 1)
            returning p.order_id
            """
        );
        await transaction.CommitAsync(cancellationToken);
        return order ?? throw new InvalidOperationException("No order was refunded: there is no row to delete. Take more orders.");
    }

    /// <summary>Returns the order that is charged twice now.</summary>
    public static async Task<Guid> DoubleChargeAsync(NpgsqlConnection connection, string ledger, CancellationToken cancellationToken)
    {
        var order = await connection.QuerySingleOrDefaultAsync<Guid?>(
            """
            select o.order_id from orders.orders o join orders.payments p using (order_id, attempt)
            where o.status = 'COMPLETED' and p.status = 'SETTLED' and p.provider_payment_id is not null
            order by o.order_id desc limit 1
            """
        ) ?? throw new InvalidOperationException("No order was charged: there is no charge to double. Take more orders.");
        var charge = (await File.ReadAllLinesAsync(ledger, cancellationToken))
            .Select(line => JsonNode.Parse(line)!.AsObject())
            .Last(line => (string?)line["kind"] == "charged" && (string?)line["orderId"] == order.ToString());
        charge["paymentId"] = "pay_sabotage";
        charge["idempotencyKey"] = "sabotage";
        charge["status"] = "settled";
        await File.AppendAllTextAsync(ledger, charge.ToJsonString() + "\n", cancellationToken);
        return order;
    }
}
