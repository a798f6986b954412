using System.Globalization;
using Npgsql;

namespace Temporal.Server.Store.Postgres;

/// <summary>Brings the schema to this build's version. Called by the owner of the database only, so nobody migrates beside it.</summary>
internal static class SchemaMigrations
{
    private const string Prefix = "Temporal.Server.Store.Postgres.Migrations.";

    /// <summary>Applies what is missing, each migration in a transaction of its own.</summary>
    /// <exception cref="StoreSetupException">A newer build has migrated the database, or a migration fails.</exception>
    public static async Task ApplyAsync(NpgsqlConnection connection, ILogger logger, CancellationToken cancellationToken)
    {
        var applied = await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false);
        var migrations = Embedded();
        if (applied > migrations[^1].Number)
        {
            throw new StoreSetupException($"The database has schema version {applied}; this server knows {migrations[^1].Number}. Use the newer server.");
        }

        foreach (var migration in migrations.Where(migration => migration.Number > applied))
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

    private static async Task<int> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            create schema if not exists temporal;
            create table if not exists temporal.migrations (
                number     integer     not null primary key,
                name       text        not null,
                applied_at timestamptz not null default now()
            );
            select coalesce(max(number), 0) from temporal.migrations;
            """,
            connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

        // A migration of a large table may take long; whoever starts the server can end it.
        await using (var change = new NpgsqlCommand(migration.Sql, connection, transaction) { CommandTimeout = 0 })
        {
            await change.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await using (var note = new NpgsqlCommand("insert into temporal.migrations (number, name) values ($1, $2)", connection, transaction))
        {
            note.Parameters.AddWithValue(migration.Number);
            note.Parameters.AddWithValue(migration.Name);
            await note.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static List<Migration> Embedded()
    {
        var assembly = typeof(SchemaMigrations).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
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

    private sealed record Migration(int Number, string Name, string Sql);
}
