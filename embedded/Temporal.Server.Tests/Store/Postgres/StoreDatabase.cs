using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Temporal.Server.Store;
using Temporal.Server.Store.Postgres;
using Temporal.Server.Tests.Timers;
using TemporalDelivery.Tests.Postgres;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>A database of its own for a test of what only the PostgreSQL store does, and a look behind the store's back.</summary>
internal sealed class StoreDatabase(TestDatabase database) : IAsyncDisposable
{
    public string ConnectionString => database.ConnectionString;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<StoreDatabase> CreateAsync() => new(await TestDatabase.CreateAsync(Cancellation));

    /// <summary>A store on it that is still to be opened; its patience does not end by itself.</summary>
    public PostgresStore Create(Func<PostgresStoreOptions, PostgresStoreOptions>? configure = null)
    {
        var options = new PostgresStoreOptions { ConnectionString = ConnectionString, Clock = new ManualClock() };
        return new PostgresStore(configure?.Invoke(options) ?? options, NullLogger<PostgresStore>.Instance);
    }

    /// <summary>Opens a store on it; several servers are several stores.</summary>
    public async Task<PostgresStore> OpenAsync(Func<PostgresStoreOptions, PostgresStoreOptions>? configure = null)
    {
        var store = Create(configure);
        try
        {
            await store.OpenAsync(Cancellation);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }

        return store;
    }

    /// <summary>Runs a statement and returns its first value.</summary>
    public async Task<T> AskAsync<T>(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    /// <summary>Ends the sessions of a database whose application's name matches.</summary>
    public Task<long> KillSessionsAsync(string condition) =>
        AskAsync<long>(
            $"select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and {condition}"
        );

    /// <summary>Holds up whatever writes the committers' rows until disposed, so that a test can arrange what piles up behind.</summary>
    public async Task<IAsyncDisposable> HoldUpCommittersAsync()
    {
        var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        var transaction = await connection.BeginTransactionAsync(Cancellation);
        await using var command = new NpgsqlCommand("select 1 from temporal.committers for update", connection, transaction);
        await command.ExecuteNonQueryAsync(Cancellation);
        return new HoldUp(connection, transaction);
    }

    /// <summary>Waits until a query says true.</summary>
    public async Task UntilAsync(string sql)
    {
        while (!await AskAsync<bool>(sql))
        {
            Cancellation.ThrowIfCancellationRequested();
        }
    }

    public async Task<long> VersionAsync(RunKey run) =>
        await AskAsync<long>($"select coalesce((select version from temporal.runs where run_id = '{run.RunId}'), 0)");

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private sealed class HoldUp(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
