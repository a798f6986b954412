using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>A server that is an executable of its own: this repository's, Temporal's CLI or Temporal's test server. What it writes goes to this process's streams.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    private readonly Process process;
    private int disposed;

    private ServerProcess(Process process) => this.process = process;

    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    internal static Task<StartedEnvironment> StartLocalAsync(WorkflowEnvironmentStartLocalOptions options, string path)
    {
        var listening = WithPort(ServerArguments.Listening(options.TargetHost));
        return StartAsync(options, path, ServerArguments.DevServer(options, listening), listening, skipsTime: false);
    }

    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    internal static Task<StartedEnvironment> StartTimeSkippingAsync(WorkflowEnvironmentStartTimeSkippingOptions options, string path)
    {
        var listening = WithPort(ServerArguments.Listening(options.TargetHost));
        return StartAsync(options, path, ServerArguments.TestServer(options, listening), listening, skipsTime: true);
    }

    /// <summary>Ends it. What it has acknowledged is as safe as its store makes it; nothing is waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync().ConfigureAwait(false);
        process.Dispose();
    }

    private static async Task<StartedEnvironment> StartAsync(
        TemporalClientConnectOptions options, string path, IReadOnlyList<string> arguments, IPEndPoint listening, bool skipsTime)
    {
        options.TargetHost = listening.ToString();
        var server = new ServerProcess(Launch(path, arguments));
        try
        {
            return new(await server.ConnectAsync(options, path).ConfigureAwait(false), server, skipsTime);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static Process Launch(string path, IReadOnlyList<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(path, arguments) { UseShellExecute = false })!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"The server {path} cannot be started: {e.Message}", e);
        }
    }

    // An executable is not told a port by the system as a listener is: one that is free now is given to it.
    private static IPEndPoint WithPort(IPEndPoint listening)
    {
        if (listening.Port != 0)
        {
            return listening;
        }

        using var probe = new TcpListener(listening.Address, 0);
        probe.Start();
        return (IPEndPoint)probe.LocalEndpoint;
    }

    private async Task<TemporalClient> ConnectAsync(TemporalClientConnectOptions options, string path)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await TemporalClient.ConnectAsync(options).ConfigureAwait(false);
            }
            catch (InvalidOperationException e) when (process.HasExited)
            {
                throw new InvalidOperationException($"The server {path} has ended with exit code {process.ExitCode} before it was ready", e);
            }
            catch (InvalidOperationException) when (Stopwatch.GetElapsedTime(begun) < ReadyWithin)
            {
                await Task.Delay(RetryInterval).ConfigureAwait(false);
            }
        }
    }
}
