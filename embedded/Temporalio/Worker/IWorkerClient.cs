namespace Temporalio.Worker;

/// <summary>What a worker needs of a client.</summary>
public interface IWorkerClient
{
    /// <summary>The client's options.</summary>
    Client.TemporalClientOptions Options { get; }

    /// <summary>The client's connection.</summary>
    Client.IBridgeClientProvider BridgeClientProvider { get; }
}
