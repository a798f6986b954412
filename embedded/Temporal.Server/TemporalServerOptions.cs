using System.Net;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server;

/// <summary>How an embedded server is set up.</summary>
public sealed record TemporalServerOptions
{
    /// <summary>Address to listen on.</summary>
    public IPAddress Ip { get; init; } = IPAddress.Loopback;

    /// <summary>Port to listen on; 0 takes any free one.</summary>
    public int Port { get; init; } = 7233;

    /// <summary>Namespaces that exist from the start.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = ["default"];

    /// <summary>Custom search attributes that every namespace above has from the start.</summary>
    public IReadOnlyDictionary<string, IndexedValueType> SearchAttributes { get; init; } = new Dictionary<string, IndexedValueType>();

    /// <summary>Npgsql connection string or postgresql:// URL of the store; null keeps everything in memory.</summary>
    public string? PostgresConnectionString { get; init; }

    /// <summary>
    /// Skip time when nothing is runnable, and serve <c>temporal.api.testservice.v1.TestService</c>. As with Temporal's test server,
    /// skipping starts locked; a client unlocks it.
    /// </summary>
    public bool TimeSkipping { get; init; }

    /// <summary>Log level of the server's own logs.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Form of the logs.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Text;

    /// <summary>Where the Web UI's HTTP face listens; null for nowhere. Port 0 takes any free one.</summary>
    public IPEndPoint? WebUi { get; init; }

    /// <summary>Where Temporal's HTTP API listens; null for nowhere. Port 0 takes any free one.</summary>
    public IPEndPoint? HttpApi { get; init; }

    /// <summary>The data encoder that the Web UI decodes payloads with; empty for none.</summary>
    public string CodecEndpoint { get; init; } = "";

    /// <summary>What the server takes on before it says "not now".</summary>
    public ServerLimits Limits { get; init; } = new();
}
