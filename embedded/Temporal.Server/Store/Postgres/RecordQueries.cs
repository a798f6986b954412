using System.Runtime.CompilerServices;
using Npgsql;
using Temporal.Server.Rpc;

namespace Temporal.Server.Store.Postgres;

/// <summary>Reads and writes durable records. Few and far between compared with commits of runs, so they go by themselves.</summary>
internal static class RecordQueries
{
    // The row of the first committer: shared, so that the epoch cannot be raised before this write is done. A write is durable when it
    // is acknowledged, whatever the database's default.
    private const string Owned = """
        owned as materialized (
            select set_config('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end, true)
            from temporal.committers where slot = 0 and epoch = $4 for share
        )
        """;

    /// <summary>Writes a record over the version before it. Sending the same again does no harm.</summary>
    /// <returns>False when another server owns the database by now: nothing was written.</returns>
    /// <exception cref="StoreConflictException">There is another version.</exception>
    public static async Task<bool> WriteAsync(
        NpgsqlConnection connection,
        DurableRecord record,
        long epoch,
        CancellationToken cancellationToken
    )
    {
        RequireStorable(record.Key);
        await using var command = new NpgsqlCommand(
            $"""
            with {Owned}, before as (
                select version, data from temporal.records where namespace_id = $1 and kind = $2 and id = $3
            ), written as (
                insert into temporal.records as r (namespace_id, kind, id, version, data)
                select $1, $2, $3, $5, $6 from owned where $5 = 1 or exists (select from before)
                on conflict (kind, namespace_id, id) do update set version = excluded.version, data = excluded.data
                where r.version = excluded.version - 1
                returning version
            )
            select exists (select from owned), exists (select from written), (select version from before), (select data = $6 from before)
            """,
            connection
        );
        Bind(command, record.Key, epoch);
        command.Parameters.Add(new() { Value = record.Version });
        command.Parameters.Add(new() { Value = RunColumn.Bytes(record.Data) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!reader.GetBoolean(0))
        {
            return false;
        }

        var found = reader.IsDBNull(2) ? 0 : reader.GetInt64(2);
        // This write, sent a second time because its first answer was lost.
        var isRepeated = found == record.Version && reader.GetBoolean(3);
        return reader.GetBoolean(1) || isRepeated
            ? true
            : throw new StoreConflictException($"The {record.Key.Kind} {record.Key.Id} has version {found}, not {record.Version - 1}.");
    }

    /// <summary>Deletes a record.</summary>
    /// <returns>False when another server owns the database by now: nothing was deleted.</returns>
    public static async Task<bool> DeleteAsync(NpgsqlConnection connection, RecordKey key, long epoch, CancellationToken cancellationToken)
    {
        RequireStorable(key);
        await using var command = new NpgsqlCommand(
            $"""
            with {Owned}, deleted as (
                delete from temporal.records where namespace_id = $1 and kind = $2 and id = $3 and exists (select from owned)
            )
            select exists (select from owned)
            """,
            connection
        );
        Bind(command, key, epoch);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    public static async Task<DurableRecord?> ReadAsync(NpgsqlConnection connection, RecordKey key, CancellationToken cancellationToken)
    {
        RequireStorable(key);
        await using var command = new NpgsqlCommand(
            "select version, data from temporal.records where namespace_id = $1 and kind = $2 and id = $3",
            connection
        )
        {
            Parameters =
            {
                new() { Value = Guid.Parse(key.NamespaceId) },
                new() { Value = key.Kind },
                new() { Value = key.Id },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new DurableRecord(key, reader.GetInt64(0), reader.GetFieldValue<byte[]>(1))
            : null;
    }

    public static async IAsyncEnumerable<DurableRecord> ReadAllAsync(
        NpgsqlConnection connection,
        string kind,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // As long as the reader takes: it stops when it is told to, not when it is slow.
        await using var command = new NpgsqlCommand(
            "select namespace_id, id, version, data from temporal.records where kind = $1",
            connection
        )
        {
            Parameters = { new() { Value = kind } },
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new DurableRecord(
                new RecordKey(reader.GetGuid(0).ToString(), kind, reader.GetString(1)),
                reader.GetInt64(2),
                reader.GetFieldValue<byte[]>(3)
            );
        }
    }

    private static void Bind(NpgsqlCommand command, RecordKey key, long epoch)
    {
        command.Parameters.Add(new() { Value = Guid.Parse(key.NamespaceId) });
        command.Parameters.Add(new() { Value = key.Kind });
        command.Parameters.Add(new() { Value = key.Id });
        command.Parameters.Add(new() { Value = epoch });
    }

    private static void RequireStorable(RecordKey key)
    {
        if (key.Id.Contains('\0', StringComparison.Ordinal))
        {
            throw RpcException.InvalidArgument("The id holds a NUL character, which PostgreSQL cannot store.");
        }
    }
}
