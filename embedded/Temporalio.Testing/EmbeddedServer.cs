using System.Net;
using Microsoft.Extensions.Logging;
using Temporal.Server;
using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>The server's options for an environment's.</summary>
internal static class EmbeddedServer
{
    /// <exception cref="ArgumentException">The target host is not an address and port.</exception>
    internal static TemporalServerOptions Local(WorkflowEnvironmentStartLocalOptions options) => Of(options) with
    {
        SearchAttributes = (options.SearchAttributes ?? []).ToDictionary(each => each.Name, each => each.ValueType),
        LogLevel = options.DevServerOptions.LogLevel switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "never" => LogLevel.None,
            var other => throw new ArgumentException($"Log level '{other}' is not one of debug, info, warn, error, never"),
        },
    };

    /// <exception cref="ArgumentException">The target host is not an address and port.</exception>
    internal static TemporalServerOptions TimeSkipping(WorkflowEnvironmentStartTimeSkippingOptions options) =>
        Of(options) with { TimeSkipping = true };

    private static TemporalServerOptions Of(TemporalClientConnectOptions options)
    {
        var target = options.TargetHost switch
        {
            null => new IPEndPoint(IPAddress.Loopback, 0),
            var host when host.StartsWith("localhost", StringComparison.Ordinal) => Parse($"127.0.0.1{host["localhost".Length..]}"),
            var host => Parse(host),
        };
        return new()
        {
            Ip = target.Address,
            Port = target.Port,
            Namespaces = [.. new[] { "default", options.Namespace }.Distinct()],
        };
    }

    private static IPEndPoint Parse(string host) => IPEndPoint.TryParse(host, out var target)
        ? target
        : throw new ArgumentException($"TargetHost '{host}' of a test environment must be an IP address and port to listen at");
}
