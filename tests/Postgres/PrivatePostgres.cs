using System.Diagnostics;
using Npgsql;

namespace TemporalDelivery.Tests.Postgres;

/// <summary>A PostgreSQL server that this test may kill: an instance of its own of temporal-dev.sh, wiped afterwards.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    // Random: the first digits of a version 7 are the time, and tests begin in the same millisecond.
    private readonly string instance = $"e2e-{Guid.NewGuid():n}"[..16];

    /// <summary>Why no server can be killed here, or null: one that somebody else runs is not ours to kill.</summary>
    public static string? Unavailable =>
        Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 }
            ? "DATABASE_URL names a PostgreSQL server that this test must not kill; unset it to run the kill test"
            : null;

    /// <summary>Npgsql connection string; set by <see cref="StartAsync"/> and the same after every start.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Starts the server, or starts it again.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var line = await ScriptAsync(["postgres"], cancellationToken);
        if (ConnectionString.Length > 0 && line != ConnectionString)
        {
            throw new InvalidOperationException($"PostgreSQL came back as '{line}', before it was '{ConnectionString}'");
        }

        ConnectionString = line;
    }

    /// <summary>Kills the postmaster with SIGKILL; its children notice and end.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int", connection);
        var pid = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        using var postmaster = Process.GetProcessById(pid);
        postmaster.Kill();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ScriptAsync(["down", "--wipe"], CancellationToken.None);

    private async Task<string> ScriptAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path.Combine(PostgresServer.RepositoryRoot, "temporal-dev.sh"), arguments)
        {
            RedirectStandardOutput = true,
        };
        start.Environment["TEMPORAL_DEV_INSTANCE"] = instance;
        using var process = Process.Start(start)!;
        var line = await process
            .StandardOutput.ReadLineAsync(cancellationToken)
            .AsTask()
            .WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? line ?? ""
            : throw new InvalidOperationException($"temporal-dev.sh {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
