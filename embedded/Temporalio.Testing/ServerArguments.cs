using System.Globalization;
using System.Net;

namespace Temporalio.Testing;

/// <summary>The command lines by which SDKs start Temporal's dev server and its time-skipping test server.</summary>
internal static class ServerArguments
{
    /// <summary>Where a server is to listen; port 0 for any free one.</summary>
    /// <exception cref="ArgumentException">The target host is not an address and port.</exception>
    internal static IPEndPoint Listening(string? targetHost) => targetHost switch
    {
        null => new IPEndPoint(IPAddress.Loopback, 0),
        var host when host.StartsWith("localhost", StringComparison.Ordinal) => Parse($"127.0.0.1{host["localhost".Length..]}"),
        var host => Parse(host),
    };

    internal static IReadOnlyList<string> DevServer(WorkflowEnvironmentStartLocalOptions options, IPEndPoint listening)
    {
        var server = options.DevServerOptions;
        return
        [
            "server", "start-dev",
            "--ip", listening.Address.ToString(),
            "--port", Text(listening.Port),
            "--namespace", options.Namespace,
            "--log-level", server.LogLevel,
            "--log-format", server.LogFormat,
            .. server.DatabaseFilename is { } file ? ["--db-filename", file] : Array.Empty<string>(),
            .. !options.UI ? ["--headless"] : options.UIPort > 0 ? ["--ui-port", Text(options.UIPort)] : Array.Empty<string>(),
            .. (options.SearchAttributes ?? []).SelectMany(each => new[] { "--search-attribute", $"{each.Name}={each.ValueType}" }),
            .. server.ExtraArgs ?? [],
        ];
    }

    internal static IReadOnlyList<string> TestServer(WorkflowEnvironmentStartTimeSkippingOptions options, IPEndPoint listening) =>
        [Text(listening.Port), "--enable-time-skipping", .. options.TestServer.ExtraArgs ?? []];

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static IPEndPoint Parse(string host) => IPEndPoint.TryParse(host, out var target)
        ? target
        : throw new ArgumentException($"TargetHost '{host}' of a test environment must be an IP address and port to listen at");
}
