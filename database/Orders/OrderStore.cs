using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Orders;

/// <summary>Accepts orders, and failed ones again.</summary>
public sealed class OrderStore(NpgsqlDataSource source, Announcements announcements)
{
    // While one of these is open, something of the last attempt is not undone yet, or not known to be.
    private static readonly string[] Unfinished =
    [
        OperatorTaskKind.UndoFailed.WireName(),
        OperatorTaskKind.StepOverdue.WireName(),
        OperatorTaskKind.StepFailed.WireName(),
    ];

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
        return new AcceptResult.Accepted(new(frame.StatusCode, frame.Location, IdempotentAnswer.Json, body));
    }

    /// <summary>
    /// Makes a FAILED order PENDING again as its next attempt, with its audit row, the mark that its workflow is to be started and the
    /// answer when the request bears a key. While something of the attempt before is still to be undone by an operator it stays FAILED.
    /// </summary>
    public async Task<RetryResult> RetryAsync(OrderRetry retry, IdempotentRequest? request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retry);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var result = await connection.QuerySingleAsync<RetryResult>(
            new CommandDefinition(
                """
                with undone as materialized (
                    select not exists (
                        select from orders.operator_tasks
                        where order_id = @OrderId and kind = any(@Unfinished) and closed_at is null) as is_whole
                ), retried as (
                    update orders.orders
                    set status = 'PENDING', attempt = attempt + 1, failure_type = null, reason = null, discount_cents = 0, undoing = false,
                        payment_token = coalesce(@PaymentToken, payment_token),
                        voucher_code = case when @VoucherCode::text is null then voucher_code else nullif(@VoucherCode, '') end,
                        updated_at = now(), version = version + 1
                    from undone
                    where order_id = @OrderId and status = 'FAILED' and undone.is_whole
                    returning order_id, attempt
                ), kept as (
                    update orders.idempotency_keys
                    set status_code = 202, location = '/orders/' || order_id, content_type = @ContentType, running_till = null,
                        body = '{"orderId":"' || order_id || '","attempt":' || attempt || '}'
                    from retried
                    where scope = @Scope and key = @Key
                ), audited as (
                    insert into orders.order_audit (order_id, attempt, from_status, to_status, event, reason, actor)
                    select order_id, attempt, 'FAILED', 'PENDING', 'RETRIED', @Reason, @Actor from retried
                ), marked as (
                    insert into orders.starts (order_id, attempt)
                    select order_id, attempt from retried
                    on conflict (order_id) do update
                    set attempt = excluded.attempt, resumed = false, accepted_at = now(), tries = 0, next_try_at = now(), last_error = null,
                        taken_at = null, started_at = null, waiting_at = null
                )
                select (select attempt from retried) as attempt, (select is_whole from undone) as is_undone
                """,
                new
                {
                    retry.OrderId,
                    retry.Reason,
                    Actor = retry.Actor.ToString(),
                    retry.PaymentToken,
                    retry.VoucherCode,
                    Unfinished,
                    ContentType = IdempotentAnswer.Json,
                    request?.Scope,
                    request?.Key,
                },
                cancellationToken: cancellationToken
            )
        );
        if (result.Attempt is not null)
        {
            announcements.Announce(Channels.OrderAccepted);
            announcements.Announce(Channels.Audited);
        }

        return result;
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
                    ContentType = IdempotentAnswer.Json,
                    frame.Open,
                    frame.Close,
                },
                cancellationToken: cancellationToken
            )
        );
    }
}
