using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>Healthy while the database answers.</summary>
internal sealed class PostgresHealthCheck(NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select 1");
        await command.ExecuteScalarAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
