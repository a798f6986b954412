using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Tests.Processes;

/// <summary>
/// One of the system's own processes, started from its build output as <c>temporal-dev.sh</c> starts it. It can be killed and started
/// again.
/// </summary>
public sealed class ProcessUnderTest(
    string name,
    string program,
    string ready,
    IReadOnlyList<string> arguments,
    IReadOnlyDictionary<string, string>? environment = null,
    string? logFile = null
) : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);
    private readonly ConcurrentQueue<string> log = new();
    private Process? process;

    /// <summary>The build output of a project, in the configuration that the tests themselves were built in.</summary>
    public static string Dll(string folder, string assembly)
    {
        var output = typeof(ProcessUnderTest)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "BuildOutput")
            .Value!;
        return Path.Combine(PostgresServer.RepositoryRoot, folder, output, $"{assembly}.dll");
    }

    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>Whether it is neither killed nor ended by itself.</summary>
    public bool IsRunning => process is { HasExited: false };

    /// <summary>The last lines that the process printed, over all its starts.</summary>
    public string Log => string.Join('\n', log.TakeLast(60));

    /// <summary>Starts the process and waits until it prints that it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var isAssembly = program.EndsWith(".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo(isAssembly ? "dotnet" : program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (isAssembly)
        {
            start.ArgumentList.Add(program);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var isReady = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnLine(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not { } text)
            {
                return;
            }

            log.Enqueue(text);
            Keep(text);
            while (log.Count > 2_000 && log.TryDequeue(out _)) { }

            if (text.Contains(ready, StringComparison.OrdinalIgnoreCase))
            {
                isReady.TrySetResult();
            }
        }

        process.OutputDataReceived += OnLine;
        process.ErrorDataReceived += OnLine;
        process.Exited += (_, _) => isReady.TrySetException(new InvalidOperationException($"{name} stopped while starting:\n{Log}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        this.process?.Dispose();
        this.process = process;
        try
        {
            await isReady.Task.WaitAsync(StartDeadline, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{name} did not print '{ready}' within {StartDeadline}:\n{Log}");
        }
    }

    /// <summary>Kills the process with SIGKILL: nothing of it runs any more when this returns.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (this.process is not { HasExited: false } process)
        {
            throw new InvalidOperationException($"{name} was not running when it was to be killed:\n{Log}");
        }

        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (this.process is not { } process)
        {
            return;
        }

        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    // Both streams of all its lives come here, one line at a time.
    private void Keep(string line)
    {
        if (logFile is null)
        {
            return;
        }

        lock (log)
        {
            File.AppendAllLines(logFile, [line]);
        }
    }
}
