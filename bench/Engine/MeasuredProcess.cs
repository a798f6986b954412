using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Channels;

namespace TemporalDelivery.Bench.Engine;

/// <summary>A .NET process of its own that is measured from outside: its CPU time, its memory. Killed when disposed.</summary>
internal sealed class MeasuredProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string name;
    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest }
    );

    private MeasuredProcess(string name, Process process)
    {
        this.name = name;
        this.process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                lines.Writer.TryWrite(text);
            }
            else
            {
                lines.Writer.TryComplete();
            }
        };
    }

    /// <summary>Its id.</summary>
    public int Id => process.Id;

    /// <summary>Starts it; returns when it has printed a line that begins with <paramref name="ready"/>.</summary>
    /// <param name="name">For error messages.</param>
    /// <param name="program">An executable, or an assembly (a .dll), which <c>dotnet</c> runs.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Added to this process's environment.</param>
    /// <param name="ready">The line to wait for; null to return at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<MeasuredProcess> StartAsync(
        string name,
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string? ready,
        CancellationToken cancellationToken
    )
    {
        var start = program.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo("dotnet", [program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        (start.RedirectStandardOutput, start.RedirectStandardInput) = (true, true);
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var started = new MeasuredProcess(name, Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start"));
        started.process.BeginOutputReadLine();
        try
        {
            if (ready is not null)
            {
                await started.LineAsync(ready, cancellationToken);
            }

            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>User and system time that it has used.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Resident bytes after a full garbage collection.</summary>
    public async Task<long> ResidentBytesAsync(CancellationToken cancellationToken)
    {
        CollectOnRequest.Ask(Id);
        await LineAsync(CollectOnRequest.Answer, cancellationToken);
        process.Refresh();
        return process.WorkingSet64;
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            process.Kill();
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It has ended already.
        }

        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private async Task<string> LineAsync(string beginning, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(patience.Token))
            {
                if (line.StartsWith(beginning, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{name} did not print '{beginning}…' within {Patience.TotalSeconds} s");
        }

        throw new InvalidOperationException($"{name} ended before it printed '{beginning}…'");
    }
}
