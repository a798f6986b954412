using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Temporal.Server.Store.Postgres;

/// <summary>Brings the schema to this build's version. Called by the owner of the database only, so nobody migrates beside it.</summary>
internal static class SchemaMigrations
{
    private const string Prefix = "Temporal.Server.Store.Postgres.Migrations.";

    /// <summary>Applies what is missing, each migration in a transaction of its own.</summary>
    /// <exception cref="StoreSetupException">
    /// A newer build has migrated the database, other migrations than this build's have (nothing is changed then), or a migration fails.
    /// </exception>
    public static async Task ApplyAsync(NpgsqlConnection connection, ILogger logger, CancellationToken cancellationToken)
    {
        var migrations = Embedded();
        var applied = await ReadAppliedAsync(connection, cancellationToken).ConfigureAwait(false);
        var others = migrations.Zip(applied).FirstOrDefault(pair => pair.Second != (pair.First.Number, pair.First.Checksum)).First;
        if (others is not null)
        {
            throw new StoreSetupException(
                $"The tables of the Temporal server in this database were made by another build of it ({others.Name} was another script then): "
                    + "use an empty database, or forget the data of this clone's own with ./temporal-dev.sh down --wipe."
            );
        }

        if (applied.Count > migrations.Count)
        {
            throw new StoreSetupException(
                $"The database has schema version {applied[^1].Number}; this server knows {migrations[^1].Number}. Use the newer server."
            );
        }

        foreach (var migration in migrations.Skip(applied.Count))
        {
            try
            {
                await ApplyAsync(connection, migration, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException error)
            {
                throw new StoreSetupException($"Migration {migration.Name} failed: {error.MessageText}", error);
            }

            PostgresLog.Migrated(logger, migration.Name);
        }
    }

    private static async Task<List<(int Number, string? Checksum)>> ReadAppliedAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        // Through JSON, because the list of an older build has no checksums.
        await using var command = new NpgsqlCommand(
            """
            create schema if not exists temporal;
            create table if not exists temporal.migrations (
                number     integer     not null,
                name       text        not null,
                checksum   text        not null,
                applied_at timestamptz not null default now(),

                constraint migrations_pkey primary key (number)
            );
            select number, to_jsonb(m) ->> 'checksum' from temporal.migrations m order by number;
            """,
            connection
        );
        var applied = new List<(int Number, string? Checksum)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            applied.Add((reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1)));
        }

        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

        // A migration of a large table may take long; whoever starts the server can end it.
        await using (var change = new NpgsqlCommand(migration.Sql, connection, transaction) { CommandTimeout = 0 })
        {
            await change.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await using (
            var note = new NpgsqlCommand(
                "insert into temporal.migrations (number, name, checksum) values ($1, $2, $3)",
                connection,
                transaction
            )
        )
        {
            note.Parameters.AddWithValue(migration.Number);
            note.Parameters.AddWithValue(migration.Name);
            note.Parameters.AddWithValue(migration.Checksum);
            await note.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static List<Migration> Embedded()
    {
        var assembly = typeof(SchemaMigrations).Assembly;
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(resource =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                    var name = resource[Prefix.Length..];
                    return new Migration(int.Parse(name[..4], CultureInfo.InvariantCulture), name, reader.ReadToEnd());
                })
                .OrderBy(migration => migration.Number),
        ];
    }

    private sealed record Migration(int Number, string Name, string Sql)
    {
        // Line ends do not count because a checkout may change them.
        public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));
    }
}
