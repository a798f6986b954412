namespace Temporalio.Client;

/// <summary>Changes how clients are made.</summary>
public interface ITemporalClientPlugin
{
    /// <summary>Name.</summary>
    string Name { get; }

    /// <summary>Changes the options of a client.</summary>
    void ConfigureClient(TemporalClientOptions options);

    /// <summary>Connects, or changes the options and lets the next plugin do so.</summary>
    Task<TemporalConnection> ConnectAsync(
        TemporalClientConnectOptions options,
        Func<TemporalClientConnectOptions, Task<TemporalConnection>> continuation);
}
