using Npgsql;

namespace TemporalDelivery.Tests.Postgres;

/// <summary>An empty PostgreSQL database that one test (or one test class) has for itself; dropped when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string server;

    private TestDatabase(string server, string name)
    {
        this.server = server;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server)
        {
            Database = name,
            MaxPoolSize = 50,
            Timeout = 120,
            CommandTimeout = 300,
        }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    /// <summary>The database's name, unique on its server.</summary>
    public string Name { get; }

    /// <summary>
    /// Npgsql connection string of the database, with a pool of at most 50 connections and the patience that a loaded machine needs.
    /// </summary>
    public string ConnectionString { get; }

    /// <summary>A pool on the database, closed when this is disposed.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Creates the database on the server that <see cref="PostgresServer"/> finds.</summary>
    public static async Task<TestDatabase> CreateAsync(CancellationToken cancellationToken = default)
    {
        var server = await PostgresServer.ConnectionStringAsync(cancellationToken).ConfigureAwait(false);
        return await CreateAsync(server, "template1", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A copy of a database to which nobody is connected.</summary>
    public static Task<TestDatabase> CopyAsync(TestDatabase original, CancellationToken cancellationToken) =>
        CreateAsync(original.server, original.Name, cancellationToken);

    private static async Task<TestDatabase> CreateAsync(string server, string template, CancellationToken cancellationToken)
    {
        var name = $"test_{Guid.CreateVersion7():n}";
        await ExecuteAsync(server, $"create database {name} template {template}", cancellationToken).ConfigureAwait(false);
        return new TestDatabase(server, name);
    }

    /// <summary>Closes the connections that there are, and takes none.</summary>
    public Task LetNobodyInAsync(CancellationToken cancellationToken) =>
        ExecuteAsync(
            server,
            $"""
            alter database {Name} with allow_connections false;
            select pg_terminate_backend(pid) from pg_stat_activity where datname = '{Name}'
            """,
            cancellationToken
        );

    /// <summary>Takes connections again.</summary>
    public Task LetAllInAsync(CancellationToken cancellationToken) =>
        ExecuteAsync(server, $"alter database {Name} with allow_connections true", cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync().ConfigureAwait(false);
        await ExecuteAsync(server, $"drop database if exists {Name} with (force)", CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        // Not pooled: a connection kept open to the server's own database would outlive the test.
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 120 };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
