using System.Runtime.CompilerServices;
using Temporalio.Common;
using Temporalio.Worker.Execution;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker;

/// <summary>Runs workflow code against recorded histories, to find out whether it still makes the same decisions.</summary>
public class WorkflowReplayer
{
    private readonly IReadOnlyCollection<ITemporalWorkerPlugin> plugins;

    /// <summary>Initializes a new instance of the <see cref="WorkflowReplayer" /> class.</summary>
    /// <param name="options">Options.</param>
    /// <exception cref="ArgumentException">No workflow.</exception>
    public WorkflowReplayer(WorkflowReplayerOptions options)
    {
        plugins = options.Plugins ?? [];
        foreach (var plugin in plugins)
        {
            plugin.ConfigureReplayer(options);
        }
        if (options.Workflows.Count == 0)
        {
            throw new ArgumentException("Must have at least one workflow", nameof(options));
        }
        Options = options;
    }

    /// <summary>Gets the options.</summary>
    public WorkflowReplayerOptions Options { get; private init; }

    /// <summary>Replays one history.</summary>
    /// <param name="history">History.</param>
    /// <param name="throwOnReplayFailure">Whether to throw if code and history differ, rather than say so in the result.</param>
    /// <param name="cancellationToken">Stops the replay.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="Exceptions.WorkflowNondeterminismException">The code makes other decisions than the history has.</exception>
    /// <exception cref="Exceptions.InvalidWorkflowOperationException">Another failure of a workflow task.</exception>
    public async Task<WorkflowReplayResult> ReplayWorkflowAsync(
        WorkflowHistory history,
        bool throwOnReplayFailure = true,
        CancellationToken cancellationToken = default) =>
        (await ReplayWorkflowsAsync([history], throwOnReplayFailure, cancellationToken).ConfigureAwait(false)).Single();

    /// <summary>Replays histories one after the other.</summary>
    /// <param name="histories">Histories.</param>
    /// <param name="throwOnReplayFailure">Whether to throw at the first that differs, rather than say so in its result.</param>
    /// <param name="cancellationToken">Stops the replay.</param>
    /// <returns>What came of each.</returns>
    public Task<IEnumerable<WorkflowReplayResult>> ReplayWorkflowsAsync(
        IEnumerable<WorkflowHistory> histories,
        bool throwOnReplayFailure = false,
        CancellationToken cancellationToken = default)
    {
        var replay = (WorkflowReplayer replayer, CancellationToken token) =>
            replayer.ReplayAllAsync(histories, throwOnReplayFailure, token);
        foreach (var plugin in plugins.Reverse())
        {
            var inner = replay;
            replay = (replayer, token) => plugin.ReplayWorkflowsAsync(
                replayer, (next, nextToken) => inner(next, nextToken), token);
        }
        return replay(this, cancellationToken);
    }

    /// <summary>Replays histories one after the other, as they come.</summary>
    /// <param name="histories">Histories.</param>
    /// <param name="throwOnReplayFailure">Whether to throw at the first that differs, rather than say so in its result.</param>
    /// <param name="cancellationToken">Stops the replay.</param>
    /// <returns>What came of each.</returns>
    public async IAsyncEnumerable<WorkflowReplayResult> ReplayWorkflowsAsync(
        IAsyncEnumerable<WorkflowHistory> histories,
        bool throwOnReplayFailure = false,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var replay = (WorkflowReplayer replayer) =>
            replayer.ReplayStreamAsync(histories, throwOnReplayFailure, cancellationToken);
        foreach (var plugin in plugins.Reverse())
        {
            var inner = replay;
            replay = replayer => plugin.ReplayWorkflowsAsync(replayer, next => inner(next), cancellationToken);
        }
        await foreach (var result in replay(this).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }
    }

    private async Task<IEnumerable<WorkflowReplayResult>> ReplayAllAsync(
        IEnumerable<WorkflowHistory> histories, bool throwOnReplayFailure, CancellationToken cancellationToken)
    {
        using var session = new ReplaySession(Options);
        var results = new List<WorkflowReplayResult>();
        foreach (var history in histories)
        {
            results.Add(await session.ReplayAsync(history, throwOnReplayFailure, cancellationToken).ConfigureAwait(false));
        }
        return results;
    }

    private async IAsyncEnumerable<WorkflowReplayResult> ReplayStreamAsync(
        IAsyncEnumerable<WorkflowHistory> histories,
        bool throwOnReplayFailure,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var session = new ReplaySession(Options);
        await foreach (var history in histories.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return await session.ReplayAsync(history, throwOnReplayFailure, cancellationToken).ConfigureAwait(false);
        }
    }
}
