using System.Diagnostics;
using TemporalDelivery.Tests.Postgres;

namespace Temporal.Server.Tests.Conformance;

/// <summary>
/// The npm package under <c>embedded/conformance</c>: the genuine TypeScript SDK. Where Node.js or the npm registry is missing its
/// tests are skipped, each by name with the reason; with CI=true they must run.
/// </summary>
internal static class NodeWorkspace
{
    private static readonly Lazy<Task<string?>> Problem = new(InstallAsync);

    public static string Folder { get; } = Path.Combine(PostgresServer.RepositoryRoot, "embedded", "conformance");

    /// <summary>Installs the packages once; skips the calling test, or fails it in CI, when that is not possible here.</summary>
    public static async Task RequireAsync()
    {
        var problem = await Problem.Value.WaitAsync(TestContext.Current.CancellationToken);
        if (problem is not null && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(problem);
        }

        Assert.SkipWhen(problem is not null, problem ?? "");
    }

    /// <summary>Runs node in the workspace and returns its exit code and output.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? timeout = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(timeout ?? TimeSpan.FromMinutes(5));
        return await RunAsync("node", arguments, environment, limit.Token);
    }

    private static async Task<string?> InstallAsync()
    {
        var installed = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            return null;
        }

        // Not "npm ci": it insists on the optional packages of every other platform, which not every registry mirror has.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        try
        {
            var (exitCode, _, errors) = await RunAsync("npm", ["install", "--no-save", "--no-audit", "--ignore-scripts"], null, limit.Token);
            return exitCode == 0 ? null : $"npm could not install the packages of embedded/conformance: {errors.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node.js with npm is not installed, which embedded/conformance needs.";
        }
        catch (OperationCanceledException)
        {
            return "npm did not install the packages of embedded/conformance within five minutes.";
        }
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
