using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TemporalDelivery.Tests.Broker;

/// <summary>
/// A RabbitMQ server on loopback, with ports, data and a port mapper (epmd) of its own: gone when disposed. It may be killed, and started
/// again on the same port with what it has kept.
/// </summary>
public sealed class BrokerServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string server;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("temporal-delivery-rabbitmq-");
    private readonly int port = FreePort();
    private readonly int distributionPort = FreePort();
    private readonly int mapperPort = FreePort();
    private Process? mapper;
    private Process? process;

    private BrokerServer(string server) => this.server = server;

    /// <summary>Its address, with the user that it makes for the machine it is on.</summary>
    public string Url => $"amqp://guest:guest@127.0.0.1:{port}";

    /// <summary>Whether it is neither killed nor ended by itself.</summary>
    public bool IsRunning => process is { HasExited: false };

    /// <summary>A server that takes connections; null where none can be had.</summary>
    public static async Task<BrokerServer?> StartAsync(CancellationToken cancellationToken)
    {
        if (await BrokerExecutable.PathAsync() is not { } path)
        {
            return null;
        }

        var broker = new BrokerServer(path);
        try
        {
            broker.WriteConfiguration();
            await broker.RestartAsync(cancellationToken);
            return broker;
        }
        catch
        {
            // What it has begun to start would outlive the tests.
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it without a chance to do anything (SIGKILL).</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        process!.Kill();
        await process.WaitForExitAsync(cancellationToken);
        process.Dispose();
        process = null;
    }

    /// <summary>Lets it stand still, so that it keeps its connections and answers nothing (SIGSTOP).</summary>
    public void Pause() => Signal(19);

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Continue() => Signal(18);

    /// <summary>Starts it again after it was killed.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        mapper ??= Process.Start(Environed(new(Path.Combine(ErlangFolder, "epmd"))))!;
        var start = Environed(new(server) { RedirectStandardOutput = true, RedirectStandardError = true });
        process = new Process { StartInfo = start };
        var lines = new List<string?>();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(Patience, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            lock (lines)
            {
                throw new InvalidOperationException($"RabbitMQ has not started:\n{string.Join('\n', lines)}", failure);
            }
        }

        void Read(string? line)
        {
            lock (lines)
            {
                lines.Add(line);
            }

            if (line is null)
            {
                ready.TrySetException(new InvalidOperationException("it has ended"));
            }
            else if (line.Contains("completed with", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var started in new[] { process, mapper })
        {
            if (started is { HasExited: false })
            {
                started.Kill();
                await started.WaitForExitAsync();
            }

            started?.Dispose();
        }

        folder.Delete(recursive: true);
    }

    // Beside the server, in the machine's folders and in those of an unpacked package alike.
    private string ErlangFolder => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(server)!, "../../erlang/bin"));

    private void WriteConfiguration()
    {
        File.WriteAllText(
            In("rabbitmq.conf"),
            $"""
            listeners.tcp.1 = 127.0.0.1:{port}
            log.console = true
            log.console.level = error
            log.file = false
            """
        );
        File.WriteAllText(In("plugins"), "[].");
        File.WriteAllText(In("environment"), "");
    }

    // Small tables, one thread: it serves one test at a time.
    private ProcessStartInfo Environed(ProcessStartInfo start)
    {
        var settings = new Dictionary<string, string>
        {
            ["HOME"] = folder.FullName,
            ["PATH"] = $"{ErlangFolder}:{Environment.GetEnvironmentVariable("PATH")}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = mapperPort.ToString(CultureInfo.InvariantCulture),
            ["ERL_MAX_PORTS"] = "1024",
            ["ERL_MAX_ETS_TABLES"] = "2000",
            ["RABBITMQ_NODENAME"] = $"test{port}@localhost",
            ["RABBITMQ_DIST_PORT"] = distributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +SDio 2",
            ["RABBITMQ_MAX_NUMBER_OF_PROCESSES"] = "32768",
            ["RABBITMQ_MAX_NUMBER_OF_ATOMS"] = "1048576",
            ["RABBITMQ_MNESIA_BASE"] = In("data"),
            ["RABBITMQ_LOG_BASE"] = In("log"),
            ["RABBITMQ_PID_FILE"] = In("pid"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = In("plugins"),
            ["RABBITMQ_CONFIG_FILE"] = In("rabbitmq"),
            ["RABBITMQ_ADVANCED_CONFIG_FILE"] = In("advanced"),
            ["RABBITMQ_CONF_ENV_FILE"] = In("environment"),
            // The script becomes the server and does not wait for it as for a child: so its id is the server's.
            ["RUNNING_UNDER_SYSTEMD"] = "true",
        };
        // The server takes much from its environment, by short names: LOGS of whoever runs the tests is where it would write.
        start.Environment.Clear();
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private string In(string name) => Path.Combine(folder.FullName, name);

    private void Signal(int number)
    {
        if (Kill(process!.Id, number) != 0)
        {
            throw new InvalidOperationException($"RabbitMQ cannot be sent signal {number}");
        }
    }

    // Below those that connections are given: nobody takes it while the server is away, and no client connects to itself.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(21_000, 32_000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
