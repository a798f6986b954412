using System.Runtime.CompilerServices;
using Temporalio.Client;
using Temporalio.Worker;

namespace Temporalio.Common;

/// <summary>A plugin made of options. Set it on a client, whose workers have it too, or on a worker or replayer.</summary>
public class SimplePlugin : ITemporalClientPlugin, ITemporalWorkerPlugin
{
    /// <summary>With a name, and what it adds.</summary>
    public SimplePlugin(string name, SimplePluginOptions? options = null)
    {
        Name = name;
        Options = options ?? new();
    }

    /// <summary>What it adds.</summary>
    public SimplePluginOptions Options { get; }

    /// <inheritdoc cref="ITemporalClientPlugin.Name" />
    public string Name { get; }

    /// <inheritdoc />
    public virtual void ConfigureClient(TemporalClientOptions options)
    {
        options.DataConverter = Replace(options.DataConverter, Options.DataConverterOption);
        options.Interceptors = Append(options.Interceptors, Options.ClientInterceptorsOption);
    }

    /// <inheritdoc />
    public virtual Task<TemporalConnection> ConnectAsync(
        TemporalClientConnectOptions options,
        Func<TemporalClientConnectOptions, Task<TemporalConnection>> continuation) => continuation(options);

    /// <inheritdoc />
    public virtual void ConfigureWorker(TemporalWorkerOptions options)
    {
        Append(options.Activities, Options.Activities);
        Append(options.Workflows, Options.Workflows);
        options.Interceptors = Append(options.Interceptors, Options.WorkerInterceptorsOption);
        options.WorkflowFailureExceptionTypes =
            Append(options.WorkflowFailureExceptionTypes, Options.WorkflowFailureExceptionTypesOption);
    }

    /// <inheritdoc />
    public virtual Task<TResult> RunWorkerAsync<TResult>(
        TemporalWorker worker,
        Func<TemporalWorker, CancellationToken, Task<TResult>> continuation,
        CancellationToken stoppingToken) => InContextAsync(() => continuation(worker, stoppingToken));

    /// <inheritdoc />
    public virtual void ConfigureReplayer(WorkflowReplayerOptions options)
    {
        options.DataConverter = Replace(options.DataConverter, Options.DataConverterOption);
        Append(options.Workflows, Options.Workflows);
        options.Interceptors = Append(options.Interceptors, Options.WorkerInterceptorsOption);
        options.WorkflowFailureExceptionTypes =
            Append(options.WorkflowFailureExceptionTypes, Options.WorkflowFailureExceptionTypesOption);
    }

    /// <inheritdoc />
    public virtual Task<IEnumerable<WorkflowReplayResult>> ReplayWorkflowsAsync(
        WorkflowReplayer replayer,
        Func<WorkflowReplayer, CancellationToken, Task<IEnumerable<WorkflowReplayResult>>> continuation,
        CancellationToken cancellationToken) => InContextAsync(() => continuation(replayer, cancellationToken));

    /// <inheritdoc />
    public virtual async IAsyncEnumerable<WorkflowReplayResult> ReplayWorkflowsAsync(
        WorkflowReplayer replayer,
        Func<WorkflowReplayer, IAsyncEnumerable<WorkflowReplayResult>> continuation,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await BeforeAsync().ConfigureAwait(false);
        try
        {
            await foreach (var result in continuation(replayer).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return result;
            }
        }
        finally
        {
            await AfterAsync().ConfigureAwait(false);
        }
    }

    private static T Replace<T>(T given, SimplePluginOptions.SimplePluginOption<T>? option)
    {
        if (option is null)
        {
            return given;
        }

        var value = option.Constant ?? given;
        return option.Configurable is { } make ? make(value) : value;
    }

    private static IReadOnlyCollection<T>? Append<T>(
        IReadOnlyCollection<T>? given, SimplePluginOptions.SimplePluginOption<IReadOnlyCollection<T>?>? option)
    {
        if (option?.Configurable is { } make)
        {
            return make(given);
        }

        return option?.Constant is { } more ? given is null ? more : [.. given, .. more] : given;
    }

    private static void Append<T>(IList<T> given, IList<T> more)
    {
        foreach (var each in more)
        {
            given.Add(each);
        }
    }

    private Task BeforeAsync() => Options.RunContextBefore?.Invoke() ?? Task.CompletedTask;

    private Task AfterAsync() => Options.RunContextAfter?.Invoke() ?? Task.CompletedTask;

    private async Task<T> InContextAsync<T>(Func<Task<T>> run)
    {
        await BeforeAsync().ConfigureAwait(false);
        try
        {
            return await run().ConfigureAwait(false);
        }
        finally
        {
            await AfterAsync().ConfigureAwait(false);
        }
    }
}
