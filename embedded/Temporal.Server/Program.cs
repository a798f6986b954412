using System.Net.Sockets;
using System.Runtime.InteropServices;
using Temporal.Server;
using Temporal.Server.CommandLine;
using Temporal.Server.Store.Postgres;

if (args is ["--help" or "-h" or "help"] or [.., "--help" or "-h"])
{
    Console.WriteLine(ServerCommandLine.Usage);
    return 0;
}

TemporalServerOptions options;
try
{
    options = ServerCommandLine.Parse(args, Environment.GetEnvironmentVariable("TEMPORAL_POSTGRES"));
}
catch (CommandLineException error)
{
    Console.Error.WriteLine($"temporal-server: {error.Message}");
    Console.Error.WriteLine("temporal-server --help lists what it takes.");
    return 2;
}

using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
try
{
    await using var server = await TemporalServer.StartAsync(options, stop.Token);
    var kind =
        options.TimeSkipping ? "time-skipping, in memory"
        : options.PostgresConnectionString is null ? "in memory"
        : "on PostgreSQL";
    Console.WriteLine($"Temporal server ready on {server.TargetHost} ({kind}).");
    Announce("Web UI's HTTP", server.WebUi, "/api/v1/");
    Announce("HTTP API", server.HttpApi, "/");
    await server.StoreLost.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    if (stop.IsCancellationRequested)
    {
        return 0;
    }

    Console.Error.WriteLine(
        server.StoreLost.Exception is { } problem
            ? $"temporal-server: cannot go on: {problem.GetBaseException().Message}"
            : "temporal-server: another server has taken over the database; this one ends."
    );
    return 3;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}
catch (IOException error) when (error.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
{
    Console.Error.WriteLine(
        $"temporal-server: cannot start: {error.Message} Another port: --port for gRPC, --ui-port for the Web UI (--headless: none), --http-port."
    );
    return 1;
}
catch (Exception error)
    when (error
            is StoreSetupException
                or IOException
                or SocketException
                or ArgumentException
                or InvalidOperationException
                or System.Data.Common.DbException
    )
{
    Console.Error.WriteLine($"temporal-server: cannot start: {error.Message}");
    return 1;
}

static void Announce(string what, System.Net.IPEndPoint? where, string path)
{
    if (where is not null)
    {
        Console.WriteLine($"  {what}: http://{where}{path}");
    }
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
