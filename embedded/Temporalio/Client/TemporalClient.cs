using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Worker;

namespace Temporalio.Client;

/// <summary>A client of one namespace. One is enough for a process; it may be used by many threads.</summary>
public partial class TemporalClient : ITemporalClient
{
    /// <summary>Over a connection, which clients may share.</summary>
    public TemporalClient(ITemporalConnection connection, TemporalClientOptions options)
    {
        options = (TemporalClientOptions)options.Clone();
        foreach (var plugin in options.Plugins ?? [])
        {
            plugin.ConfigureClient(options);
        }

        options.DataConverter = TransferTypePayloadConverter.Around(options.DataConverter);
        Connection = connection;
        Options = options;
        OutboundInterceptor = (options.Interceptors ?? []).Reverse().Aggregate(
            (ClientOutboundInterceptor)new ClientCalls(this), (next, interceptor) => interceptor.InterceptClient(next));
    }

    /// <inheritdoc />
    public IBridgeClientProvider BridgeClientProvider => Connection;

    /// <inheritdoc />
    public ITemporalConnection Connection { get; private init; }

    /// <inheritdoc />
    public WorkflowService WorkflowService => Connection.WorkflowService;

    /// <inheritdoc />
    public OperatorService OperatorService => Connection.OperatorService;

    /// <inheritdoc />
    public TemporalClientOptions Options { get; private init; }

    /// <inheritdoc />
    public ClientOutboundInterceptor OutboundInterceptor { get; private init; }

    /// <summary>Options of calls that are tried again.</summary>
    protected internal static RpcOptions RetryRpcOptions { get; } = new() { Retry = true };

    /// <summary>Connects.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="InvalidOperationException">The server cannot be reached.</exception>
    public static async Task<TemporalClient> ConnectAsync(TemporalClientConnectOptions options)
    {
        Func<TemporalClientConnectOptions, Task<TemporalConnection>> connect = TemporalConnection.ConnectAsync;
        foreach (var plugin in (options.Plugins ?? []).Reverse())
        {
            var next = connect;
            connect = given => plugin.ConnectAsync(given, next);
        }

        return new(await connect(options).ConfigureAwait(false), options.ToClientOptions());
    }

    /// <summary>Connects with the first call. Workers need a connected client.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public static TemporalClient CreateLazy(TemporalClientConnectOptions options) =>
        new(TemporalConnection.CreateLazy(options), options.ToClientOptions());

    /// <summary>The options, so that the call is tried again unless they say otherwise.</summary>
    protected internal static RpcOptions DefaultRetryOptions(RpcOptions? origOptions)
    {
        if (origOptions?.Retry is not null)
        {
            return origOptions;
        }

        if (origOptions is null)
        {
            return RetryRpcOptions;
        }

        var copy = (RpcOptions)origOptions.Clone();
        copy.Retry = true;
        return copy;
    }
}
