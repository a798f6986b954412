using Dapper;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Vouchers.Tests;

/// <summary>The columns of the outbox on which the module relies: another's table.</summary>
internal static class OutboxContract
{
    public static async Task CreateAsync(TestDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(
            """
            create schema messages;
            create table messages.outbox (
                outbox_id bigint generated always as identity, event_id uuid not null unique, topic text not null,
                aggregate_id uuid not null, occasion text not null default '', payload jsonb not null,
                unique (topic, aggregate_id, occasion))
            """
        );
    }
}
