using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>
/// Brings the database to the schema of this build. Any number of processes may do so at once: each step takes an advisory lock,
/// looks again at what is applied, and applies the next script in the same transaction that records it. A database of which any set
/// was made by other scripts is refused before anything is changed in it.
/// </summary>
public sealed class Migrator(NpgsqlDataSource source, IEnumerable<MigrationSet> sets, ILogger<Migrator> logger)
{
    // One lock for all sets: "create schema if not exists" is not safe against itself.
    private const long AdvisoryLock = 0x54445F6D6967; // "TD_mig"

    /// <summary>
    /// Applies what is missing of every set, one set after the other, then their seeds, and returns how many scripts were missing.
    /// </summary>
    /// <exception cref="MigrationException">
    /// The database was made by other scripts, a new script was numbered before an applied one, or one fails.
    /// </exception>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<int> MigrateAsync(CancellationToken cancellationToken)
    {
        await RequireSameScriptsAsync(cancellationToken);
        var applied = 0;
        foreach (var set in sets)
        {
            while (await ApplyNextAsync(set, cancellationToken))
            {
                applied++;
            }
        }

        foreach (var seed in sets.Select(set => set.Seed).OfType<string>())
        {
            await InsertAsync(seed, cancellationToken);
        }

        return applied;
    }

    private async Task RequireSameScriptsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var set in sets)
        {
            var applied = await ReadAppliedAsync(set.Schema, transaction, cancellationToken) ?? [];
            FindNext(set, applied);
            foreach (var unknown in applied.ExceptBy(set.Migrations.Select(migration => migration.Number), script => script.Number))
            {
                // A newer build was here, as in a rolling release or after a roll-back.
                logger.LogWarning(
                    "The database has migration {Migration} of {Schema}, which this build does not know",
                    unknown.FileName,
                    set.Schema
                );
            }
        }
    }

    private async Task<bool> ApplyNextAsync(MigrationSet set, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        await LockAsync(transaction, cancellationToken);
        var applied = await ReadAppliedAsync(set.Schema, transaction, cancellationToken);
        if (FindNext(set, applied ?? []) is not { } next)
        {
            return false;
        }

        if (applied is null)
        {
            await CreateListAsync(set.Schema, transaction, cancellationToken);
        }

        await ApplyAsync(next, set.Schema, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        logger.LogInformation("Applied migration {Migration} of {Schema}", next.FileName, set.Schema);
        return true;
    }

    private async Task InsertAsync(string seed, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(transaction, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(seed, transaction: transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
    }

    // Another process may be at a long script: this waits for it as long as the caller does.
    private static async Task LockAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        await transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                "select pg_advisory_xact_lock(@AdvisoryLock)",
                new { AdvisoryLock },
                transaction,
                commandTimeout: 0,
                cancellationToken: cancellationToken
            )
        );

    private static async Task CreateListAsync(string schema, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        await transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                $"""
                create schema if not exists {schema};
                create table {schema}.migrations (
                    number     integer     not null,
                    file_name  text        not null,
                    checksum   text        not null,
                    applied_at timestamptz not null default now(),

                    constraint migrations_pkey primary key (number)
                );
                comment on table {schema}.migrations is 'A script that made this schema what it is.'
                """,
                transaction: transaction,
                cancellationToken: cancellationToken
            )
        );

    /// <summary>What is applied of a set, by number; null when nothing ever was.</summary>
    private static async Task<IReadOnlyList<Applied>?> ReadAppliedAsync(
        string schema,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var connection = transaction.Connection!;

        // Not to_regclass: the session may remember from before it waited for the lock that there is no such table.
        var exists = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "select exists (select from pg_catalog.pg_tables where schemaname = @schema and tablename = 'migrations')",
                new { schema },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (!exists)
        {
            return null;
        }

        try
        {
            return
            [
                .. await connection.QueryAsync<Applied>(
                    new CommandDefinition(
                        $"select number, file_name as FileName, checksum from {schema}.migrations order by number",
                        transaction: transaction,
                        cancellationToken: cancellationToken
                    )
                ),
            ];
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UndefinedColumn)
        {
            throw MadeByAnotherBuild($"the list {schema}.migrations has another form", failure);
        }
    }

    private static Migration? FindNext(MigrationSet set, IReadOnlyList<Applied> done)
    {
        var known = set.Migrations.ToDictionary(migration => migration.Number);
        foreach (var applied in done)
        {
            if (known.TryGetValue(applied.Number, out var migration) && migration.Checksum != applied.Checksum)
            {
                throw MadeByAnotherBuild($"{applied.FileName} of {set.Schema} was another script then");
            }
        }

        var last = done.Count == 0 ? 0 : done[^1].Number;
        var next = set.Migrations.FirstOrDefault(migration => done.All(applied => applied.Number != migration.Number));
        return next is null || next.Number > last
            ? next
            : throw new MigrationException(
                $"Migration {next.FileName} of {set.Schema} is not applied but a later one, {done[^1].FileName}, is. Give it a number above {last:0000}."
            );
    }

    private static MigrationException MadeByAnotherBuild(string how, Exception? cause = null) =>
        new(
            $"the database was made by another build of this system ({how}) and cannot be brought to this one: use an empty database, "
                + "or forget the data of this clone's own with ./temporal-dev.sh down --wipe",
            cause
        );

    private static async Task ApplyAsync(
        Migration migration,
        string schema,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var connection = transaction.Connection!;
        try
        {
            await connection.ExecuteAsync(
                new CommandDefinition(migration.Sql, transaction: transaction, commandTimeout: 0, cancellationToken: cancellationToken)
            );
        }
        catch (PostgresException failure) when (!failure.IsTransient && !IsShutdown(failure))
        {
            throw new MigrationException($"Migration {migration.FileName} of {schema} failed: {failure.MessageText}", failure);
        }

        await connection.ExecuteAsync(
            new CommandDefinition(
                $"insert into {schema}.migrations (number, file_name, checksum) values (@Number, @FileName, @Checksum)",
                new
                {
                    migration.Number,
                    migration.FileName,
                    migration.Checksum,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
    }

    // 57P01 to 57P03: PostgreSQL stops or restarts. That says nothing about the script.
    private static bool IsShutdown(PostgresException failure) => failure.SqlState.StartsWith("57P", StringComparison.Ordinal);

    private sealed record Applied(int Number, string FileName, string Checksum);
}
