using Dapper;
using Npgsql;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Database.Orders;

/// <summary>What customers may read: the digital lines of their orders.</summary>
public sealed class DigitalGrantStore(NpgsqlDataSource source) : IDigitalGrantActivities
{
    /// <inheritdoc/>
    [Activity]
    public async Task GrantDigitalItemsAsync(DigitalGrant grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        var cancellationToken = ActivityCancellation.Token;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into orders.digital_grants (order_id, attempt, sku, quantity)
                select @OrderId, @Attempt, sku, sum(quantity)::integer
                from unnest(@Skus, @Quantities) as l (sku, quantity)
                group by sku
                on conflict (order_id, attempt, sku) do nothing
                """,
                new
                {
                    grant.OrderId,
                    grant.Attempt,
                    Skus = grant.Lines.Select(line => line.Sku).ToArray(),
                    Quantities = grant.Lines.Select(line => line.Quantity).ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <inheritdoc/>
    [Activity]
    public async Task RevokeDigitalItemsAsync(OrderAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var cancellationToken = ActivityCancellation.Token;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into orders.digital_grants as g (order_id, attempt, sku, quantity, revoked_at)
                select order_id, @Attempt, sku, sum(quantity)::integer, now()
                from orders.order_lines
                where order_id = @OrderId and kind = 'DIGITAL'
                group by order_id, sku
                on conflict (order_id, attempt, sku) do update
                set revoked_at = now(), version = g.version + 1
                where g.revoked_at is null
                """,
                new { attempt.OrderId, attempt.Attempt },
                cancellationToken: cancellationToken
            )
        );
    }
}
