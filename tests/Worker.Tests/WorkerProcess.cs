using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace TemporalDelivery.Worker.Tests;

/// <summary>The worker as its users run it: a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly StringBuilder log = new();
    private readonly SemaphoreSlim printed = new(0);

    private WorkerProcess(Process process) => this.process = process;

    /// <summary>Everything printed so far.</summary>
    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    public static WorkerProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "TemporalDelivery.Worker.dll") },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("DATABASE_URL");
        var worker = new WorkerProcess(new Process { StartInfo = start });
        worker.process.OutputDataReceived += worker.Printed;
        worker.process.ErrorDataReceived += worker.Printed;
        worker.process.Start();
        worker.process.BeginOutputReadLine();
        worker.process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>Waits until the process has printed this.</summary>
    public async Task UntilItSaysAsync(string text)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(process.HasExited && !Log.Contains(text, StringComparison.Ordinal), $"it ended without saying '{text}':\n{Log}");
            Assert.False(deadline.IsCancellationRequested, $"it has not said '{text}':\n{Log}");
            await printed.WaitAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    /// <summary>Asks it to stop as an operator does (SIGTERM) and waits for its end.</summary>
    public Task<int> StopAsync()
    {
        Assert.Equal(0, Kill(process.Id, 15));
        return ExitCodeAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitCodeAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
        printed.Dispose();
    }

    private void Printed(object sender, DataReceivedEventArgs line)
    {
        lock (log)
        {
            log.AppendLine(line.Data);
        }

        printed.Release();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
