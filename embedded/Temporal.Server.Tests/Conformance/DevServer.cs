using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Temporal.Server.Tests.Conformance;

/// <summary>The dev server as a process of its own, on a free port, for clients that were written elsewhere.</summary>
internal sealed partial class DevServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _errors;

    private DevServer(Process process, string address, string webUiAddress, Task errors)
    {
        _process = process;
        Address = address;
        WebUiAddress = webUiAddress;
        _errors = errors;
    }

    /// <summary>Where it listens, as host:port.</summary>
    public string Address { get; }

    /// <summary>Where it listens for the Web UI's pages, as host:port.</summary>
    public string WebUiAddress { get; }

    /// <summary>Starts the dev server with these further arguments and waits until it says that it is ready.</summary>
    public static async Task<DevServer> StartAsync(params IEnumerable<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Temporal.Server.dll"), "server", "start-dev", "--port", "0", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = $"{await ReadLineAsync(process)}\n{await ReadLineAsync(process)}";
        var ready = Ready().Match(lines);
        return ready.Success
            ? new DevServer(process, ready.Groups[1].Value, ready.Groups[2].Value, errors)
            : throw new InvalidOperationException($"The server did not start: {lines} {await errors}");
    }

    /// <summary>Asks the server to stop and waits until it has; its last word if it will not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited)
            {
                _process.Kill();
                throw new InvalidOperationException("The server did not stop within two minutes of SIGTERM.");
            }
        }

        await _errors;
        _process.Dispose();
    }

    private static async Task<string?> ReadLineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

    [GeneratedRegex("ready on ([^ ]+:[0-9]+).*\n.*Web UI.*http://([^/]+)")]
    private static partial Regex Ready();
}
