using System.Diagnostics;
using Npgsql;

namespace TemporalDelivery.Bench.Engine;

/// <summary>An empty database for one measurement. Dropped when disposed.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly string administration;
    private readonly string name;

    private BenchDatabase(string administration, string name)
    {
        this.administration = administration;
        this.name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(administration) { Database = name }.ConnectionString;
    }

    /// <summary>For the server under measurement.</summary>
    public string ConnectionString { get; }

    /// <summary>Creates it.</summary>
    /// <param name="administration">Another database of the same PostgreSQL.</param>
    /// <param name="slowCommits">Whether each commit takes two milliseconds longer, as a disk's would; needs a superuser.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<BenchDatabase> CreateAsync(string administration, bool slowCommits, CancellationToken cancellationToken)
    {
        var database = new BenchDatabase(administration, $"bench_{Guid.CreateVersion7():n}");
        await ExecuteAsync(administration, $"create database {database.name}", cancellationToken);
        if (slowCommits)
        {
            await ExecuteAsync(administration, $"alter database {database.name} set commit_delay = 2000", cancellationToken);
            await ExecuteAsync(administration, $"alter database {database.name} set commit_siblings = 0", cancellationToken);
        }

        return database;
    }

    /// <summary>CPU time of PostgreSQL's processes that serve this database, and of those that serve all.</summary>
    public async Task<TimeSpan> CpuAsync(CancellationToken cancellationToken)
    {
        var processes = new List<int>();
        await using var connection = new NpgsqlConnection(administration);
        await connection.OpenAsync(cancellationToken);
        await using var list = new NpgsqlCommand("select pid from pg_stat_activity where datname = $1 or datname is null", connection)
        {
            Parameters = { new() { Value = name } },
        };
        await using var reader = await list.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            processes.Add(reader.GetInt32(0));
        }

        return CpuTimes.Of(processes.Where(IsPostgres));
    }

    public async ValueTask DisposeAsync() =>
        await ExecuteAsync(administration, $"drop database if exists {name} with (force)", CancellationToken.None);

    // A database on another machine or in a container has process ids that mean something else here.
    private static bool IsPostgres(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task ExecuteAsync(string connectionString, string statement, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
