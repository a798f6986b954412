using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Worker.Execution;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker;

/// <summary>
/// Runs workflows and activities of one task queue. Runs once, by one of the <c>ExecuteAsync</c> methods, until stopped.
/// </summary>
public class TemporalWorker : IDisposable
{
    private readonly Lock gate = new();
    private readonly IReadOnlyList<ITemporalWorkerPlugin> plugins;
    private readonly WorkerParts parts;
    private IWorkerClient client;
    private bool isRunning;
    private int started;
    private int disposed;

    /// <summary>Initializes a new instance of the <see cref="TemporalWorker" /> class.</summary>
    /// <param name="client">Connected client.</param>
    /// <param name="options">Options, which are copied.</param>
    /// <exception cref="ArgumentException">No task queue, nothing to run, something twice, or options that exclude each other.</exception>
    /// <exception cref="InvalidOperationException">The client has never connected, or the numbers of polls make no sense.</exception>
    public TemporalWorker(IWorkerClient client, TemporalWorkerOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        this.client = client;
        Options = (TemporalWorkerOptions)options.Clone();
        plugins =
        [
            .. client.Options.Plugins?.OfType<ITemporalWorkerPlugin>() ?? [],
            .. Options.Plugins ?? [],
        ];
        foreach (var plugin in plugins)
        {
            plugin.ConfigureWorker(Options);
        }
        _ = ConnectionOf(client);
        if (Options.Activities.Count == 0 && Options.Workflows.Count == 0)
        {
            throw new ArgumentException("Must have at least one workflow or activity", nameof(options));
        }
        if (Options.MaxEagerActivityReservationsPerWorkflowTask <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options),
                Options.MaxEagerActivityReservationsPerWorkflowTask,
                $"{nameof(Options.MaxEagerActivityReservationsPerWorkflowTask)} must be positive; " +
                $"set {nameof(Options.DisableEagerActivityExecution)} to true to disable eager activity execution");
        }
        Options.RequireOneVersion();
        if (string.IsNullOrEmpty(Options.TaskQueue))
        {
            throw new ArgumentException("TaskQueue must be set", nameof(options));
        }
        IReadOnlyList<IWorkerInterceptor> interceptors =
        [
            .. client.Options.Interceptors?.OfType<IWorkerInterceptor>() ?? [],
            .. Options.Interceptors ?? [],
        ];
        parts = WorkerParts.Create(() => ConnectionOf(Client), client, Options, interceptors);
    }

    /// <summary>Gets the options.</summary>
    public TemporalWorkerOptions Options { get; }

    /// <summary>Gets or sets the client. A new one is used from the next call on.</summary>
    /// <exception cref="InvalidOperationException">The new client has never connected.</exception>
    public IWorkerClient Client
    {
        get
        {
            lock (gate)
            {
                return client;
            }
        }

        set
        {
            var connection = ConnectionOf(value);
            lock (gate)
            {
                client = value;
                if (isRunning)
                {
                    parts.JoinEagerStarts(connection);
                }
            }
        }
    }

    /// <summary>Runs the worker until stopped. Then it takes nothing more and waits for what is running.</summary>
    /// <param name="stoppingToken">Stops the worker.</param>
    /// <returns>A task that never completes successfully.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    /// <exception cref="InvalidOperationException">Started before, or the namespace is unknown.</exception>
    public Task ExecuteAsync(CancellationToken stoppingToken) =>
        ExecuteWithPluginsAsync<ValueTuple>(null, stoppingToken);

    /// <summary>Runs the worker until a task ends or it is stopped.</summary>
    /// <param name="untilComplete">Called once the worker runs; its task ends the worker.</param>
    /// <param name="stoppingToken">Stops the worker.</param>
    /// <returns>A task that ends as the given one once the worker has stopped.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public Task ExecuteAsync(Func<Task> untilComplete, CancellationToken stoppingToken = default) =>
        ExecuteWithPluginsAsync(
            async () =>
            {
                await untilComplete().ConfigureAwait(false);
                return default(ValueTuple);
            },
            stoppingToken);

    /// <summary>Runs the worker until a task ends or it is stopped.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="untilComplete">Called once the worker runs; its task ends the worker.</param>
    /// <param name="stoppingToken">Stops the worker.</param>
    /// <returns>The given task's result, once the worker has stopped.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public Task<TResult> ExecuteAsync<TResult>(
        Func<Task<TResult>> untilComplete, CancellationToken stoppingToken = default) =>
        ExecuteWithPluginsAsync(untilComplete, stoppingToken);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what a worker that never ran holds; one that runs frees it at its end.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()" />.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref disposed, 1) == 0 && started == 0)
        {
            parts.Dispose();
        }
    }

    private static ITemporalConnection ConnectionOf(IWorkerClient client) =>
        client.BridgeClientProvider is ITemporalConnection { IsConnected: true } connection
            ? connection
            : throw new InvalidOperationException("Cannot use unconnected lazy client for worker");

    private Task<TResult> ExecuteWithPluginsAsync<TResult>(
        Func<Task<TResult>>? untilComplete, CancellationToken stoppingToken)
    {
        var execute = (TemporalWorker worker, CancellationToken token) => worker.RunAsync(untilComplete, token);
        foreach (var plugin in plugins.Reverse())
        {
            var inner = execute;
            execute = (worker, token) => plugin.RunWorkerAsync(worker, (next, nextToken) => inner(next, nextToken), token);
        }
        return execute(this, stoppingToken);
    }

    private async Task<TResult> RunAsync<TResult>(Func<Task<TResult>>? untilComplete, CancellationToken stoppingToken)
    {
        if (Interlocked.Exchange(ref started, 1) != 0)
        {
            throw new InvalidOperationException("Already started");
        }
        ObjectDisposedException.ThrowIf(disposed != 0, this);
        using var held = parts;
        await parts.ValidateAsync(stoppingToken).ConfigureAwait(false);

        var stopped = Task.Delay(Timeout.Infinite, stoppingToken);
        var work = parts.RunAsync();
        ChangeRunning(true);
        var userTask = untilComplete is null ? null : BeginAsync(untilComplete);
        var first = await Task.WhenAny(userTask == null ? [stopped, work] : [stopped, work, userTask]).ConfigureAwait(false);
        parts.Logger.LogInformation(
            "Worker of task queue {TaskQueue} is shutting down because {Reason}",
            Options.TaskQueue,
            first == work ? "it failed" : first == userTask ? "its task has ended" : "it was stopped");
        ChangeRunning(false);
        await parts.StopAsync().ConfigureAwait(false);
        stoppingToken.ThrowIfCancellationRequested();
        return await userTask!.ConfigureAwait(false);
    }

    // Also where it throws in place of returning a task, the worker has to be stopped.
    private static async Task<TResult> BeginAsync<TResult>(Func<Task<TResult>> untilComplete) =>
        await untilComplete().ConfigureAwait(false);

    private void ChangeRunning(bool running)
    {
        lock (gate)
        {
            isRunning = running;
            parts.JoinEagerStarts(running ? ConnectionOf(client) : null);
        }
    }
}
