using System.Diagnostics;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Tests.Broker;

/// <summary>
/// The <c>rabbitmq-server</c> that tests start: the one that TEST_RABBITMQ names (an empty text: there is none), else what
/// <c>temporal-dev.sh rabbitmq</c> finds or unpacks.
/// </summary>
internal static class BrokerExecutable
{
    private static readonly Lazy<Task<string?>> Found = new(FindAsync);

    /// <summary>Its path; null where none can be had.</summary>
    public static Task<string?> PathAsync() => Found.Value;

    private static async Task<string?> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("TEST_RABBITMQ") is { } given)
        {
            return given.Length > 0 ? given : null;
        }

        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(PostgresServer.RepositoryRoot, "temporal-dev.sh"), "rabbitmq")
            {
                RedirectStandardOutput = true,
            }
        )!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(5));
        return line is { Length: > 0 } ? line : null;
    }
}
