using Npgsql;
using TemporalDelivery.Database;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Api.Hosting;

/// <summary>Connects the host to PostgreSQL.</summary>
static class Storage
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Registers the stores on <c>Database:ConnectionString</c>, else on the environment's DATABASE_URL.</summary>
    /// <exception cref="ConfigurationFault">Neither is set, or it cannot be read.</exception>
    public static void AddStorage(this WebApplicationBuilder builder)
    {
        var text = ConnectionString(builder.Configuration);
        var orders = Seeded(MigrationSet.EmbeddedIn(DatabaseSchema.Scripts, DatabaseSchema.Name), builder.Configuration["Database:Seed"]);
        try
        {
            builder.Services.AddPostgres(text, orders, MigrationSet.EmbeddedIn(VoucherSchema.Scripts, VoucherSchema.Name)).AddDatabase();
        }
        catch (FormatException failure)
        {
            throw new ConfigurationFault($"Database:ConnectionString: {failure.Message}", failure);
        }
    }

    private static MigrationSet Seeded(MigrationSet set, string? seed)
    {
        try
        {
            return set.SeededWith(seed);
        }
        catch (FormatException failure)
        {
            throw new ConfigurationFault($"Database:Seed: {failure.Message}", failure);
        }
    }

    /// <summary>What to connect to, as it was typed.</summary>
    public static string ConnectionString(IConfiguration configuration) =>
        configuration["Database:ConnectionString"] is { Length: > 0 } given ? given
        : configuration["DATABASE_URL"] is { Length: > 0 } url ? url
        : throw new ConfigurationFault("Database:ConnectionString is not set, and neither is DATABASE_URL");

    /// <summary>Brings the schema up to date, waiting a minute for a database that is only just starting.</summary>
    /// <exception cref="ConfigurationFault">The database stays away, or its schema cannot be brought to this build's.</exception>
    public static async Task MigrateDatabaseAsync(this WebApplication app)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(app.Lifetime.ApplicationStopping);
        patience.CancelAfter(Patience);
        var migrator = app.Services.GetRequiredService<Migrator>();
        while (true)
        {
            try
            {
                await migrator.MigrateAsync(patience.Token);
                return;
            }
            catch (MigrationException failure)
            {
                throw new ConfigurationFault(failure.Message, failure);
            }
            catch (NpgsqlException failure) when (failure.IsTransient && !patience.IsCancellationRequested)
            {
                app.Logger.LogWarning("The database is not there yet: {Reason}", failure.Message);
                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
            {
                throw new ConfigurationFault($"the database cannot be used: {failure.Message}", failure);
            }
        }
    }
}
