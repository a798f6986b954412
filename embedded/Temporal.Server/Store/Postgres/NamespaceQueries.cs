using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Store.Postgres;

/// <summary>Reads and writes namespaces.</summary>
internal static class NamespaceQueries
{
    public static async Task<IReadOnlyList<NamespaceRecord>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select id, name, description, owner_email, retention, data, search_attributes from temporal.namespaces order by name",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var records = new List<NamespaceRecord>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            records.Add(
                new NamespaceRecord
                {
                    Id = reader.GetGuid(0).ToString(),
                    Name = reader.GetString(1),
                    Description = reader.GetString(2),
                    OwnerEmail = reader.GetString(3),
                    Retention = reader.GetTimeSpan(4),
                    Data = JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(5))!,
                    SearchAttributes = JsonSerializer.Deserialize<Dictionary<string, IndexedValueType>>(reader.GetString(6))!,
                }
            );
        }

        return records;
    }

    /// <returns>False when another server owns the database by now: nothing was written.</returns>
    public static async Task<bool> WriteAsync(
        NpgsqlConnection connection,
        NamespaceRecord record,
        long epoch,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            """
            insert into temporal.namespaces (id, name, description, owner_email, retention, data, search_attributes)
            select $1, $2, $3, $4, $5, $6, $7 from (select from temporal.committers where slot = 0 and epoch = $8 for share) owned
            on conflict (id) do update set
                name = excluded.name, description = excluded.description, owner_email = excluded.owner_email, retention = excluded.retention,
                data = excluded.data, search_attributes = excluded.search_attributes
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = Guid.Parse(record.Id) },
                new() { Value = record.Name },
                new() { Value = record.Description },
                new() { Value = record.OwnerEmail },
                new() { Value = record.Retention },
                new() { Value = JsonSerializer.Serialize(record.Data), NpgsqlDbType = NpgsqlDbType.Json },
                new() { Value = JsonSerializer.Serialize(record.SearchAttributes), NpgsqlDbType = NpgsqlDbType.Json },
                new() { Value = epoch },
            },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 1;
    }
}
