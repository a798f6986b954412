using Dapper;
using Npgsql;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Database.Inventory;

/// <summary>
/// What orders hold of the stock, one row per order and attempt. Each method is one statement, so one transaction; each takes the stock's
/// row locks by SKU, so no two orders ever wait for each other in a circle.
/// </summary>
public sealed class ReservationStore(NpgsqlDataSource source) : IInventoryActivities
{
    /// <inheritdoc/>
    [Activity]
    public async Task<ReservationResult> ReserveStockAsync(StockReservation reservation)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        var cancellationToken = ActivityCancellation.Token;
        var wanted = reservation
            .Lines.GroupBy(line => line.Sku, StringComparer.Ordinal)
            .Select(lines => (Sku: lines.Key, Quantity: lines.Sum(line => line.Quantity)))
            .OrderBy(line => line.Sku, StringComparer.Ordinal)
            .ToList();
        var key = new
        {
            reservation.OrderId,
            reservation.Attempt,
            Skus = wanted.Select(line => line.Sku).ToArray(),
            Quantities = wanted.Select(line => line.Quantity).ToArray(),
        };

        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        // The decision is made on the locked rows' latest values, not on the statement's snapshot.
        var reserved = await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(
                """
                with wanted as (
                    select sku, quantity from unnest(@Skus, @Quantities) as w (sku, quantity)
                ), locked as materialized (
                    select s.sku, s.reserved, s.on_hand - s.reserved as available, w.quantity
                    from orders.stock s join wanted w using (sku)
                    order by s.sku
                    for update of s
                ), verdict as (
                    select coalesce(array_agg(w.sku order by w.sku) filter (where l.sku is null or l.available < w.quantity), '{}') as short_skus
                    from wanted w left join locked l using (sku)
                ), claimed as (
                    insert into orders.reservations (order_id, attempt, state, skus, quantities, short_skus)
                    select @OrderId, @Attempt, case when short_skus = '{}' then 'HELD' else 'REFUSED' end, @Skus, @Quantities, short_skus
                    from verdict
                    on conflict (order_id, attempt) do nothing
                    returning state, short_skus
                ), taken as (
                    update orders.stock s
                    set reserved = l.reserved + l.quantity, version = s.version + 1
                    from locked l
                    where s.sku = l.sku and exists (select from claimed where state = 'HELD')
                )
                select state, short_skus from claimed
                """,
                key,
                cancellationToken: cancellationToken
            )
        );

        // No row: this order and attempt was decided before. A second statement sees what the first waited for.
        reserved ??= await connection.QuerySingleAsync<Row>(
            new CommandDefinition(
                "select state, short_skus from orders.reservations where order_id = @OrderId and attempt = @Attempt",
                key,
                cancellationToken: cancellationToken
            )
        );
        return reserved.State switch
        {
            "HELD" or "COMMITTED" => ReservationResult.Reserved,
            "REFUSED" => ReservationResult.OutOfStock(reserved.ShortSkus),
            _ => ReservationResult.OutOfStock(key.Skus),
        };
    }

    /// <inheritdoc/>
    [Activity]
    public async Task ReleaseStockAsync(OrderAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var cancellationToken = ActivityCancellation.Token;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                with released as (
                    insert into orders.reservations as r (order_id, attempt, state, skus, quantities)
                    values (@OrderId, @Attempt, 'RELEASED', '{}', '{}')
                    on conflict (order_id, attempt) do update set state = 'RELEASED', version = r.version + 1
                    where r.state = 'HELD'
                    returning skus, quantities
                ), locked as materialized (
                    select s.sku, s.reserved, l.quantity
                    from released r
                    cross join unnest(r.skus, r.quantities) as l (sku, quantity)
                    join orders.stock s on s.sku = l.sku
                    order by s.sku
                    for update of s
                )
                update orders.stock s
                set reserved = l.reserved - l.quantity, version = s.version + 1
                from locked l
                where s.sku = l.sku
                """,
                new { attempt.OrderId, attempt.Attempt },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <inheritdoc/>
    [Activity]
    public async Task CommitStockAsync(OrderAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var cancellationToken = ActivityCancellation.Token;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                with committed as (
                    update orders.reservations
                    set state = 'COMMITTED', version = version + 1
                    where order_id = @OrderId and attempt = @Attempt and state = 'HELD'
                    returning skus, quantities
                ), locked as materialized (
                    select s.sku, s.on_hand, s.reserved, l.quantity
                    from committed c
                    cross join unnest(c.skus, c.quantities) as l (sku, quantity)
                    join orders.stock s on s.sku = l.sku
                    order by s.sku
                    for update of s
                )
                update orders.stock s
                set on_hand = l.on_hand - l.quantity, reserved = l.reserved - l.quantity, version = s.version + 1
                from locked l
                where s.sku = l.sku
                """,
                new { attempt.OrderId, attempt.Attempt },
                cancellationToken: cancellationToken
            )
        );
    }

    // Not a positional record: Dapper knows an array column's exact type only when it sets a property.
    private sealed record Row
    {
        public string State { get; init; } = "";

        public string[] ShortSkus { get; init; } = [];
    }
}
