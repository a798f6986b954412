using System.Diagnostics;

namespace TemporalDelivery.Tests.Postgres;

/// <summary>
/// The PostgreSQL server that tests use: the one that <c>temporal-dev.sh test</c> names in TEST_POSTGRES, else the clone's
/// own private cluster, which <c>temporal-dev.sh postgres</c> starts when needed (so a bare <c>dotnet test</c> works too).
/// </summary>
public static class PostgresServer
{
    private static readonly Lazy<Task<string>> Found = new(FindAsync);

    /// <summary>Npgsql connection string of a superuser-like role that may create databases.</summary>
    public static Task<string> ConnectionStringAsync(CancellationToken cancellationToken = default) =>
        Found.Value.WaitAsync(cancellationToken);

    /// <summary>The repository's root folder, found upwards from the running test.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    private static async Task<string> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("TEST_POSTGRES") is { Length: > 0 } given)
        {
            return given;
        }

        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(RepositoryRoot, "temporal-dev.sh"), "postgres")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        // PostgreSQL inherits the pipes and keeps them open, so the answer is one line, not everything until the end.
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(5)).ConfigureAwait(false);
        return line is { Length: > 0 }
            ? line
            : throw new InvalidOperationException(
                $"temporal-dev.sh postgres failed: {await errors}"
            );
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TemporalDelivery.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no TemporalDelivery.sln above {AppContext.BaseDirectory}");
    }
}
