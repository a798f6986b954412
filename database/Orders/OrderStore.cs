using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Orders;

/// <summary>Accepts orders, and failed ones again.</summary>
public sealed class OrderStore(NpgsqlDataSource source)
{
    /// <summary>
    /// Accepts all of the orders or none, in one transaction: the orders as PENDING with their lines and first audit row, the first row of
    /// the read model, the mark that their workflow is to be started, and the answer when the request bears a key.
    /// </summary>
    /// <param name="orders">One or more, judged by <see cref="OrderRules"/> before.</param>
    /// <param name="actor">Who places them.</param>
    /// <param name="request">The request's idempotency key, if it bears one.</param>
    /// <param name="answer">Makes the answer to store under the key from the accepted orders; called only when there is a key.</param>
    /// <param name="cancellationToken">Until the commit.</param>
    /// <exception cref="NpgsqlException">The database is away, or an order names a customer or SKU that does not exist. Nothing is
    /// stored.</exception>
    public async Task<AcceptResult> AcceptAsync(
        IReadOnlyList<AcceptedOrder> orders,
        Actor actor,
        IdempotentRequest? request,
        Func<IReadOnlyList<OrderDocument>, IdempotentAnswer> answer,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(orders);
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(answer);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        if (
            request is not null
            && await IdempotencyKeys.FindAsync(connection, transaction, request, cancellationToken) is var known and not KeyLookup.Unused
        )
        {
            return Known(known);
        }

        var documents = await InsertAsync(connection, transaction, orders, actor, cancellationToken);
        if (
            request is not null
            && !await IdempotencyKeys.TryStoreAsync(connection, transaction, request, answer(documents), cancellationToken)
        )
        {
            // The same key came in twice at once and the other was first: take back what was inserted and answer as it did.
            await transaction.RollbackAsync(cancellationToken);
            return Known(await IdempotencyKeys.FindAsync(connection, null, request, cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return new AcceptResult.Accepted(documents);
    }

    /// <summary>
    /// Makes a FAILED order PENDING again as its next attempt, with its audit row and the mark that its workflow is to be started.
    /// </summary>
    /// <returns>The new attempt; null when the order does not exist or is not FAILED (any more).</returns>
    public async Task<int?> RetryAsync(Guid orderId, Actor actor, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var attempt = await connection.ExecuteScalarAsync<int?>(
            new CommandDefinition(
                """
                with retried as (
                    update orders.orders
                    set status = 'PENDING', attempt = attempt + 1, failure_type = null, reason = null, discount_cents = 0,
                        updated_at = now(), version = version + 1
                    where order_id = @orderId and status = 'FAILED'
                    returning order_id, attempt
                ), audited as (
                    insert into orders.order_audit (order_id, from_status, to_status, event, reason, actor, sequence)
                    select order_id, 'FAILED', 'PENDING', 'RETRIED', @reason, @actor, attempt from retried
                ), marked as (
                    insert into orders.pending_starts (order_id, attempt)
                    select order_id, attempt from retried
                    on conflict (order_id) do update set attempt = excluded.attempt, accepted_at = now()
                )
                select attempt from retried
                """,
                new
                {
                    orderId,
                    reason,
                    actor = actor.ToString(),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (attempt is not null)
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    $"notify {Channels.OrderAccepted}; notify {Channels.Audited}",
                    transaction: transaction,
                    cancellationToken: cancellationToken
                )
            );
        }

        await transaction.CommitAsync(cancellationToken);
        return attempt;
    }

    private static AcceptResult Known(KeyLookup known) =>
        known switch
        {
            KeyLookup.Answered answered => new AcceptResult.Repeated(answered.Answer),
            KeyLookup.OtherBody => new AcceptResult.KeyReused(),
            _ => throw new InvalidOperationException("An idempotency key was forgotten while it was being used."),
        };

    private static async Task<IReadOnlyList<OrderDocument>> InsertAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<AcceptedOrder> orders,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var lines = orders
            .SelectMany(order => order.Lines.Select((line, index) => (order.OrderId, Number: index + 1, Line: line)))
            .ToList();
        var documents = await connection.QueryAsync<OrderDocument>(
            new CommandDefinition(
                $"""
                insert into orders.orders
                    (order_id, customer_id, status, attempt, total_cents, item_count, delivery_address, payment_token, voucher_code)
                select order_id, customer_id, 'PENDING', attempt, total_cents, item_count, delivery_address::jsonb, payment_token, voucher_code
                from unnest(@OrderIds, @CustomerIds, @Attempts, @Totals, @ItemCounts, @Addresses, @PaymentTokens, @VoucherCodes)
                    as o (order_id, customer_id, attempt, total_cents, item_count, delivery_address, payment_token, voucher_code);

                insert into orders.order_lines (order_id, line_number, sku, name, kind, quantity, unit_price_cents)
                select order_id, line_number, sku, name, kind, quantity, unit_price_cents
                from unnest(@LineOrderIds, @LineNumbers, @Skus, @Names, @Kinds, @Quantities, @UnitPrices)
                    as l (order_id, line_number, sku, name, kind, quantity, unit_price_cents);

                insert into orders.order_audit (order_id, from_status, to_status, event, actor, sequence)
                select order_id, null, 'PENDING', 'ACCEPTED', @Actor, attempt
                from unnest(@OrderIds, @Attempts) as o (order_id, attempt);

                insert into orders.pending_starts (order_id, attempt)
                select order_id, attempt
                from unnest(@OrderIds, @Attempts) as o (order_id, attempt);

                {OrderViewSql.Project};

                notify {Channels.OrderAccepted};

                select order_id, customer_id, status, version, document::text as json
                from orders.order_view
                where order_id = any(@OrderIds)
                """,
                new
                {
                    OrderIds = orders.Select(order => order.OrderId).ToArray(),
                    CustomerIds = orders.Select(order => order.CustomerId).ToArray(),
                    Attempts = orders.Select(order => order.Attempt).ToArray(),
                    Totals = orders.Select(order => order.Lines.Sum(line => line.TotalCents)).ToArray(),
                    ItemCounts = orders.Select(order => order.Lines.Sum(line => line.Quantity)).ToArray(),
                    Addresses = orders.Select(order => Json.Write(order.DeliveryAddress)).ToArray(),
                    PaymentTokens = orders.Select(order => order.PaymentToken).ToArray(),
                    VoucherCodes = orders.Select(order => order.VoucherCode).ToArray(),
                    LineOrderIds = lines.Select(line => line.OrderId).ToArray(),
                    LineNumbers = lines.Select(line => line.Number).ToArray(),
                    Skus = lines.Select(line => line.Line.Sku).ToArray(),
                    Names = lines.Select(line => line.Line.Name).ToArray(),
                    Kinds = lines.Select(line => line.Line.Kind.WireName()).ToArray(),
                    Quantities = lines.Select(line => line.Line.Quantity).ToArray(),
                    UnitPrices = lines.Select(line => line.Line.UnitPriceCents).ToArray(),
                    Actor = actor.ToString(),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );

        var byId = documents.ToDictionary(document => document.OrderId);
        return [.. orders.Select(order => byId[order.OrderId])];
    }
}
