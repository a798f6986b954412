using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace TemporalDelivery.Database.Migrations;

/// <summary>
/// Brings the database to the schema of this build. Any number of processes may do so at once: each step takes an advisory lock,
/// looks again at what is applied, and applies the next migration in the same transaction that records it.
/// </summary>
public sealed class Migrator(NpgsqlDataSource source, ILogger<Migrator> logger)
{
    const long LockKey = 0x54445F6D6967; // "TD_mig"

    /// <summary>Applies what is missing and returns how many migrations that were.</summary>
    /// <exception cref="MigrationException">An applied migration was edited since, a new one was numbered before an applied one, or one fails.</exception>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public Task<int> MigrateAsync(CancellationToken cancellationToken) =>
        MigrateAsync(Migration.EmbeddedIn(typeof(Migrator).Assembly), cancellationToken);

    /// <inheritdoc cref="MigrateAsync(CancellationToken)"/>
    public async Task<int> MigrateAsync(IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        var applied = 0;
        while (await ApplyNextAsync(migrations, cancellationToken))
            applied++;
        return applied;
    }

    async Task<bool> ApplyNextAsync(IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Another process may be at a long migration: this waits for it as long as the caller does.
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(@LockKey)", new { LockKey }, transaction, commandTimeout: 0,
            cancellationToken: cancellationToken));

        var done = await ReadAppliedAsync(connection, transaction, cancellationToken);
        var next = FindNext(migrations, done);
        if (next is null)
        {
            // Nothing to do: the list's own table is the only thing that this transaction may have made.
            await transaction.CommitAsync(cancellationToken);
            return false;
        }

        await ApplyAsync(next, connection, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        logger.LogInformation("Applied migration {Migration}", next.FileName);
        return true;
    }

    static async Task<IReadOnlyList<Applied>> ReadAppliedAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select to_regclass('orders.migrations') is not null",
            transaction: transaction, cancellationToken: cancellationToken));
        if (!exists)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                create schema if not exists orders;
                create table orders.migrations (
                    number     integer     not null primary key,
                    file_name  text        not null,
                    checksum   text        not null,
                    applied_at timestamptz not null default now()
                )
                """, transaction: transaction, cancellationToken: cancellationToken));
        }

        return [.. await connection.QueryAsync<Applied>(new CommandDefinition(
            "select number, file_name, checksum from orders.migrations order by number",
            transaction: transaction, cancellationToken: cancellationToken))];
    }

    Migration? FindNext(IReadOnlyList<Migration> migrations, IReadOnlyList<Applied> done)
    {
        var known = migrations.ToDictionary(migration => migration.Number);
        foreach (var applied in done)
        {
            if (!known.TryGetValue(applied.Number, out var migration))
            {
                // A newer build was here, as in a rolling release or after a roll-back.
                logger.LogWarning("The database has migration {Migration}, which this build does not know", applied.FileName);
                continue;
            }

            if (migration.Checksum != applied.Checksum)
                throw new MigrationException(
                    $"Migration {migration.FileName} was edited after it was applied (checksum {applied.Checksum} then, "
                    + $"{migration.Checksum} now). Restore the file and put the change into a new migration.");
        }

        var last = done.Count == 0 ? 0 : done[^1].Number;
        var next = migrations.Where(migration => done.All(applied => applied.Number != migration.Number)).MinBy(migration => migration.Number);
        if (next is not null && next.Number < last)
            throw new MigrationException(
                $"Migration {next.FileName} is not applied but a later one, {done[^1].FileName}, is. Give it a number above {last:0000}.");
        return next;
    }

    static async Task ApplyAsync(
        Migration migration, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(
                migration.Sql, transaction: transaction, commandTimeout: 0, cancellationToken: cancellationToken));
        }
        catch (PostgresException failure)
        {
            throw new MigrationException($"Migration {migration.FileName} failed: {failure.MessageText}", failure);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "insert into orders.migrations (number, file_name, checksum) values (@Number, @FileName, @Checksum)",
            new { migration.Number, migration.FileName, migration.Checksum },
            transaction, cancellationToken: cancellationToken));
    }

    sealed record Applied(int Number, string FileName, string Checksum);
}
