using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>
/// Brings the database to the schema of this build. Any number of processes may do so at once: each step takes an advisory lock,
/// looks again at what is applied, and applies the next script in the same transaction that records it.
/// </summary>
public sealed class Migrator(NpgsqlDataSource source, IEnumerable<MigrationSet> sets, ILogger<Migrator> logger)
{
    // One lock for all sets: "create schema if not exists" is not safe against itself.
    private const long AdvisoryLock = 0x54445F6D6967; // "TD_mig"

    /// <summary>Applies what is missing of every set, one set after the other, and returns how many scripts that were.</summary>
    /// <exception cref="MigrationException">An applied script was edited since, a new one was numbered before an applied one, or one fails.</exception>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<int> MigrateAsync(CancellationToken cancellationToken)
    {
        var applied = 0;
        foreach (var set in sets)
        {
            while (await ApplyNextAsync(set, cancellationToken))
            {
                applied++;
            }
        }

        return applied;
    }

    private async Task<bool> ApplyNextAsync(MigrationSet set, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Another process may be at a long script: this waits for it as long as the caller does.
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(@AdvisoryLock)", new { AdvisoryLock }, transaction, commandTimeout: 0, cancellationToken: cancellationToken));

        var next = FindNext(set, await ReadAppliedAsync(set.Schema, transaction, cancellationToken));
        if (next is not null)
        {
            await ApplyAsync(next, set.Schema, transaction, cancellationToken);
        }

        // Without a next script, the list's own table is the only thing that this transaction may have made.
        await transaction.CommitAsync(cancellationToken);
        if (next is not null)
        {
            logger.LogInformation("Applied migration {Migration} of {Schema}", next.FileName, set.Schema);
        }

        return next is not null;
    }

    private static async Task<IReadOnlyList<Applied>> ReadAppliedAsync(string schema, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select to_regclass(@list) is not null", new { list = $"{schema}.migrations" }, transaction, cancellationToken: cancellationToken));
        if (!exists)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                $"""
                create schema if not exists {schema};
                create table {schema}.migrations (
                    number     integer     not null primary key,
                    file_name  text        not null,
                    checksum   text        not null,
                    applied_at timestamptz not null default now()
                )
                """, transaction: transaction, cancellationToken: cancellationToken));
        }

        try
        {
            return [.. await connection.QueryAsync<Applied>(new CommandDefinition(
                $"select number, file_name as FileName, checksum from {schema}.migrations order by number",
                transaction: transaction, cancellationToken: cancellationToken))];
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UndefinedColumn)
        {
            throw new MigrationException(
                $"The table {schema}.migrations was not made by this product, or by a build too old to go on from. Use an empty database.", failure);
        }
    }

    private Migration? FindNext(MigrationSet set, IReadOnlyList<Applied> done)
    {
        var known = set.Migrations.ToDictionary(migration => migration.Number);
        foreach (var applied in done)
        {
            if (!known.TryGetValue(applied.Number, out var migration))
            {
                // A newer build was here, as in a rolling release or after a roll-back.
                logger.LogWarning("The database has migration {Migration} of {Schema}, which this build does not know", applied.FileName, set.Schema);
            }
            else if (migration.Checksum != applied.Checksum)
            {
                throw new MigrationException(
                    $"Migration {migration.FileName} of {set.Schema} was edited after it was applied (checksum {applied.Checksum} then, "
                    + $"{migration.Checksum} now). Restore the file and put the change into a new migration.");
            }
        }

        var last = done.Count == 0 ? 0 : done[^1].Number;
        var next = set.Migrations.FirstOrDefault(migration => done.All(applied => applied.Number != migration.Number));
        return next is null || next.Number > last
            ? next
            : throw new MigrationException(
                $"Migration {next.FileName} of {set.Schema} is not applied but a later one, {done[^1].FileName}, is. Give it a number above {last:0000}.");
    }

    private static async Task ApplyAsync(Migration migration, string schema, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(
                migration.Sql, transaction: transaction, commandTimeout: 0, cancellationToken: cancellationToken));
        }
        catch (PostgresException failure)
        {
            throw new MigrationException($"Migration {migration.FileName} of {schema} failed: {failure.MessageText}", failure);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            $"insert into {schema}.migrations (number, file_name, checksum) values (@Number, @FileName, @Checksum)",
            new { migration.Number, migration.FileName, migration.Checksum }, transaction, cancellationToken: cancellationToken));
    }

    private sealed record Applied(int Number, string FileName, string Checksum);
}
