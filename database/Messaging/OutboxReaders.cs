using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Messaging;

/// <summary>
/// Who follows the outbox, each by a cursor of its own. A round holds the lock of the reader's row, so of several hosts one reads, and when
/// it dies another goes on. The cursor moves when what was read is dealt with: whatever dies or is away in between, it is read again.
/// <para>
/// What a reader cannot deal with is parked, with what comes after it about the same order, so that it holds up no other. It is due again
/// after an hour, or when an operator says so.
/// </para>
/// </summary>
public sealed class OutboxReaders(NpgsqlDataSource source)
{
    /// <summary>
    /// Takes what the reader has to deal with next, until the round is disposed of. A reader without a row gets one, at the end of what is
    /// published by now.
    /// </summary>
    /// <param name="reader">Whose round it is.</param>
    /// <param name="limit">The most events, and the most parked ones beside them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is nothing to deal with, or another host is at it. Nothing is written then.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<ReaderRound?> BeginAsync(string reader, int limit, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        var transaction = default(NpgsqlTransaction);
        try
        {
            if (await HasWorkAsync(connection, reader, cancellationToken))
            {
                transaction = await connection.BeginTransactionAsync(cancellationToken);
                var taken = (
                    await connection.QueryAsync<TakenEvent>(
                        new CommandDefinition(TakeSql, new { reader, limit }, transaction, cancellationToken: cancellationToken)
                    )
                ).AsList();
                if (taken.Count > 0)
                {
                    return new ReaderRound(connection, transaction, reader, taken);
                }
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private static async Task<bool> HasWorkAsync(NpgsqlConnection connection, string reader, CancellationToken cancellationToken)
    {
        try
        {
            if (
                await connection.ExecuteScalarAsync<bool?>(
                    new CommandDefinition(HasWorkSql, new { reader }, cancellationToken: cancellationToken)
                ) is
                { } hasWork
            )
            {
                return hasWork;
            }

            await connection.ExecuteAsync(new CommandDefinition(RegisterSql, new { reader }, cancellationToken: cancellationToken));
            return false;
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // The reader's worker may be the first of the system to start.
            return false;
        }
    }

    private const string RegisterSql = """
        insert into messages.readers (reader, position)
        select @reader, coalesce(max(position), 0) from messages.outbox
        on conflict do nothing
        """;

    internal const string HasWorkSql = """
        select exists (select from messages.outbox o where o.position > r.position)
            or exists (select from messages.parked p where p.reader = r.reader and p.next_try_at <= now())
        from messages.readers r
        where r.reader = @reader
        """;

    internal const string TakeSql = $"""
        with reader as materialized (
            select position from messages.readers where reader = @reader for update skip locked
        ), due as (
            select p.position, p.given_up
            from messages.parked p
            where p.reader = @reader and p.next_try_at <= now() and exists (select from reader)
            order by p.position
            limit @limit
        ), next as (
            select {Outbox.Columns} from messages.outbox o where o.position > (select position from reader) order by o.position limit @limit
        )
        select o.*, true as is_parked, due.given_up as is_given_up, false as is_behind
        from due cross join lateral (select {Outbox.Columns} from messages.outbox o where o.position = due.position offset 0) o
        union all
        select n.*, false, false, exists (select from messages.parked p where p.reader = @reader and p.order_id = n.order_id)
        from next n
        order by position
        """;
}
