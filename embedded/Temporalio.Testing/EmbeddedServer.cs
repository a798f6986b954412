using Temporal.Server;
using Temporal.Server.CommandLine;
using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>A server in this process. It reads the command line that an executable would get, so that options mean the same to both.</summary>
internal static class EmbeddedServer
{
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    internal static Task<StartedEnvironment> StartLocalAsync(WorkflowEnvironmentStartLocalOptions options)
    {
        if (options.UI)
        {
            throw new ArgumentException("The embedded server has no Web UI; see docker-compose.yml for one", nameof(options));
        }

        var listening = ServerArguments.Listening(options.TargetHost);
        return StartAsync(options, Read(ServerArguments.DevServer(options, listening)));
    }

    /// <exception cref="ArgumentException">The options are not valid.</exception>
    internal static Task<StartedEnvironment> StartTimeSkippingAsync(WorkflowEnvironmentStartTimeSkippingOptions options)
    {
        var listening = ServerArguments.Listening(options.TargetHost);
        return StartAsync(options, Read(ServerArguments.TestServer(options, listening)) with
        {
            Ip = listening.Address,
            Namespaces = [.. new[] { "default", options.Namespace }.Distinct()],
        });
    }

    private static TemporalServerOptions Read(IReadOnlyList<string> arguments)
    {
        try
        {
            return ServerCommandLine.Parse(arguments);
        }
        catch (CommandLineException e)
        {
            throw new ArgumentException($"The options of the test environment's server are not valid: {e.Message}", e);
        }
    }

    private static async Task<StartedEnvironment> StartAsync(TemporalClientConnectOptions options, TemporalServerOptions serverOptions)
    {
        var server = await TemporalServer.StartAsync(serverOptions).ConfigureAwait(false);
        try
        {
            options.TargetHost = server.TargetHost;
            return new(await TemporalClient.ConnectAsync(options).ConfigureAwait(false), server, serverOptions.TimeSkipping);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
