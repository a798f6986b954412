using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Common.EnvConfig;

namespace Temporalio.Testing;

/// <summary>A server to test workflows on, with its client. Disposing of it stops the server.</summary>
public class WorkflowEnvironment : IAsyncDisposable
{
    /// <summary>Around a client of a server that goes on afterwards.</summary>
    public WorkflowEnvironment(ITemporalClient client)
    {
        Client = client;
        Logger = client.Options.LoggerFactory.CreateLogger<WorkflowEnvironment>();
    }

    /// <summary>The client.</summary>
    public ITemporalClient Client { get; protected init; }

    /// <summary>Whether time is skipped while only timers are waited for.</summary>
    public virtual bool SupportsTimeSkipping => false;

    /// <summary>The client's logger.</summary>
    protected ILogger<WorkflowEnvironment> Logger { get; private init; }

    /// <summary>Connects to a server that goes on afterwards, as files and environment variables say.</summary>
    /// <exception cref="InvalidOperationException">Something is not valid, or the server cannot be reached.</exception>
    public static async Task<WorkflowEnvironment> CreateFromEnvConfigAsync(
        ClientEnvConfig.ProfileLoadOptions? profileLoadOptions = null) =>
        new(await TemporalClient.ConnectAsync(ClientEnvConfig.LoadClientConnectOptions(profileLoadOptions)).ConfigureAwait(false));

    /// <summary>
    /// Starts a server in real time: in this process and in memory, or the executable that the options name. Any number may run beside each other.
    /// </summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="InvalidOperationException">The executable does not start.</exception>
    public static async Task<WorkflowEnvironment> StartLocalAsync(WorkflowEnvironmentStartLocalOptions? options = null)
    {
        options = (WorkflowEnvironmentStartLocalOptions?)options?.Clone() ?? new();
        var started = options.DevServerOptions.ExistingPath is { } path
            ? ServerProcess.StartLocalAsync(options, path)
            : EmbeddedServer.StartLocalAsync(options);
        return await started.ConfigureAwait(false);
    }

    /// <summary>
    /// Starts a server that skips time while a workflow's result is waited for and nothing but timers is left to do: in this process and in
    /// memory, or the executable that the options name.
    /// </summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="InvalidOperationException">The executable does not start.</exception>
    public static async Task<WorkflowEnvironment> StartTimeSkippingAsync(WorkflowEnvironmentStartTimeSkippingOptions? options = null)
    {
        options = (WorkflowEnvironmentStartTimeSkippingOptions?)options?.Clone() ?? new();
        var started = options.TestServer.ExistingPath is { } path
            ? ServerProcess.StartTimeSkippingAsync(options, path)
            : EmbeddedServer.StartTimeSkippingAsync(options);
        return await started.ConfigureAwait(false);
    }

    /// <summary>Lets time pass: skips it, or waits where it is not skipped.</summary>
    public Task DelayAsync(int millisecondsDelay, CancellationToken? cancellationToken = null) =>
        DelayAsync(TimeSpan.FromMilliseconds(millisecondsDelay), cancellationToken);

    /// <summary>Lets time pass: skips it, or waits where it is not skipped.</summary>
    public virtual Task DelayAsync(TimeSpan delay, CancellationToken? cancellationToken = null) =>
        Task.Delay(delay, cancellationToken ?? default);

    /// <summary>The server's time; in an environment that skips none, the machine's local time.</summary>
    public virtual Task<DateTime> GetCurrentTimeAsync() => Task.FromResult(DateTime.Now);

    /// <summary>Waits for results within without skipping time.</summary>
    public void WithAutoTimeSkippingDisabled(Action func) => WithAutoTimeSkippingDisabled(() =>
    {
        func();
        return ValueTuple.Create();
    });

    /// <summary>Waits for results within without skipping time.</summary>
    public T WithAutoTimeSkippingDisabled<T>(Func<T> func) =>
        WithAutoTimeSkippingDisabledAsync(() => Task.FromResult(func())).GetAwaiter().GetResult();

    /// <summary>Waits for results within without skipping time.</summary>
    public Task WithAutoTimeSkippingDisabledAsync(Func<Task> func) => WithAutoTimeSkippingDisabledAsync(async () =>
    {
        await func().ConfigureAwait(false);
        return ValueTuple.Create();
    });

    /// <summary>Waits for results within without skipping time.</summary>
    public virtual Task<T> WithAutoTimeSkippingDisabledAsync<T>(Func<Task<T>> func) => func();

    /// <summary>Stops the server.</summary>
    public virtual Task ShutdownAsync() => Task.CompletedTask;

    /// <summary>Stops the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await ShutdownAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
