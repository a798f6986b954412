using System.Diagnostics;
using System.Globalization;

namespace TemporalDelivery.Bench.Api;

/// <summary>A process that took another one's place, with its command line and environment. Ended when disposed.</summary>
internal sealed class RestartedProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private RestartedProcess(Process process) => this.process = process;

    /// <summary>Its id.</summary>
    public int Id => process.Id;

    /// <summary>Tells a process to stop, waits until it has, and starts it again.</summary>
    public static async Task<RestartedProcess> RestartAsync(Process old, CancellationToken cancellationToken)
    {
        var command = await ReadAsync(old.Id, "cmdline", cancellationToken);
        var environment = await ReadAsync(old.Id, "environ", cancellationToken);
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var pair in environment.Select(variable => variable.Split('=', 2)).Where(pair => pair.Length == 2))
        {
            start.Environment[pair[0]] = pair[1];
        }

        await StopAsync(old, cancellationToken);
        var started = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start");
        // Read, so that it never waits for a reader.
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return new(started);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await StopAsync(process, CancellationToken.None);
        }

        process.Dispose();
    }

    private static async Task StopAsync(Process process, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(patience.Token);
    }

    private static async Task<string[]> ReadAsync(int process, string file, CancellationToken cancellationToken) =>
        (await File.ReadAllTextAsync($"/proc/{process}/{file}", cancellationToken)).TrimEnd('\0').Split('\0');
}
