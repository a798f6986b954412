using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Simulators.Tests;

/// <summary>A simulator as its users run it: a process with a ledger file, which may be killed and started again.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string command;
    private readonly string[] settings;
    private Process? process;

    private SimulatorProcess(string command, string ledger, string[] settings)
    {
        this.command = command;
        this.settings = settings;
        Ledger = ledger;
    }

    public string Ledger { get; }

    public HttpClient Http { get; private set; } = new();

    public static async Task<SimulatorProcess> StartAsync(string command, params string[] settings)
    {
        var simulator = new SimulatorProcess(
            command,
            Path.Combine(Directory.CreateTempSubdirectory("simulator-").FullName, "ledger.jsonl"),
            settings
        );
        await simulator.StartAsync();
        return simulator;
    }

    /// <summary>Runs the executable to its end, for command lines that it refuses.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Launch(arguments);
        using var deadline = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output, await error);
    }

    public async Task StartAsync()
    {
        process = Launch([command, "--Urls=http://127.0.0.1:0", $"--Ledger={Ledger}", .. settings]);
        using var deadline = new CancellationTokenSource(Patience);
        const string ready = "Now listening on: ";
        while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Contains(ready, StringComparison.Ordinal))
            {
                var address = line[(line.IndexOf(ready, StringComparison.Ordinal) + ready.Length)..].Split(' ')[0];
                Http.Dispose();
                Http = new HttpClient { BaseAddress = new Uri(address), Timeout = Patience };
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
                return;
            }
        }

        throw new InvalidOperationException($"The simulator did not start: {await process.StandardError.ReadToEndAsync(deadline.Token)}");
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public async Task<HttpResponseMessage> PostAsync(
        string path,
        object body,
        string idempotencyKey,
        CancellationToken cancellationToken = default
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body),
            Headers = { { "Idempotency-Key", idempotencyKey } },
        };
        return await Http.SendAsync(request, cancellationToken);
    }

    /// <summary>The lines of the ledger of one kind.</summary>
    public IReadOnlyList<JsonElement> Entries(string kind)
    {
        using var file = new FileStream(Ledger, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = reader.ReadToEnd();

        // The last line may be half written.
        return
        [
            .. text[..(text.LastIndexOf('\n') + 1)]
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonElement.Parse(line))
                .Where(entry => entry.GetProperty("kind").GetString() == kind),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await KillAsync();
        }

        process?.Dispose();
        Http.Dispose();
        Directory.Delete(Path.GetDirectoryName(Ledger)!, recursive: true);
    }

    private static Process Launch(string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "TemporalDelivery.Simulators.dll"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetTempPath(),
            }
        )!;
}
