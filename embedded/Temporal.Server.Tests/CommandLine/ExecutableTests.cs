using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Temporal.Server.Tests.CommandLine;

/// <summary>The executable's last words when it does not start.</summary>
public sealed class ExecutableTests
{
    [Fact]
    public async Task A_wrong_command_line_is_told_in_a_line_and_ends_with_2()
    {
        var (exitCode, error) = await RunAsync("server", "start-dev", "--db-filename", "temporal.db");

        Assert.Equal(2, exitCode);
        Assert.StartsWith("temporal-server: --db-filename is not supported", error, StringComparison.Ordinal);
        Assert.Contains("--postgres", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--headless", "--port", "{0}")]
    [InlineData("--port", "0", "--ui-port", "{0}")]
    [InlineData("--headless", "--port", "0", "--http-port", "{0}")]
    public async Task A_taken_port_is_named_with_the_options_that_choose_another(params string[] arguments)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exitCode, error) = await RunAsync(["start-dev", .. arguments.Select(argument => argument == "{0}" ? $"{port}" : argument)]);

        Assert.Equal(1, exitCode);
        Assert.Contains($":{port}: address already in use. Another port: --port", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [typeof(TemporalServer).Assembly.Location, .. arguments])
            {
                Environment = { ["TEMPORAL_POSTGRES"] = "" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, error);
    }
}
