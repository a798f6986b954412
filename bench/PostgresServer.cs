using System.Globalization;
using Npgsql;

namespace TemporalDelivery.Bench;

/// <summary>A PostgreSQL server: its CPU time, all its processes and those that have ended included, and its transactions.</summary>
/// <param name="ConnectionString">Any of its databases.</param>
/// <param name="Postmaster">Its main process; null when it does not run on this machine.</param>
internal sealed record PostgresServer(string ConnectionString, int? Postmaster)
{
    // Of /proc/PID/stat, after the name: the parent; user and system time, its own and that of its ended children.
    private const int Parent = 1;
    private static readonly int[] Times = [11, 12, 13, 14];
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.01);

    /// <summary>Finds the main process by the one that serves a connection.</summary>
    public static async Task<PostgresServer> FindAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var ask = new NpgsqlCommand("select pg_backend_pid()", connection);
        var backend = (int)(await ask.ExecuteScalarAsync(cancellationToken))!;
        // A server on another machine or in a container has process ids that mean something else here.
        var isHere = Name(backend) is "postgres";
        return new(connectionString, isHere ? (int)Stat(backend)![Parent] : null);
    }

    /// <summary>CPU time up to now; zero when it does not run on this machine.</summary>
    public TimeSpan Cpu =>
        Postmaster is { } postmaster
            ? Ticks(
                Directory
                    .EnumerateDirectories("/proc")
                    .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
                    .Where(id => id != 0)
                    .Select(id => (Id: id, Stat: Stat(id)))
                    .Where(process => process.Stat is { } stat && (process.Id == postmaster || stat[Parent] == postmaster))
                    .Sum(process => Times.Sum(time => process.Stat![time]))
            )
            : TimeSpan.Zero;

    /// <summary>The next transaction id: the difference between two is how many transactions wrote. Asking takes none.</summary>
    public async Task<long> NextTransactionAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var ask = new NpgsqlCommand("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint", connection);
        return (long)(await ask.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How many single-row transactions one client commits per second, one after the other.</summary>
    public async Task<double> CommitsPerSecondAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var create = new NpgsqlCommand("create table public.bench_yardstick (n int)", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
        await using var insert = new NpgsqlCommand("insert into public.bench_yardstick values (1)", connection);
        await insert.PrepareAsync(cancellationToken);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var commits = 0;
        while (watch.Elapsed < time)
        {
            await insert.ExecuteNonQueryAsync(cancellationToken);
            commits++;
        }

        var rate = commits / watch.Elapsed.TotalSeconds;
        await using var drop = new NpgsqlCommand("drop table public.bench_yardstick", connection);
        await drop.ExecuteNonQueryAsync(cancellationToken);
        return rate;
    }

    private static TimeSpan Ticks(long ticks) => ticks * Tick;

    private static string? Name(int process) =>
        Read(process) is { } text ? text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..text.LastIndexOf(')')] : null;

    // The fields after the name, the state (a letter) as zero; null when the process is gone.
    private static long[]? Stat(int process) =>
        Read(process) is { } text
            ?
            [
                .. text[(text.LastIndexOf(')') + 2)..]
                    .Split(' ')
                    .Take(Times[^1] + 1)
                    .Select(field => long.TryParse(field, CultureInfo.InvariantCulture, out var number) ? number : 0),
            ]
            : null;

    private static string? Read(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended between being listed and being read, or this system has no such files.
            return null;
        }
    }
}
