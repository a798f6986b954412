using System.Globalization;
using Dapper;
using Npgsql;

namespace TemporalDelivery.Vouchers;

/// <summary>The module's database schema, brought up to date at start by numbered SQL files.</summary>
public static class VoucherSchema
{
    // Any number that no other advisory lock of the database uses: "vouchers" as bytes.
    private const long MigrationLock = 0x766F_7563_6865_7273;
    private const string ResourcePrefix = "vouchers/";

    /// <summary>Applies what is missing, in order, each file once, under an advisory lock: hosts that start together wait for each other.</summary>
    public static async Task MigrateAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(Command("select pg_advisory_xact_lock(@MigrationLock)", new { MigrationLock }));
        await connection.ExecuteAsync(Command("""
            create schema if not exists vouchers;
            create table if not exists vouchers.migrations (
                number integer primary key,
                name text not null,
                applied_at timestamptz not null default now());
            """));
        var applied = (await connection.QueryAsync<int>(Command("select number from vouchers.migrations"))).ToHashSet();
        foreach (var (number, name, sql) in Migrations().Where(migration => !applied.Contains(migration.Number)))
        {
            await connection.ExecuteAsync(Command(sql));
            await connection.ExecuteAsync(Command("insert into vouchers.migrations (number, name) values (@number, @name)", new { number, name }));
        }

        await transaction.CommitAsync(cancellationToken);

        CommandDefinition Command(string text, object? parameters = null) => new(text, parameters, transaction, cancellationToken: cancellationToken);
    }

    private static IEnumerable<(int Number, string Name, string Sql)> Migrations()
    {
        var assembly = typeof(VoucherSchema).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var name = resource[ResourcePrefix.Length..];
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (int.Parse(name[..4], CultureInfo.InvariantCulture), name, reader.ReadToEnd());
        }
    }
}
