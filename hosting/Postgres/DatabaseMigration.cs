using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Retries;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>
/// Keeps what is registered after it from starting until PostgreSQL answers and has this build's schema. PostgreSQL may be away for as long
/// as it takes; what waiting does not mend ends the host.
/// </summary>
internal sealed class DatabaseMigration(NpgsqlDataSource database, Migrator migrator, ILogger<DatabaseMigration> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var where = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return new RetryLoop($"Reaching PostgreSQL at {where.Host}:{where.Port}", logger).UntilDoneAsync(MigrateAsync, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await migrator.MigrateAsync(cancellationToken);
        }
        catch (MigrationException failure)
        {
            throw new ConfigurationException(failure.Message, failure);
        }
        catch (PostgresException failure) when (SaysNo(failure))
        {
            throw new ConfigurationException($"the database cannot be used: {failure.Message}", failure);
        }
    }

    // It answers, and says no: a wrong password, a missing database, a missing right.
    private static bool SaysNo(PostgresException failure) =>
        failure.SqlState
            is PostgresErrorCodes.InvalidCatalogName
                or PostgresErrorCodes.InsufficientPrivilege
                or PostgresErrorCodes.InvalidPassword
                or PostgresErrorCodes.InvalidAuthorizationSpecification;
}
