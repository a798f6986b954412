using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Health;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>Registers the connection to PostgreSQL and what brings it to this build's schema.</summary>
public static class PostgresSetup
{
    /// <summary>
    /// Connects the host to <c>Database:ConnectionString</c>, else to the environment's DATABASE_URL. Parts of the host that are registered
    /// after it start when the database answers and has every schema.
    /// </summary>
    /// <exception cref="ConfigurationException">Neither is set, or it cannot be read.</exception>
    public static void AddPostgres(this IHostApplicationBuilder builder, params IEnumerable<MigrationSet> migrations)
    {
        var text = builder.Configuration.Text("Database:ConnectionString")
            ?? builder.Configuration.Text("DATABASE_URL")
            ?? throw new ConfigurationException("Database:ConnectionString is not set, and neither is DATABASE_URL");
        try
        {
            builder.Services.AddPostgres(text, migrations).AddHostedService<DatabaseMigration>();
        }
        catch (FormatException failure)
        {
            throw new ConfigurationException($"Database:ConnectionString: {failure.Message}", failure);
        }

        builder.Services.AddHealthChecks().AddCheck<PostgresHealthCheck>("postgres", timeout: HealthSetup.Deadline);
    }

    /// <summary>Adds one pooled <see cref="NpgsqlDataSource"/> and the <see cref="Migrator"/>. Opens nothing.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connectionString">Npgsql's form or a <c>postgresql://</c> URL.</param>
    /// <param name="migrations">What <see cref="Migrator.MigrateAsync"/> applies, in this order.</param>
    /// <exception cref="FormatException">The connection string is neither.</exception>
    public static IServiceCollection AddPostgres(
        this IServiceCollection services,
        string connectionString,
        params IEnumerable<MigrationSet> migrations
    )
    {
        var database = PostgresConnectionString.Parse(connectionString);
        foreach (var set in migrations)
        {
            services.AddSingleton(set);
        }

        return services
            .AddSingleton(database)
            .AddSingleton(provider => NpgsqlDataSource.Create(provider.GetRequiredService<NpgsqlConnectionStringBuilder>()))
            .AddSingleton<Migrator>();
    }
}
