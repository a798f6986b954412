using System.Runtime.InteropServices;
using Google.Protobuf;
using Temporalio.Api.Health.V1;
using Temporalio.Exceptions;
using Temporalio.Grpc;
using Temporalio.Runtime;

namespace Temporalio.Client;

/// <summary>A connection to a server, for any number of clients and workers.</summary>
public sealed class TemporalConnection : ITemporalConnection
{
    private readonly Lock gate = new();
    private readonly GrpcChannel channel;
    private readonly ConnectionMetadata metadata;
    private readonly TemporalRuntime runtime;
    private readonly CallMetrics? metrics;
    private readonly PayloadWarnings warnings;
    private Task? connecting;
    private volatile bool connected;

    private TemporalConnection(TemporalConnectionOptions options, GrpcChannel channel)
    {
        // First, as the finalizer closes it also when what follows refuses the options.
        this.channel = channel;
        options.Identity ??= $"{Environment.ProcessId}@{System.Net.Dns.GetHostName()}";
        Options = options;
        metadata = new(options);
        runtime = options.Runtime ?? TemporalRuntime.Default;
        metrics = CallMetrics.Create(runtime.Metrics);
        warnings = PayloadWarnings.Of(options, runtime.Log);
        WorkflowService = new WorkflowService.Core(this);
        OperatorService = new OperatorService.Core(this);
        TestService = new TestService.Core(this);
    }

    /// <summary>Closes the sockets once nobody has the connection any more.</summary>
    ~TemporalConnection() => channel.Close();

    /// <inheritdoc />
    public IReadOnlyCollection<KeyValuePair<string, string>> RpcMetadata
    {
        get => metadata.Texts;
        set => metadata.Texts = IfConnected<IReadOnlyCollection<KeyValuePair<string, string>>>([.. value], "RPC metadata");
    }

    /// <inheritdoc />
    public IReadOnlyCollection<KeyValuePair<string, byte[]>> RpcBinaryMetadata
    {
        get => metadata.Binaries;
        set => metadata.Binaries = IfConnected<IReadOnlyCollection<KeyValuePair<string, byte[]>>>([.. value], "RPC metadata");
    }

    /// <inheritdoc />
    public string? ApiKey
    {
        get => metadata.ApiKey;
        set => metadata.ApiKey = IfConnected(value, "API key");
    }

    /// <inheritdoc />
    public WorkflowService WorkflowService { get; private init; }

    /// <inheritdoc />
    public OperatorService OperatorService { get; private init; }

    /// <inheritdoc />
    public TestService TestService { get; private init; }

    /// <inheritdoc />
    public TemporalConnectionOptions Options { get; private init; }

    /// <inheritdoc />
    public bool IsConnected => connected;

    /// <inheritdoc />
    public SafeHandle? BridgeClient => null;

    /// <summary>What the server said it can; null before the first call.</summary>
    internal Api.WorkflowService.V1.GetSystemInfoResponse? SystemInfo { get; private set; }

    /// <summary>What heartbeats of the workers on this connection have in common.</summary>
    internal string WorkerGroupingKey { get; } = Guid.NewGuid().ToString();

    /// <summary>The workers on this connection that take part in eager starts.</summary>
    internal EagerWorkflowStarts EagerStarts { get; } = new();

    /// <summary>Connects.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="InvalidOperationException">The server cannot be reached.</exception>
    public static async Task<TemporalConnection> ConnectAsync(TemporalConnectionOptions options)
    {
        var connection = CreateLazy(options);
        await connection.ConnectAsync().ConfigureAwait(false);
        return connection;
    }

    /// <summary>Connects with the first call.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public static TemporalConnection CreateLazy(TemporalConnectionOptions options) =>
        new(options, GrpcChannel.Create(options));

    /// <inheritdoc />
    public async Task<bool> CheckHealthAsync(RpcService? service = null, RpcOptions? options = null)
    {
        await ConnectAsync().ConfigureAwait(false);
        var request = new HealthCheckRequest { Service = service?.FullName ?? WorkflowService.FullName };
        var response = await CallAsync("grpc.health.v1.Health", "Check", request, HealthCheckResponse.Parser, options)
            .ConfigureAwait(false);
        return response.Status == HealthCheckResponse.Types.ServingStatus.Serving;
    }

    /// <inheritdoc />
    public Task ConnectAsync()
    {
        if (connected)
        {
            return Task.CompletedTask;
        }

        // Callers share one attempt; after a failed one the next caller tries again.
        lock (gate)
        {
            return connecting is { IsFaulted: false, IsCanceled: false } ? connecting : connecting = ConnectOnceAsync();
        }
    }

    // Without a state machine of its own where it can be: every call comes through here.
    internal Task<T> InvokeRpcAsync<T>(
        RpcService service, string rpc, IMessage request, MessageParser<T> parser, RpcOptions? options)
        where T : IMessage<T> =>
        connected ? CallAsync(service.FullName, rpc, request, parser, options) : ConnectAndCallAsync(service, rpc, request, parser, options);

    private async Task<T> ConnectAndCallAsync<T>(
        RpcService service, string rpc, IMessage request, MessageParser<T> parser, RpcOptions? options)
        where T : IMessage<T>
    {
        await ConnectAsync().ConfigureAwait(false);
        return await CallAsync(service.FullName, rpc, request, parser, options).ConfigureAwait(false);
    }

    private async Task ConnectOnceAsync()
    {
        SystemInfo = await GetSystemInfoAsync().ConfigureAwait(false);
        connected = true;
    }

    // The first call of every connection tells what the server can; a server too old to know it can be worked with.
    private async Task<Api.WorkflowService.V1.GetSystemInfoResponse> GetSystemInfoAsync()
    {
        try
        {
            return await CallAsync(
                WorkflowService.FullName,
                "GetSystemInfo",
                new Api.WorkflowService.V1.GetSystemInfoRequest(),
                Api.WorkflowService.V1.GetSystemInfoResponse.Parser,
                options: null).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.Unimplemented)
        {
            return new();
        }
        catch (RpcException e)
        {
            throw new InvalidOperationException($"Connection failed: {channel.Address}: {e.Message}", e);
        }
    }

    private async Task<T> CallAsync<T>(
        string service, string rpc, IMessage request, MessageParser<T> parser, RpcOptions? options)
        where T : IMessage<T>
    {
        var call = new GrpcCall(service, rpc, request, options);
        warnings.Look(rpc, request);
        try
        {
            return await GrpcRetry.RunAsync(
                call,
                options?.Retry ?? false,
                Options.RpcRetry,
                token => metrics is null
                    ? channel.CallAsync(call, metadata, parser, token)
                    : metrics.MeasureAsync(call, () => channel.CallAsync(call, metadata, parser, token)),
                runtime.Log,
                options?.CancellationToken ?? default).ConfigureAwait(false);
        }
        finally
        {
            // Collected while a call runs, the finalizer would take the sockets from under it.
            GC.KeepAlive(this);
        }
    }

    private T IfConnected<T>(T value, string what) =>
        connected ? value : throw new InvalidOperationException($"Cannot set {what} if client never connected");
}
