using Temporalio.Client;

namespace Temporalio.Grpc;

/// <summary>The headers that a connection puts on every call. Replaced whole, so that calls read them without locks.</summary>
internal sealed class ConnectionMetadata(TemporalConnectionOptions options)
{
    private volatile IReadOnlyCollection<KeyValuePair<string, string>> texts = [.. options.RpcMetadata ?? []];
    private volatile IReadOnlyCollection<KeyValuePair<string, byte[]>> binaries = [.. options.RpcBinaryMetadata ?? []];
    private volatile string? apiKey = options.ApiKey;

    internal IReadOnlyCollection<KeyValuePair<string, string>> Texts
    {
        get => texts;
        set => texts = value;
    }

    internal IReadOnlyCollection<KeyValuePair<string, byte[]>> Binaries
    {
        get => binaries;
        set => binaries = value;
    }

    internal string? ApiKey
    {
        get => apiKey;
        set => apiKey = value;
    }
}
