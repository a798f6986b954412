namespace Temporalio.Client;

/// <summary>A connection to a server, for any number of clients and workers.</summary>
public interface ITemporalConnection : IBridgeClientProvider
{
    /// <summary>Headers of every call.</summary>
    /// <exception cref="InvalidOperationException">Set before the first call of a lazy connection.</exception>
    IReadOnlyCollection<KeyValuePair<string, string>> RpcMetadata { get; set; }

    /// <summary>Binary headers of every call; their names end in <c>-bin</c>.</summary>
    /// <exception cref="InvalidOperationException">Set before the first call of a lazy connection.</exception>
    IReadOnlyCollection<KeyValuePair<string, byte[]>> RpcBinaryMetadata { get; set; }

    /// <summary>Sent as <c>authorization: Bearer …</c> with every call.</summary>
    /// <exception cref="InvalidOperationException">Set before the first call of a lazy connection.</exception>
    string? ApiKey { get; set; }

    /// <summary>The workflow service.</summary>
    WorkflowService WorkflowService { get; }

    /// <summary>The operator service.</summary>
    OperatorService OperatorService { get; }

    /// <summary>The test service.</summary>
    TestService TestService { get; }

    /// <summary>What it was made with.</summary>
    TemporalConnectionOptions Options { get; }

    /// <summary>Whether it has ever been connected.</summary>
    bool IsConnected { get; }

    /// <summary>Whether a service is serving.</summary>
    /// <param name="service">Which; the workflow service by default.</param>
    /// <param name="options">Options of the call.</param>
    Task<bool> CheckHealthAsync(RpcService? service = null, RpcOptions? options = null);

    /// <summary>Connects if it is lazy and not yet connected.</summary>
    /// <exception cref="InvalidOperationException">The server cannot be reached.</exception>
    Task ConnectAsync();
}
