using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Orders;

/// <summary>Accepts orders, and failed ones again.</summary>
public sealed class OrderStore(NpgsqlDataSource source, Announcements announcements)
{
    /// <summary>
    /// Accepts all of the orders or none, in one transaction and one round trip: the orders as PENDING with their lines and first audit
    /// row, the first row of the read model, the row that says that their workflow is to be started, and the answer when the request bears
    /// a key.
    /// </summary>
    /// <param name="orders">One or more, judged by <see cref="OrderRules"/> before.</param>
    /// <param name="actor">Who places them.</param>
    /// <param name="request">The request's idempotency key, if it bears one.</param>
    /// <param name="frame">What the answer is made of besides the orders.</param>
    /// <param name="cancellationToken">Stops accepting; all of the orders are stored or none.</param>
    /// <exception cref="NpgsqlException">The database is away, or an order names a customer or SKU that does not exist. Nothing is
    /// stored.</exception>
    public async Task<AcceptResult> AcceptAsync(
        IReadOnlyList<AcceptedOrder> orders,
        Actor actor,
        IdempotentRequest? request,
        AnswerFrame frame,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(orders);
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(frame);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        string body;
        try
        {
            body = await InsertAsync(connection, orders, actor, request, frame, cancellationToken);
        }
        catch (PostgresException failure) when (failure.ConstraintName == IdempotencyKeys.UsedOnce)
        {
            // The same key was used at the same time and the other was first: nothing is inserted, and the answer is the other's.
            return await IdempotencyKeys.FindAsync(connection, request!, cancellationToken) switch
            {
                KeyLookup.Answered answered => new AcceptResult.Accepted(answered.Answer),
                KeyLookup.OtherBody => new AcceptResult.KeyReused(),
                _ => throw new InvalidOperationException("An idempotency key was forgotten while it was being used."),
            };
        }

        announcements.Announce(Channels.OrderAccepted);
        return new AcceptResult.Accepted(new(frame.StatusCode, frame.Location, body));
    }

    /// <summary>
    /// Makes a FAILED order PENDING again as its next attempt, with its audit row and the mark that its workflow is to be started.
    /// </summary>
    /// <returns>The new attempt; null when the order does not exist or is not FAILED (any more).</returns>
    public async Task<int?> RetryAsync(Guid orderId, Actor actor, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var attempt = await connection.ExecuteScalarAsync<int?>(
            new CommandDefinition(
                """
                with retried as (
                    update orders.orders
                    set status = 'PENDING', attempt = attempt + 1, failure_type = null, reason = null, discount_cents = 0, undoing = false,
                        updated_at = now(), version = version + 1
                    where order_id = @orderId and status = 'FAILED'
                    returning order_id, attempt
                ), audited as (
                    insert into orders.order_audit (order_id, attempt, from_status, to_status, event, reason, actor)
                    select order_id, attempt, 'FAILED', 'PENDING', 'RETRIED', @reason, @actor from retried
                ), marked as (
                    insert into orders.starts (order_id, attempt)
                    select order_id, attempt from retried
                    on conflict (order_id) do update
                    set attempt = excluded.attempt, accepted_at = now(), tries = 0, next_try_at = now(), last_error = null,
                        taken_at = null, started_at = null, waiting_at = null
                )
                select attempt from retried
                """,
                new
                {
                    orderId,
                    reason,
                    actor = actor.ToString(),
                },
                cancellationToken: cancellationToken
            )
        );
        if (attempt is not null)
        {
            announcements.Announce(Channels.OrderAccepted);
            announcements.Announce(Channels.Audited);
        }

        return attempt;
    }

    // Sent together, the statements are one transaction.
    private static async Task<string> InsertAsync(
        NpgsqlConnection connection,
        IReadOnlyList<AcceptedOrder> orders,
        Actor actor,
        IdempotentRequest? request,
        AnswerFrame frame,
        CancellationToken cancellationToken
    )
    {
        var lines = orders
            .SelectMany(order => order.Lines.Select((line, index) => (order.OrderId, Number: index + 1, Line: line)))
            .ToList();
        return await connection.QuerySingleAsync<string>(
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

                insert into orders.order_audit (order_id, attempt, from_status, to_status, event, actor)
                select order_id, attempt, null, 'PENDING', 'ACCEPTED', @Actor
                from unnest(@OrderIds, @Attempts) as o (order_id, attempt);

                insert into orders.starts (order_id, attempt)
                select order_id, attempt
                from unnest(@OrderIds, @Attempts) as o (order_id, attempt);

                with viewed as (
                    {OrderViewSql.Project}
                    returning order_id, document
                ), answer as (
                    select @Open || string_agg(document::text, ',' order by place) || @Close as body
                    from unnest(@OrderIds) with ordinality as o (order_id, place)
                    join viewed using (order_id)
                ){(request is null ? "" : $", kept as ({IdempotencyKeys.KeepAnswerSql})")}
                select body from answer
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
                    request?.Scope,
                    request?.Key,
                    request?.BodyHash,
                    frame.StatusCode,
                    frame.Location,
                    frame.Open,
                    frame.Close,
                },
                cancellationToken: cancellationToken
            )
        );
    }
}
