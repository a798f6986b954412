using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TemporalDelivery.Database;
using TemporalDelivery.Hosting.Postgres;

namespace TemporalDelivery.Tests.Postgres;

/// <summary>
/// Databases that have the shop's schema and the demo's catalogue already: copies of one that is migrated once in this process,
/// because a copy costs a tenth of the migrations.
/// </summary>
public static class ShopDatabase
{
    private static readonly Lazy<Task<TestDatabase>> Template = new(MigrateAsync);

    /// <summary>A database of its own for one test or test class; who migrates it finds nothing to do.</summary>
    public static async Task<TestDatabase> CreateAsync(CancellationToken cancellationToken = default) =>
        await TestDatabase.CopyAsync(await Template.Value.WaitAsync(cancellationToken), cancellationToken);

    private static async Task<TestDatabase> MigrateAsync()
    {
        var template = await TestDatabase.CreateAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => template.DisposeAsync().AsTask().GetAwaiter().GetResult();
        var schema = MigrationSet.EmbeddedIn(DatabaseSchema.Scripts, DatabaseSchema.Name).SeededWith("demo");
        await new Migrator(template.DataSource, [schema], NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
        // Nobody may be connected to what is copied.
        await template.LetNobodyInAsync(CancellationToken.None);
        return template;
    }
}
