using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Temporal.Server;
using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>An environment whose server runs in this process.</summary>
internal sealed class EmbeddedEnvironment : WorkflowEnvironment
{
    private readonly TemporalServer server;
    private volatile bool autoTimeSkipping = true;

    private EmbeddedEnvironment(TemporalClient client, TemporalServer server, bool skipsTime)
        : base(client)
    {
        this.server = server;
        SupportsTimeSkipping = skipsTime;
        if (skipsTime)
        {
            var options = (TemporalClientOptions)client.Options.Clone();
            options.Interceptors = [new TimeSkippingInterceptor(this), .. options.Interceptors ?? []];

            // They have changed the options already.
            options.Plugins = null;
            Client = new TemporalClient(client.Connection, options);
        }
    }

    public override bool SupportsTimeSkipping { get; }

    public override async Task DelayAsync(TimeSpan delay, CancellationToken? cancellationToken = null)
    {
        if (SupportsTimeSkipping)
        {
            await Client.Connection.TestService.UnlockTimeSkippingWithSleepAsync(
                new() { Duration = Duration.FromTimeSpan(delay) }, new() { CancellationToken = cancellationToken }).ConfigureAwait(false);
        }
        else
        {
            await base.DelayAsync(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    public override async Task<DateTime> GetCurrentTimeAsync() => SupportsTimeSkipping
        ? (await Client.Connection.TestService.GetCurrentTimeAsync(new()).ConfigureAwait(false)).Time.ToDateTime()
        : await base.GetCurrentTimeAsync().ConfigureAwait(false);

    public override async Task ShutdownAsync() => await server.DisposeAsync().ConfigureAwait(false);

    public override async Task<T> WithAutoTimeSkippingDisabledAsync<T>(Func<Task<T>> func)
    {
        var before = autoTimeSkipping;
        autoTimeSkipping = false;
        try
        {
            return await func().ConfigureAwait(false);
        }
        finally
        {
            autoTimeSkipping = before;
        }
    }

    internal static async Task<EmbeddedEnvironment> StartAsync(TemporalClientConnectOptions options, TemporalServerOptions serverOptions)
    {
        var server = await TemporalServer.StartAsync(serverOptions).ConfigureAwait(false);
        try
        {
            options.TargetHost = server.TargetHost;
            var client = await TemporalClient.ConnectAsync(options).ConfigureAwait(false);
            return new(client, server, serverOptions.TimeSkipping);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Skips time while something is waited for.</summary>
    internal async Task<T> SkippingTimeAsync<T>(Func<Task<T>> wait)
    {
        if (!autoTimeSkipping)
        {
            return await wait().ConfigureAwait(false);
        }

        var testService = Client.Connection.TestService;
        await testService.UnlockTimeSkippingAsync(new()).ConfigureAwait(false);
        T result;
        try
        {
            result = await wait().ConfigureAwait(false);
        }
        catch
        {
            await LockQuietlyAsync().ConfigureAwait(false);
            throw;
        }

        await testService.LockTimeSkippingAsync(new()).ConfigureAwait(false);
        return result;
    }

    // What was waited for has failed already, and that is what must be seen.
    private async Task LockQuietlyAsync()
    {
        try
        {
            await Client.Connection.TestService.LockTimeSkippingAsync(new()).ConfigureAwait(false);
        }
        catch (Exceptions.RpcException e)
        {
            Logger.LogError(e, "Unable to re-lock time skipping");
        }
    }
}
