using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>An environment that has started its server, in this process or as another one, and stops it.</summary>
internal sealed class StartedEnvironment : WorkflowEnvironment
{
    private readonly IAsyncDisposable server;
    private volatile bool autoTimeSkipping = true;

    /// <summary>Around a server that runs.</summary>
    /// <param name="client">Its client.</param>
    /// <param name="server">What stops it.</param>
    /// <param name="skipsTime">Whether it skips time.</param>
    internal StartedEnvironment(TemporalClient client, IAsyncDisposable server, bool skipsTime)
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
