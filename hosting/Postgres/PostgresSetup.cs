using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>Registers the connection to PostgreSQL and what brings it to this build's schema.</summary>
public static class PostgresSetup
{
    /// <summary>Adds one pooled <see cref="NpgsqlDataSource"/> and the <see cref="Migrator"/>. Opens nothing: the database may still be away.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="connectionString">Npgsql's form or a <c>postgresql://</c> URL.</param>
    /// <param name="migrations">What <see cref="Migrator.MigrateAsync"/> applies, in this order.</param>
    /// <exception cref="FormatException">The connection string is neither.</exception>
    public static IServiceCollection AddPostgres(this IServiceCollection services, string connectionString, params IEnumerable<MigrationSet> migrations)
    {
        var parsed = PostgresConnectionString.Parse(connectionString);
        foreach (var set in migrations)
        {
            services.AddSingleton(set);
        }

        return services.AddSingleton(_ => NpgsqlDataSource.Create(parsed)).AddSingleton<Migrator>();
    }
}
