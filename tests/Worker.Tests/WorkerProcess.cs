using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace TemporalDelivery.Worker.Tests;

/// <summary>The worker as its users run it: a process of its own.</summary>
sealed class WorkerProcess : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    readonly Process _process;
    readonly StringBuilder _log = new();
    readonly SemaphoreSlim _printed = new(0);

    WorkerProcess(Process process) => _process = process;

    /// <summary>Everything printed so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
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
            start.ArgumentList.Add(argument);
        start.Environment.Remove("DATABASE_URL");
        var worker = new WorkerProcess(new Process { StartInfo = start });
        worker._process.OutputDataReceived += worker.Printed;
        worker._process.ErrorDataReceived += worker.Printed;
        worker._process.Start();
        worker._process.BeginOutputReadLine();
        worker._process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>Waits until the process has printed this.</summary>
    public async Task UntilItSaysAsync(string text)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited && !Log.Contains(text, StringComparison.Ordinal), $"it ended without saying '{text}':\n{Log}");
            await _printed.WaitAsync(TimeSpan.FromSeconds(1), deadline.Token);
        }
    }

    /// <summary>Asks it to stop as an operator does (SIGTERM) and waits for its end.</summary>
    public Task<int> StopAsync()
    {
        Assert.Equal(0, Kill(_process.Id, 15));
        return ExitCodeAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitCodeAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _printed.Dispose();
    }

    void Printed(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
            _log.AppendLine(line.Data);
        _printed.Release();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    static extern int Kill(int process, int signal);
}
