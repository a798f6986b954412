using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TemporalDelivery.Hosting.Postgres;
using Temporalio.Client;

namespace TemporalDelivery.Worker.Hosting;

/// <summary>
/// Keeps what is registered after it from starting until PostgreSQL answers and has this build's schema, and Temporal answers. Both may be away for
/// as long as it takes; what waiting does not mend ends the host.
/// </summary>
sealed class WaitingForDependencies(
    NpgsqlDataSource database, Migrator migrator, ITemporalClient temporal, Readiness readiness, ILogger<WaitingForDependencies> logger) : IHostedService
{
    static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await UntilItAnswersAsync($"PostgreSQL at {database.ConnectionString.Split(';')[0]}", MigrateAsync, cancellationToken);
        await UntilItAnswersAsync(
            $"Temporal at {temporal.Connection.Options.TargetHost}", _ => temporal.Connection.ConnectAsync(), cancellationToken);
        readiness.Reached();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await migrator.MigrateAsync(cancellationToken);
        }
        catch (MigrationException failure)
        {
            throw new ConfigurationFault(failure.Message, failure);
        }
        catch (NpgsqlException failure) when (!failure.IsTransient && failure is PostgresException)
        {
            // It answers, and says no: a wrong password, a missing database, a missing right.
            throw new ConfigurationFault($"the database cannot be used: {failure.Message}", failure);
        }
    }

    async Task UntilItAnswersAsync(string what, Func<CancellationToken, Task> attempt, CancellationToken cancellationToken)
    {
        var pause = ShortestPause;
        while (true)
        {
            try
            {
                await attempt(cancellationToken);
                return;
            }
            catch (Exception failure) when (failure is not (ConfigurationFault or OperationCanceledException) || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                logger.LogWarning("{What} does not answer ({Reason}); trying again in {Pause} s", what, failure.Message, pause.TotalSeconds);
            }

            await Task.Delay(pause, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}

/// <summary>Registers <see cref="WaitingForDependencies"/>.</summary>
static class WaitingForDependenciesSetup
{
    public static void AddWaitingForDependencies(this HostApplicationBuilder builder) => builder.Services.AddHostedService<WaitingForDependencies>();
}
