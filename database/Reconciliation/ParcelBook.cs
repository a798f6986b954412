using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Reconciliation;

/// <summary>What our book says of a delivery order.</summary>
/// <param name="DeliveryOrderId">The delivery order.</param>
/// <param name="OrderId">Its order.</param>
/// <param name="State">Its state.</param>
/// <param name="Version">The row's version.</param>
/// <param name="HasLeft">Whether the parcel was picked up.</param>
/// <param name="IsUnderWay">Whether delivery or order have changed a moment ago, or the order is being undone.</param>
/// <param name="IsTold">Whether a task has told an operator that the parcel arrived too late.</param>
public sealed record BookedParcel(Guid DeliveryOrderId, Guid OrderId, string State, int Version, bool HasLeft, bool IsUnderWay, bool IsTold)
{
    /// <summary>Whether the delivery was given up, or another took over.</summary>
    public bool IsGivenUp => State is "CANCELLED" or "SUPERSEDED";
}

/// <summary>Our delivery orders, to be compared with the partner's bookings.</summary>
public sealed class ParcelBook(NpgsqlDataSource source)
{
    // What is asked about a delivery order is limited, so that it is asked by its index: as an "exists" it may become one scan of the table.
    internal const string ReadSql = $"""
        select d.delivery_order_id, d.order_id, d.state, d.version, ({Pickup}) is not null as has_left,
            greatest(d.updated_at, o.updated_at) > clock_timestamp() - @Grace
                or (o.undoing and o.attempt = d.order_attempt and o.status not in ('COMPLETED', 'FAILED', 'CANCELLED')) as is_under_way,
            (select 1 from orders.operator_tasks t where t.task_key = 'delivery-' || d.delivery_order_id || '/arrived-late' limit 1)
                is not null as is_told
        from deliveries.delivery_orders d
        join orders.orders o using (order_id)
        where d.delivery_order_id = any(@DeliveryOrderIds)
        """;

    internal const string ListLeftSql = $"""
        select d.delivery_order_id
        from deliveries.delivery_orders d
        cross join lateral ({Pickup}) pickup
        where d.delivery_order_id > @After and d.delivery_order_id < @Before and d.state not in ('CREATED', 'CANCELLED', 'SUPERSEDED')
        order by d.delivery_order_id
        limit @Limit
        """;

    private const string Pickup = """
        select 1
        from deliveries.delivery_audit a
        where a.delivery_order_id = d.delivery_order_id and a.to_state = 'PICKED_UP' and a.from_state <> a.to_state
        limit 1
        """;

    /// <summary>What our book says of these delivery orders; those that we do not know are not in it.</summary>
    /// <param name="deliveryOrderIds">So many as a page has.</param>
    /// <param name="grace">For how long after a change it is under way.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyDictionary<Guid, BookedParcel>> ReadAsync(
        IReadOnlyCollection<Guid> deliveryOrderIds,
        TimeSpan grace,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<BookedParcel>(
            new CommandDefinition(
                ReadSql,
                new { DeliveryOrderIds = deliveryOrderIds.ToArray(), Grace = grace },
                cancellationToken: cancellationToken
            )
        );
        return rows.ToDictionary(row => row.DeliveryOrderId);
    }

    /// <summary>Our parcels of a time that have left and were not given up, oldest first.</summary>
    /// <param name="from">The first time.</param>
    /// <param name="to">The time after the last.</param>
    /// <param name="after">The last that is known; null for the first page.</param>
    /// <param name="limit">At most so many; fewer are the last.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<Guid>> ListLeftAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        Guid? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return (
            await connection.QueryAsync<Guid>(
                new CommandDefinition(
                    ListLeftSql,
                    new
                    {
                        After = after ?? TimeOrderedIds.BoundAt(from),
                        Before = TimeOrderedIds.BoundAt(to),
                        Limit = limit,
                    },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
    }
}
